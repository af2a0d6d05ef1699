"""Upload a list, follow its job, fetch the results."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from keyaccount.batch.csv_dialect import find_encoding
from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.service.calls import Call, Reply, number
from keyaccount.service.lists import jobs
from keyaccount.service.lists.asked import Asked
from keyaccount.service.lists.files import Files, files
from keyaccount.service.lists.files import remove as remove_files
from keyaccount.service.lists.jobs import Job, State
from keyaccount.service.openapi.fixed import LIST_TYPES
from keyaccount.service.refusal import RefusalError
from keyaccount.service.service import Service
from keyaccount.service.settings import Bounds

ENDINGS = dict(zip(LIST_TYPES, (".csv", ".parquet", ".xlsx"), strict=True))
_TYPES = {ending: kind for kind, ending in ENDINGS.items()}
_PART = 1 << 18
_MOST = 1000
_USUAL = 100
_DATE = Text("2026-01-31", "2026-01-31")


async def add_list(service: Service, call: Call) -> Reply:
    """`POST /v1/lists/{policy}?as_of=&version=&decisions=&encoding=&reference=`: a file."""
    query = call.query()
    policy = call.path("policy")
    wanted = query.get("version")
    policies = await asyncio.to_thread(service.current.version, wanted)
    decisions = tuple(query["decisions"].split(",")) if "decisions" in query else None
    policies.full_names(policy, decisions)  # they must be there
    as_of = _day(query.get("as_of")) or policies.today(policy)
    encoding = query.get("encoding")
    if encoding is not None:
        find_encoding(b"", encoding)  # it must be one
    service.rates.take(call.caller)
    asked = Asked(decisions, encoding, query.get("reference"))
    job = Job(
        id=jobs.new_id(),
        tenant=call.caller.tenant,
        policy=policy,
        version=policies.version,
        as_of=as_of.isoformat(),
        asked=msgspec.json.encode(asked).decode(),
        ending=ENDINGS[call.content_type],
        caller=call.caller.name,
        state=State.WAITING,
        attempts=0,
        progress=0.0,
        told=None,
        created_at=datetime.now(UTC),
    )
    await _received(service, call, files(Path(service.settings.data), job.id, job.ending))
    await asyncio.to_thread(jobs.add, service.engine, job)
    location = f"/v1/jobs/{job.id}"
    return Reply(202, msgspec.json.encode({"job": job.id}), headers={"Location": location})


async def list_jobs(service: Service, call: Call) -> Reply:
    """`GET /v1/jobs?limit=`: the newest first."""
    most = number(call.query(), "limit", _USUAL, _MOST)
    found = await asyncio.to_thread(jobs.page, service.engine, call.caller.tenant, most)
    return Reply(200, msgspec.json.encode({"jobs": [_told(each) for each in found]}))


async def read_job(service: Service, call: Call) -> Reply:
    """`GET /v1/jobs/{id}`."""
    return Reply(200, msgspec.json.encode(_told(await _job(service, call))))


async def delete_job(service: Service, call: Call) -> Reply:
    """`DELETE /v1/jobs/{id}`: remove its files, and end it if it still runs."""
    found = await _job(service, call)
    now = datetime.now(UTC)
    await asyncio.to_thread(jobs.remove, service.engine, found.tenant, found.id, now)
    await asyncio.to_thread(remove_files, Path(service.settings.data), found.id)
    return Reply(204)


async def read_result(service: Service, call: Call) -> Reply:
    """`GET /v1/jobs/{id}/result`: in the format in which the list came."""
    found = await _job(service, call)
    place = files(Path(service.settings.data), found.id, found.ending)
    return _download(found, place.result, call)


async def read_rejects(service: Service, call: Call) -> Reply:
    """`GET /v1/jobs/{id}/rejects`: the rows that could not be read, as CSV."""
    found = await _job(service, call)
    place = files(Path(service.settings.data), found.id, found.ending)
    return _download(found, place.rejects, call)


def _told(job: Job) -> dict[str, object]:
    return {
        "job": job.id,
        "policy": job.policy,
        "version": job.version,
        "as_of": job.as_of,
        "created_at": job.created_at.isoformat(),
        "state": job.state,
        "progress": job.progress,
        "told": None if job.told is None else msgspec.Raw(job.told.encode()),
    }


def _day(text: str | None) -> date | None:
    """A date of the query.

    Raises:
        RefusalError: 422, it is none.
    """
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        told = messages.bad_parameter("as_of", text[:100] if text else "", _DATE)
        raise RefusalError(422, [told]) from None


async def _job(service: Service, call: Call) -> Job:
    id_ = call.path("id").replace("\x00", "\ufffd")
    found = await asyncio.to_thread(jobs.job, service.engine, call.caller.tenant, id_)
    if found is None:
        raise RefusalError(404, [messages.not_found(call.scope["path"])])
    return found


def _download(found: Job, path: Path, call: Call) -> Reply:
    if found.state == State.REMOVED:
        raise RefusalError(404, [messages.list_removed(found.id)])
    if found.state != State.DONE:
        raise RefusalError(404, [messages.list_not_ready(found.id, found.state)])
    if not path.is_file():
        raise RefusalError(404, [messages.not_found(call.scope["path"])])
    headers = {"Content-Disposition": f'attachment; filename="{path.name}"'}
    return Reply(200, _parts(path), _TYPES[path.suffix], headers)


async def _parts(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while part := await asyncio.to_thread(file.read, _PART):
            yield part


async def _received(service: Service, call: Call, place: Files) -> None:
    """The body into a file, part by part; nothing is left of one that does not come whole."""
    await asyncio.to_thread(place.folder.mkdir, mode=0o700, parents=True)
    try:
        with place.list.open("wb") as file:
            await _copy(call, file, service.settings.bounds)
            await asyncio.to_thread(os.fsync, file.fileno())
    except BaseException:
        # The folder's name is the job's: nobody else can have it.
        remove_files(place.folder.parents[1], place.folder.name)
        raise


async def _copy(call: Call, file: BinaryIO, bounds: Bounds) -> None:
    size = 0
    more = True
    while more:
        async with asyncio.timeout(bounds.seconds):
            message = await call.receive()
        if message["type"] == "http.disconnect":
            raise RefusalError(400, [messages.not_whole()])
        part = message.get("body", b"")
        size += len(part)
        if size > bounds.list_bytes:
            raise RefusalError(413, [messages.too_large(bounds.list_bytes)])
        await asyncio.to_thread(file.write, part)
        more = message.get("more_body", False)
