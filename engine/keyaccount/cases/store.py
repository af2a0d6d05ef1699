"""Keep cases: each command in one transaction, with all that follows from it.

A command is worked off after every deadline that has passed by then, so that what
becomes of a case does not hang on how far behind the workers are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import DBAPIError, StatementError

from keyaccount.cases import rows
from keyaccount.cases.live_plan import LivePlan, Plans
from keyaccount.cases.proceedings import open_case, take
from keyaccount.cases.protocol import AMENDMENT, OPEN, Command, Data, Entry
from keyaccount.cases.sql_shelf import SqlShelf
from keyaccount.cases.tables import CASES, DEADLINES, PLAN_VERSIONS
from keyaccount.cases.work import Applied, CaseWork, StoreError
from keyaccount.diagnostics import store_messages as messages
from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.storage.engine import reading, writing

_log = logging.getLogger("keyaccount.store")
_FIRST_RETRY = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(hours=1)
_LONGEST_ERROR = 2000
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Fired:
    """What became of a batch of due deadlines: how many fell due, in how many cases; failures."""

    deadlines: int
    cases: int
    failed: int


@dataclass(frozen=True, slots=True)
class Change:
    """What another version of its plan does to a case: its deadlines before and after.

    `entries`: the lines of its log; `error`: why it cannot go over, which leaves it as it was.
    """

    case_id: str
    version: str
    before: Mapping[str, datetime]
    after: Mapping[str, datetime]
    entries: tuple[Entry, ...]
    error: KeyaccountError | None = None


class CaseStore:
    """The cases of a database whose tables are up to date. Thread-safe."""

    def __init__(self, engine: Engine, plans: Plans[Data]) -> None:
        self.engine = engine
        self.plans = plans

    def open(self, plan: LivePlan[Data], case_id: str, command: Command, now: datetime) -> Applied:
        """Open a case; the same id and key again is the same opening.

        Raises:
            StoreError: the id is taken, or the subject is filed already and the
                plan refuses a second filing.
        """
        with writing(self.engine) as connection:
            return open_case(SqlShelf(connection), self.plans, plan, case_id, command, now)

    def apply(self, case_id: str, command: Command, now: datetime) -> Applied:
        """Take a command to a case; the same key again changes nothing.

        Raises:
            StoreError: there is no such case.
            KeyaccountError: whatever the plan refuses.
        """
        with writing(self.engine) as connection:
            return take(SqlShelf(connection), self.plans, case_id, command, now)

    def amend(
        self, case_id: str, plan: LivePlan[Data], data: Data, actor: str | None, now: datetime
    ) -> Change:
        """Let a case go over to another version of its plan.

        Its deadlines move before any of them falls due: a case whose deadlines its
        old version cannot work off can be mended so.

        Raises:
            KeyaccountError: there is no such case, or the version refuses it.
        """
        change = self._amend_one(case_id, plan, data, actor, now, write=True)
        if change.error is not None:
            raise change.error
        return change

    def amend_all(
        self, plan: LivePlan[Data], data: Data, actor: str | None, now: datetime
    ) -> Iterator[Change]:
        """Let every open case of a plan go over to a version; each in its own transaction.

        It may be stopped and run again: cases that have gone over already are left out.
        """
        for case_id in self._others(plan):
            yield self._amend_one(case_id, plan, data, actor, now, write=True)

    def preview(
        self, plan: LivePlan[Data], data: Data, actor: str | None, now: datetime
    ) -> Iterator[Change]:
        """What `amend_all` would do. Nothing is written."""
        for case_id in self._others(plan):
            yield self._amend_one(case_id, plan, data, actor, now, write=False)

    def fire(self, now: datetime, *, most: int = 100) -> Fired:
        """Work off the deadlines that have passed, of up to so many cases.

        Cases that another worker holds are passed over. One whose transition fails
        is tried again later; its deadlines stay.
        """
        failed: dict[str, Exception] = {}
        with writing(self.engine) as connection:
            works = self._claim(connection, now, most)
            for work in works:
                try:
                    work.take_due(self.plans, now)
                except Exception as error:  # noqa: BLE001 - one case must not stop the others
                    failed[work.id] = error
            done = _written(connection, works, failed)
            for case_id, reason in failed.items():
                _log.warning("case %s: %s: %s", case_id, type(reason).__name__, reason)
                _put_off(connection, case_id, reason, now)
        return Fired(sum(len(each.recorded) for each in done), len(done), len(failed))

    def next_due(self) -> datetime | None:
        """When a worker next has to look; None where no deadline is pending."""
        with reading(self.engine) as connection:
            query = select(DEADLINES.c.wakes).order_by(DEADLINES.c.wakes).limit(1)
            return connection.execute(query).scalar()

    def keep_plan(self, plan: str, version: str, definition: str, now: datetime) -> None:
        """Keep a version's definition for the cases that will be opened under it."""
        row = {"plan": plan, "version": version, "definition": definition, "kept_at": now}
        with writing(self.engine) as connection:
            connection.execute(rows.insert_new(connection, PLAN_VERSIONS), row)

    def definition(self, plan: str, version: str) -> str:
        """A version's definition. Raises StoreError where none was kept."""
        query = select(PLAN_VERSIONS.c.definition).where(
            PLAN_VERSIONS.c.plan == plan, PLAN_VERSIONS.c.version == version
        )
        with reading(self.engine) as connection:
            found: str | None = connection.execute(query).scalar()
        if found is None:
            raise StoreError([messages.unknown_version(plan, version)])
        return found

    def _others(self, plan: LivePlan[Data]) -> Iterator[str]:
        """The open cases of a plan that are under another version, by id."""
        query = select(CASES.c.id).where(
            CASES.c.plan == plan.name, CASES.c.status == OPEN, CASES.c.plan_version != plan.version
        )
        last = ""
        while True:
            with reading(self.engine) as connection:
                page = query.where(CASES.c.id > last).order_by(CASES.c.id).limit(_PAGE)
                ids = connection.execute(page).scalars().all()
            if not ids:
                return
            yield from ids
            last = ids[-1]

    def _amend_one(
        self,
        case_id: str,
        plan: LivePlan[Data],
        data: Data,
        actor: str | None,
        now: datetime,
        *,
        write: bool,
    ) -> Change:
        with writing(self.engine) if write else reading(self.engine) as connection:
            shelf = SqlShelf(connection)
            work = shelf.hold(case_id) if write else shelf.look(case_id)
            old, before = work.version, work.was_pending
            if old == plan.version:
                return Change(case_id, old, before, before, ())
            command = Command(
                AMENDMENT,
                {**data, "version": plan.version},
                actor,
                f"{AMENDMENT}:{work.commands + 1}",
            )
            try:
                work.take(command, plan, now)
            except KeyaccountError as error:
                return Change(case_id, old, before, before, (), error)
            after, told = dict(work.pending), tuple(work.told)
            if write:
                work.take_due(self.plans, now)
                rows.flush(connection, [work])
            return Change(case_id, old, before, after, told)

    def _claim(self, connection: Connection, now: datetime, most: int) -> Sequence[CaseWork[Data]]:
        """Lock cases with passed deadlines, then read them: what another has done is seen.

        A deadline never wakes a worker before it is due; to ask for both would make the
        planner expect few rows, and sort all that are due for each batch.
        """
        query = (
            select(CASES.c.id)
            .join(DEADLINES, DEADLINES.c.case_id == CASES.c.id)
            .where(DEADLINES.c.wakes < now)
            .order_by(DEADLINES.c.wakes)
            .limit(most)
        )
        ids = set(connection.execute(rows.lock(query, connection, skip=True)).scalars())
        works = rows.load(connection, ids) if ids else []
        return [each for each in works if each.first_passed(now) is not None]


def _written(
    connection: Connection, works: Sequence[CaseWork[Data]], failed: dict[str, Exception]
) -> Sequence[CaseWork[Data]]:
    """Write the works; where the database refuses one, all but that one."""
    try:
        with connection.begin_nested():
            rows.flush(connection, works)
    except StatementError as error:
        _refuse_lost(error)
        return [each for each in works if _written_alone(connection, each, failed)]
    return works


def _written_alone(
    connection: Connection, work: CaseWork[Data], failed: dict[str, Exception]
) -> bool:
    try:
        with connection.begin_nested():
            rows.flush(connection, [work])
    except StatementError as error:
        _refuse_lost(error)
        failed[work.id] = error
        return False
    return True


def _refuse_lost(error: StatementError) -> None:
    """A connection that is gone says nothing of the case that was written."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        raise error


def _put_off(connection: Connection, case_id: str, error: Exception, now: datetime) -> None:
    """Let a case's passed deadlines wait for another try, longer each time."""
    passed = (DEADLINES.c.case_id == case_id, DEADLINES.c.due < now)
    failures = connection.execute(
        select(DEADLINES.c.failures).where(*passed).order_by(DEADLINES.c.failures.desc()).limit(1)
    ).scalar_one()
    wait = min(_FIRST_RETRY * 2 ** min(failures, 20), _LONGEST_RETRY)
    connection.execute(
        update(DEADLINES)
        .where(*passed)
        .values(
            wakes=now.astimezone(UTC) + wait,
            failures=failures + 1,
            error=f"{type(error).__name__}: {error}"[:_LONGEST_ERROR],
        )
    )
