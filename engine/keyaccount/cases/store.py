"""Keep cases: each command in one transaction, with all that follows from it.

A command is worked off after every deadline that has passed by then, so that what
becomes of a case does not hang on how far behind the workers are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import StatementError

from keyaccount.cases import rows, totals
from keyaccount.cases.live_plan import LivePlan, Plans, Share
from keyaccount.cases.plain_data import refuse_unfit
from keyaccount.cases.protocol import AMENDMENT, OPEN, TOTALS, Command, Data, Entry, Standing
from keyaccount.cases.tables import CASES, COMMANDS, DEADLINES, PLAN_VERSIONS
from keyaccount.cases.work import CaseWork, StoreError
from keyaccount.diagnostics import store_messages as messages
from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.model.plans import SECOND_FILING
from keyaccount.storage.engine import reading, writing

_log = logging.getLogger("keyaccount.store")
_FIRST_RETRY = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(hours=1)
_LONGEST_ERROR = 2000
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Applied:
    """A command that was taken. `repeated`: it had been before, and changed nothing now."""

    case_id: str
    number: int
    standing: Standing
    repeated: bool = False


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

    def __init__(self, engine: Engine, plans: Plans) -> None:
        self.engine = engine
        self.plans = plans

    def open(self, plan: LivePlan, case_id: str, command: Command, now: datetime) -> Applied:
        """Open a case; the same id and key again is the same opening.

        Raises:
            StoreError: the id is taken, or the subject is filed already and the
                plan refuses a second filing.
        """
        refuse_unfit(command)
        subject = plan.subject(command.data)
        with writing(self.engine) as connection:
            if _insert_case(connection, plan, case_id, subject, now):
                return self._apply(connection, case_id, command, plan, now)
            before = _repeated(connection, case_id, command.key)
            if before is not None:
                return before
            first = _first_filing(connection, plan.name, subject)
            if first is None or subject is None:
                raise StoreError([messages.id_taken(case_id)])
            if not plan.hands_over:
                raise StoreError([messages.second_filing(plan.name, subject, first)])
            told = Command(
                kind="event",
                data={"event": SECOND_FILING, "data": command.data},
                actor=command.actor,
                key=f"{SECOND_FILING}:{case_id}",
            )
            return self._apply(connection, first, told, None, now)

    def apply(self, case_id: str, command: Command, now: datetime) -> Applied:
        """Take a command to a case; the same key again changes nothing.

        Raises:
            StoreError: there is no such case.
            KeyaccountError: whatever the plan refuses.
        """
        refuse_unfit(command)
        with writing(self.engine) as connection:
            return self._apply(connection, case_id, command, None, now)

    def amend(
        self, case_id: str, plan: LivePlan, data: Data, actor: str | None, now: datetime
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
        self, plan: LivePlan, data: Data, actor: str | None, now: datetime
    ) -> Iterator[Change]:
        """Let every open case of a plan go over to a version; each in its own transaction.

        It may be stopped and run again: cases that have gone over already are left out.
        """
        for case_id in self._others(plan):
            yield self._amend_one(case_id, plan, data, actor, now, write=True)

    def preview(
        self, plan: LivePlan, data: Data, actor: str | None, now: datetime
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

    def _apply(
        self,
        connection: Connection,
        case_id: str,
        command: Command,
        plan: LivePlan | None,
        now: datetime,
    ) -> Applied:
        """Take a command under a version of the plan, the case's own where it is None."""
        if totals.needs_locks(connection, command):
            seen = _loaded(connection, case_id)
            version = plan or self.plans(seen.plan, seen.version)
            totals.lock_groups(connection, version, seen.state, command)
        work = _locked(connection, case_id)
        before = _repeated(connection, case_id, command.key)
        if before is not None:
            return before
        work.take_due(self.plans, now)
        plan = plan or self.plans(work.plan, work.version)
        command, shares = totals.with_totals(connection, work, plan, command, now)
        work.take(command, plan, now)
        number = work.commands
        work.take_due(self.plans, now)
        rows.flush(connection, [work])
        if shares:
            self._tell_others(connection, work, plan, shares, number, now)
        assert work.standing is not None  # noqa: S101 - INVARIANT: `take` has set it
        return Applied(case_id, number, work.standing)

    def _tell_others(
        self,
        connection: Connection,
        work: CaseWork,
        plan: LivePlan,
        shares: Iterable[Share],
        number: int,
        now: datetime,
    ) -> None:
        """Let open cases hear what counts together with them; one that cannot goes on as it was."""
        told = totals.told_of(connection, plan.name, shares, work.id, now)
        others = [_locked(connection, each) for each in sorted(told)]
        for other in others:
            key = f"{TOTALS}:{work.id}:{number}"
            try:
                other.take_due(self.plans, now)
                version = self.plans(other.plan, other.version)
                other.take(Command(TOTALS, {TOTALS: told[other.id]}, None, key), version, now)
            except KeyaccountError as error:
                _log.warning("case %s: %s", other.id, error)
        rows.flush(connection, others)

    def _others(self, plan: LivePlan) -> Iterator[str]:
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
        plan: LivePlan,
        data: Data,
        actor: str | None,
        now: datetime,
        *,
        write: bool,
    ) -> Change:
        with writing(self.engine) if write else reading(self.engine) as connection:
            work = _locked(connection, case_id) if write else _loaded(connection, case_id)
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

    def _claim(self, connection: Connection, now: datetime, most: int) -> Sequence[CaseWork]:
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


def _insert_case(
    connection: Connection, plan: LivePlan, case_id: str, subject: str | None, now: datetime
) -> bool:
    """Make the row of a case that has no command yet; False where its id or subject is taken."""
    row: dict[str, object] = {
        "id": case_id,
        "plan": plan.name,
        "plan_version": plan.version,
        "subject": subject,
        "status": OPEN,
        "title": "",
        "open_steps": [],
        "state": None,
        "commands": 0,
        "entries": 0,
        "opened_at": now,
        "changed_at": now,
    }
    made = connection.execute(rows.insert_new(connection, CASES).returning(CASES.c.id), row)
    return made.scalar() is not None


def _first_filing(connection: Connection, plan: str, subject: str | None) -> str | None:
    query = select(CASES.c.id).where(
        CASES.c.plan == plan, CASES.c.subject == subject, CASES.c.status == OPEN
    )
    return None if subject is None else connection.execute(query).scalar()


def _locked(connection: Connection, case_id: str) -> CaseWork:
    query = select(CASES.c.id).where(CASES.c.id == case_id)
    connection.execute(rows.lock(query, connection))
    return _loaded(connection, case_id)


def _loaded(connection: Connection, case_id: str) -> CaseWork:
    found = rows.load(connection, [case_id])
    if not found:
        raise StoreError([messages.unknown_case(case_id)])
    return found[0]


def _repeated(connection: Connection, case_id: str, key: str) -> Applied | None:
    """The command of that key as it was taken before, with the case as it stands now."""
    query = (
        select(COMMANDS.c.number, CASES)
        .join(CASES, CASES.c.id == COMMANDS.c.case_id)
        .where(COMMANDS.c.case_id == case_id, COMMANDS.c.key == key)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Applied(case_id, row.number, rows.standing_of(row), repeated=True)


def _written(
    connection: Connection, works: Sequence[CaseWork], failed: dict[str, Exception]
) -> Sequence[CaseWork]:
    """Write the works; where the database refuses one, all but that one."""
    try:
        with connection.begin_nested():
            rows.flush(connection, works)
    except StatementError:
        return [each for each in works if _written_alone(connection, each, failed)]
    return works


def _written_alone(connection: Connection, work: CaseWork, failed: dict[str, Exception]) -> bool:
    try:
        with connection.begin_nested():
            rows.flush(connection, [work])
    except StatementError as error:
        failed[work.id] = error
        return False
    return True


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
