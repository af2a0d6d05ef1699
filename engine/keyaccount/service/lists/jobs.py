"""Jobs in the database, their files in a folder; a job whose worker died is taken up again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic

from sqlalchemy import Engine, insert, or_, select, update

from keyaccount.batch import Summary, run_batch
from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.policy_set import PolicySet
from keyaccount.service.answers import encode
from keyaccount.service.log.chain import digest_of
from keyaccount.service.log.entry import Entry
from keyaccount.service.log.store import append_within
from keyaccount.service.tables import LIST_JOB
from keyaccount.storage.engine import reading, writing

_GIVEN_UP = timedelta(minutes=1)
"""A job that nobody has touched for so long has lost its worker."""
_BEAT_SECONDS = 1.0
_FILE_PART = 1 << 20


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A list to decide; `told` is JSON, the counts or what is wrong."""

    id: str
    tenant: str
    policy: str
    ending: str
    caller: str
    state: str
    progress: float
    told: str | None
    created_at: datetime


_COLUMNS = [LIST_JOB.c[name] for name in Job.__slots__]


def new_id() -> str:
    """The name of a job and of its folder."""
    return secrets.token_hex(16)


def files(data: Path, id_: str, ending: str) -> tuple[Path, Path, Path]:
    """Where a job's list, its results and its rejects are."""
    folder = data / "lists" / id_
    return folder / f"list{ending}", folder / f"result{ending}", folder / "rejects.csv"


def add(
    engine: Engine, id_: str, tenant: str, policy: str, ending: str, caller: str, now: datetime
) -> None:
    """Let a job wait for a worker; its list must be in its place."""
    row = {
        "id": id_,
        "tenant": tenant,
        "policy": policy,
        "ending": ending,
        "caller": caller,
        "state": State.WAITING,
        "progress": 0.0,
        "created_at": now,
        "beat_at": now,
    }
    with writing(engine) as connection:
        connection.execute(insert(LIST_JOB).values(row))


def job(engine: Engine, tenant: str, id_: str) -> Job | None:
    """A job of a tenant."""
    query = select(*_COLUMNS).where(LIST_JOB.c.id == id_, LIST_JOB.c.tenant == tenant)
    with reading(engine) as connection:
        found = connection.execute(query).one_or_none()
    return None if found is None else Job(**found._asdict())


def run_next(engine: Engine, data: Path, policies: PolicySet) -> bool:
    """Take one job and do it; False where none waits."""
    claimed = _claimed(engine, datetime.now(UTC))
    if claimed is None:
        return False
    source, result, rejects = files(data, claimed.id, claimed.ending)
    try:
        summary = run_batch(
            policies,
            claimed.policy,
            source,
            result,
            rejects=rejects,
            progress=_beating(engine, claimed.id),
        )
    except KeyaccountError as error:
        told = [
            {"code": each.code, "message": {"en": each.message.en, "zh": each.message.zh}}
            for each in error.diagnostics
        ]
        _end(engine, claimed.id, State.FAILED, encode({"errors": told}))
    else:
        _finish(engine, claimed, policies, summary, source, result)
    return True


def _claimed(engine: Engine, now: datetime) -> Job | None:
    lost = (LIST_JOB.c.state == State.RUNNING) & (LIST_JOB.c.beat_at < now - _GIVEN_UP)
    query = (
        select(*_COLUMNS)
        .where(or_(LIST_JOB.c.state == State.WAITING, lost))
        .order_by(LIST_JOB.c.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    waiting = select(LIST_JOB.c.id).where(or_(LIST_JOB.c.state == State.WAITING, lost)).limit(1)
    with reading(engine) as connection:  # mostly there is nothing: then no lock is taken
        if connection.execute(waiting).first() is None:
            return None
    with writing(engine) as connection:
        found = connection.execute(query).one_or_none()
        if found is None:
            return None
        mine = update(LIST_JOB).where(LIST_JOB.c.id == found.id)
        connection.execute(mine.values(state=State.RUNNING, beat_at=now))
    return Job(**found._asdict())


def _beating(engine: Engine, id_: str) -> Callable[[float], None]:
    """Tells the database how far the job is, not too often."""
    last = 0.0

    def tell(share: float) -> None:
        nonlocal last
        if monotonic() - last < _BEAT_SECONDS:
            return
        last = monotonic()
        change = update(LIST_JOB).where(LIST_JOB.c.id == id_)
        with writing(engine) as connection:
            connection.execute(change.values(progress=share, beat_at=datetime.now(UTC)))

    return tell


def _finish(
    engine: Engine,
    done: Job,
    policies: PolicySet,
    summary: Summary,
    source: Path,
    result: Path,
) -> None:
    """The job is done as its entry in the log is written: one for the whole list."""
    counts = {
        "rows_in": summary.rows_in,
        "rows_out": summary.rows_out,
        "rows_rejected": summary.rows_rejected,
    }
    now = datetime.now(UTC)
    content = {
        "at": now.isoformat(timespec="microseconds"),
        "caller": done.caller,
        "reference": done.id,
        "wanted": [],
        "facts": {},
        "list": {**counts, "list_sha256": _digest(source), "result_sha256": _digest(result)},
        "policy": done.policy,
        "version": policies.version,
        "as_of": policies.today(done.policy).isoformat(),
        "decisions": {},
    }
    text = encode(content)
    entry = Entry(
        done.tenant,
        str(content["at"]),
        done.policy,
        policies.version,
        done.id,
        text,
        digest_of(text),
    )
    with writing(engine) as connection:
        [receipt] = append_within(connection, [entry])
        told = {**counts, "version": policies.version, "entry": receipt.sequence}
        change = update(LIST_JOB).where(LIST_JOB.c.id == done.id)
        connection.execute(
            change.values(state=State.DONE, progress=1.0, told=encode(told).decode())
        )


def _end(engine: Engine, id_: str, state: State, told: bytes) -> None:
    change = update(LIST_JOB).where(LIST_JOB.c.id == id_)
    with writing(engine) as connection:
        connection.execute(change.values(state=state, told=told.decode()))


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_FILE_PART):
            found.update(part)
    return found.hexdigest()
