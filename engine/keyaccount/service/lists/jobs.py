"""Jobs in the database: who works on which list, and what became of it.

A worker holds a job by its number of attempts: one that was taken from it (its
worker seemed dead, or somebody removed the job) has another by then.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, Row, Update, insert, or_, select, update

from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.service.answers import encode
from keyaccount.service.tables import LIST_JOB
from keyaccount.storage.engine import reading, writing

_GIVEN_UP = timedelta(minutes=1)
"""A job that nobody has touched for so long has lost its worker."""
_MOST_ATTEMPTS = 3
"""A list that takes its worker down each time must not do so for ever."""


class State(StrEnum):
    """How far a job is; of one that is removed the files are gone."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Logged:
    """Up to which row a list is logged, how many entries that made, the first and the last."""

    seen: int = 0
    rows: int = 0
    first_entry: int | None = None
    last_entry: int | None = None

    def behind(self, seen: int, entries: Sequence[int]) -> Logged:
        """The same once some more rows are logged."""
        if not entries:
            return replace(self, seen=seen)
        first = self.first_entry or entries[0]
        return Logged(seen, self.rows + len(entries), first, entries[-1])


@dataclass(frozen=True, slots=True)
class Job:
    """A list to decide.

    `asked` is JSON: which decisions, how the file is to be read. `told` is JSON
    too: the counts, or what is wrong.
    """

    id: str
    tenant: str
    policy: str
    version: str
    as_of: str
    asked: str
    ending: str
    caller: str
    state: str
    attempts: int
    progress: float
    told: str | None
    created_at: datetime
    logged: Logged = Logged()


class LostJobError(Exception):
    """Somebody else has the job now, or nobody is to."""


_TOGETHER = 500
_OF_LOGGED = Logged.__slots__
_OF_JOB = tuple(name for name in Job.__slots__ if name != "logged")
_COLUMNS = [LIST_JOB.c[name] for name in (*_OF_JOB, *_OF_LOGGED)]
_ENDED = (State.DONE, State.FAILED)


def new_id() -> str:
    """The name of a job and of its folder."""
    return secrets.token_hex(16)


def add(engine: Engine, job: Job) -> None:
    """Let a job wait for a worker; its list must be in its place."""
    row = {name: getattr(job, name) for name in _OF_JOB}
    with writing(engine) as connection:
        connection.execute(
            insert(LIST_JOB).values(row | asdict(job.logged) | {"beat_at": job.created_at})
        )


def job(engine: Engine, tenant: str, id_: str) -> Job | None:
    """A job of a tenant."""
    query = select(*_COLUMNS).where(LIST_JOB.c.id == id_, LIST_JOB.c.tenant == tenant)
    with reading(engine) as connection:
        found = connection.execute(query).one_or_none()
    return None if found is None else _job(found)


def page(engine: Engine, tenant: str, most: int) -> list[Job]:
    """A tenant's jobs, the newest first."""
    query = select(*_COLUMNS).where(LIST_JOB.c.tenant == tenant)
    query = query.order_by(LIST_JOB.c.created_at.desc(), LIST_JOB.c.id).limit(most)
    with reading(engine) as connection:
        return [_job(each) for each in connection.execute(query)]


def claim(engine: Engine, now: datetime) -> Job | None:
    """Take the oldest job that waits, or that has lost its worker; None where there is none."""
    lost = (LIST_JOB.c.state == State.RUNNING) & (LIST_JOB.c.beat_at < now - _GIVEN_UP)
    open_ = or_(LIST_JOB.c.state == State.WAITING, lost)
    with reading(engine) as connection:  # mostly there is nothing: then no lock is taken
        if connection.execute(select(LIST_JOB.c.id).where(open_).limit(1)).first() is None:
            return None
    query = select(*_COLUMNS).where(open_).order_by(LIST_JOB.c.created_at).limit(1)
    with writing(engine) as connection:
        row = connection.execute(query.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        attempts = row.attempts + 1
        mine = update(LIST_JOB).where(LIST_JOB.c.id == row.id)
        connection.execute(mine.values(state=State.RUNNING, attempts=attempts, beat_at=now))
    return _job(row, attempts)


def has_failed_too_often(claimed: Job) -> bool:
    """Whether a job has taken its workers down before."""
    return claimed.attempts > _MOST_ATTEMPTS


def beat(engine: Engine, held: Job, share: float, now: datetime) -> None:
    """Tell that somebody still works on it, and how far it is.

    Raises:
        LostJobError: it is held no longer.
    """
    with writing(engine) as connection:
        _changed(connection, held, _held(held).values(progress=share, beat_at=now))


def note_logged(connection: Connection, held: Job, logged: Logged) -> None:
    """Note how far it is logged, in the transaction that logs it.

    Raises:
        LostJobError: it is held no longer; the caller's transaction is to be undone.
    """
    _changed(connection, held, _held(held).values(asdict(logged)))


def put_back(engine: Engine, held: Job) -> None:
    """Let the next worker do it: this one stops."""
    with writing(engine) as connection:
        connection.execute(_held(held).values(state=State.WAITING, attempts=held.attempts - 1))


def end(connection: Connection, held: Job, told: object, now: datetime) -> None:
    """The job is done.

    Raises:
        LostJobError: it is held no longer; the caller's transaction is to be undone.
    """
    text = encode(told).decode()
    change = _held(held).values(state=State.DONE, progress=1.0, told=text, ended_at=now)
    _changed(connection, held, change)


def fail(engine: Engine, held: Job, wrong: Iterable[Diagnostic], now: datetime) -> None:
    """The job has come to nothing, and why."""
    errors = [_told(each) for each in wrong]
    text = encode({"errors": errors}).decode()
    with writing(engine) as connection:
        connection.execute(_held(held).values(state=State.FAILED, told=text, ended_at=now))


def _told(diagnostic: Diagnostic) -> dict[str, object]:
    told: dict[str, object] = {"code": diagnostic.code, "message": asdict(diagnostic.message)}
    if diagnostic.help is not None:
        told["help"] = asdict(diagnostic.help)
    return told


def remove(engine: Engine, tenant: str, id_: str, now: datetime) -> bool:
    """Let go of a job, whatever its state; False where the tenant has no such job."""
    own = (LIST_JOB.c.id == id_) & (LIST_JOB.c.tenant == tenant)
    change = update(LIST_JOB).where(own).values(state=State.REMOVED, ended_at=now)
    with writing(engine) as connection:
        return connection.execute(change).rowcount > 0


def remove_old(engine: Engine, before: datetime, now: datetime) -> list[str]:
    """Let go of jobs that ended before an instant; their ids."""
    old = LIST_JOB.c.state.in_(_ENDED) & (LIST_JOB.c.ended_at < before)
    with reading(engine) as connection:  # mostly there are none: then no lock is taken
        found = [each.id for each in connection.execute(select(LIST_JOB.c.id).where(old))]
    if found:
        gone = update(LIST_JOB).where(LIST_JOB.c.id.in_(found)).values(state=State.REMOVED)
        with writing(engine) as connection:
            connection.execute(gone.values(ended_at=now))
    return found


def states(engine: Engine, ids: Sequence[str]) -> dict[str, str]:
    """The states of those of some ids that are jobs."""
    found: dict[str, str] = {}
    with reading(engine) as connection:
        for start in range(0, len(ids), _TOGETHER):
            some = LIST_JOB.c.id.in_(ids[start : start + _TOGETHER])
            rows = connection.execute(select(LIST_JOB.c.id, LIST_JOB.c.state).where(some))
            found |= {each.id: each.state for each in rows}
    return found


def _held(held: Job) -> Update:
    return update(LIST_JOB).where(
        LIST_JOB.c.id == held.id,
        LIST_JOB.c.state == State.RUNNING,
        LIST_JOB.c.attempts == held.attempts,
    )


def _changed(connection: Connection, held: Job, change: Update) -> None:
    if not connection.execute(change).rowcount:
        raise LostJobError(held.id)


def _job(row: Row[tuple[object, ...]], attempts: int | None = None) -> Job:
    given = row._asdict()
    logged = Logged(**{name: given.pop(name) for name in _OF_LOGGED})
    found = Job(**given, logged=logged)
    return found if attempts is None else replace(found, attempts=attempts)
