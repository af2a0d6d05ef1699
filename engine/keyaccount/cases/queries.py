"""Ask about cases: one with its log, lists of them, what is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, select

from keyaccount.cases.protocol import OPEN, Command, Data, Deadline, Entry, Standing
from keyaccount.cases.rows import standing_of
from keyaccount.cases.tables import CASES, COMMANDS, DEADLINES, ENTRIES
from keyaccount.cases.work import Recorded, StoreError
from keyaccount.diagnostics import store_messages as messages
from keyaccount.storage.engine import reading


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case as lists show it."""

    id: str
    plan: str
    version: str
    subject: str | None
    standing: Standing
    opened_at: datetime
    changed_at: datetime
    due: datetime | None


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """All that is kept of a case. `state` is what its commands make of it."""

    summary: CaseSummary
    state: Data
    commands: tuple[Recorded, ...]
    entries: tuple[Entry, ...]
    deadlines: tuple[Deadline, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A deadline that could not be worked off: how often, and the last error."""

    case_id: str
    deadline: str
    due: datetime
    failures: int
    error: str
    next_try: datetime


def show(engine: Engine, case_id: str) -> CaseRecord:
    """A case with all its record, as of one moment. Raises StoreError where there is none."""
    with reading(engine) as connection:
        row = connection.execute(select(CASES).where(CASES.c.id == case_id)).one_or_none()
        if row is None:
            raise StoreError([messages.unknown_case(case_id)])
        commands = connection.execute(_of(COMMANDS, case_id).order_by(COMMANDS.c.number))
        entries = connection.execute(_of(ENTRIES, case_id).order_by(ENTRIES.c.number))
        pending = connection.execute(_of(DEADLINES, case_id).order_by(DEADLINES.c.due))
        return CaseRecord(
            _summary(row),
            row.state,
            tuple(map(_recorded, commands)),
            tuple(Entry(each.at, each.kind, each.step, each.data) for each in entries),
            tuple(Deadline(each.key, each.due) for each in pending),
        )


def cases(
    engine: Engine,
    *,
    plan: str | None = None,
    status: str | None = OPEN,
    owner: str | None = None,
    due_before: datetime | None = None,
) -> Iterator[CaseSummary]:
    """Cases, the most urgent first, those without a limit last.

    Args:
        engine: of the database.
        plan: only of this plan.
        status: only those that stand so; None: all.
        owner: only those of which an open step is this owner's.
        due_before: only those of which an open step's limit ends before.
    """
    query = select(CASES).order_by(CASES.c.due.is_(None), CASES.c.due, CASES.c.id)
    if plan is not None:
        query = query.where(CASES.c.plan == plan)
    if status is not None:
        query = query.where(CASES.c.status == status)
    if due_before is not None:
        query = query.where(CASES.c.due < due_before)
    with reading(engine) as connection:
        for row in connection.execution_options(yield_per=500).execute(query):
            found = _summary(row)
            if owner is None or any(each.owner == owner for each in found.standing.open_steps):
                yield found


def troubles(engine: Engine) -> list[Trouble]:
    """Deadlines that could not be worked off, and wait for another try."""
    query = select(DEADLINES).where(DEADLINES.c.failures > 0).order_by(DEADLINES.c.due)
    with reading(engine) as connection:
        return [
            Trouble(each.case_id, each.key, each.due, each.failures, each.error, each.wakes)
            for each in connection.execute(query)
        ]


def _of(table: Any, case_id: str) -> Select[Any]:
    return select(table).where(table.c.case_id == case_id)


def _summary(row: Row[Any]) -> CaseSummary:
    return CaseSummary(
        row.id,
        row.plan,
        row.plan_version,
        row.subject,
        standing_of(row),
        row.opened_at,
        row.changed_at,
        row.due,
    )


def _recorded(row: Row[Any]) -> Recorded:
    command = Command(row.kind, row.data, row.actor, row.key)
    return Recorded(row.number, command, row.plan_version, row.at)
