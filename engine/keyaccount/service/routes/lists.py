"""Upload a list, follow its job, fetch the results."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from keyaccount.diagnostics import name_messages
from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.calls import Call, Reply
from keyaccount.service.lists import jobs
from keyaccount.service.lists.jobs import Job, State
from keyaccount.service.openapi.fixed import LIST_TYPES
from keyaccount.service.refusal import RefusalError
from keyaccount.service.service import Service

ENDINGS = dict(zip(LIST_TYPES, (".csv", ".parquet", ".xlsx"), strict=True))
_TYPES = {ending: kind for kind, ending in ENDINGS.items()}
_PART = 1 << 18


async def add_list(service: Service, call: Call) -> Reply:
    """`POST /v1/lists/{policy}`: the body is the file itself."""
    policy = call.path("policy")
    known = service.current.policies.policies
    if policy not in known:
        raise RefusalError(404, [name_messages.unknown_policy(policy, known)])
    id_ = jobs.new_id()
    ending = ENDINGS[call.content_type]
    target, _, _ = jobs.files(Path(service.settings.data), id_, ending)
    await asyncio.to_thread(target.parent.mkdir, mode=0o700, parents=True)
    await _received(service, call, target)
    caller = call.caller
    now = datetime.now(UTC)
    await asyncio.to_thread(
        jobs.add, service.engine, id_, caller.tenant, policy, ending, caller.name, now
    )
    return Reply(202, msgspec.json.encode({"job": id_}), headers={"Location": f"/v1/jobs/{id_}"})


async def read_job(service: Service, call: Call) -> Reply:
    """`GET /v1/jobs/{id}`."""
    found = await _job(service, call)
    told = {
        "job": found.id,
        "policy": found.policy,
        "state": found.state,
        "progress": found.progress,
        "told": None if found.told is None else msgspec.Raw(found.told.encode()),
    }
    return Reply(200, msgspec.json.encode(told))


async def read_result(service: Service, call: Call) -> Reply:
    """`GET /v1/jobs/{id}/result`: in the format in which the list came."""
    found = await _job(service, call)
    _, result, _ = jobs.files(Path(service.settings.data), found.id, found.ending)
    return _download(found, result, call)


async def read_rejects(service: Service, call: Call) -> Reply:
    """`GET /v1/jobs/{id}/rejects`: the rows that could not be read, as CSV."""
    found = await _job(service, call)
    _, _, rejects = jobs.files(Path(service.settings.data), found.id, found.ending)
    return _download(found, rejects, call)


async def _job(service: Service, call: Call) -> Job:
    id_ = call.path("id").replace("\x00", "\ufffd")
    found = await asyncio.to_thread(jobs.job, service.engine, call.caller.tenant, id_)
    if found is None:
        raise RefusalError(404, [messages.not_found(call.scope["path"])])
    return found


def _download(found: Job, path: Path, call: Call) -> Reply:
    if found.state != State.DONE or not path.is_file():
        raise RefusalError(404, [messages.not_found(call.scope["path"])])
    headers = {"Content-Disposition": f'attachment; filename="{path.name}"'}
    return Reply(200, _parts(path), _TYPES[path.suffix], headers)


async def _parts(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while part := await asyncio.to_thread(file.read, _PART):
            yield part


async def _received(service: Service, call: Call, target: Path) -> None:
    """The body into a file, part by part; nothing is left of one that is too large."""
    limit = service.settings.bounds.list_bytes
    size = 0
    more = True
    with target.open("wb") as file:
        while more:
            async with asyncio.timeout(service.settings.bounds.seconds):
                message = await call.receive()
            part = message.get("body", b"")
            size += len(part)
            if size > limit or message["type"] == "http.disconnect":
                target.unlink()
                raise RefusalError(413, [messages.too_large(limit)])
            file.write(part)
            more = message.get("more_body", False)
