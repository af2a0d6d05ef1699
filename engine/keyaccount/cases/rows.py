"""Cases from and to the tables, many at a time: a few statements, however many cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from keyaccount.cases.protocol import DUE, Data, OpenStep, Standing
from keyaccount.cases.tables import CASES, COMMANDS, DEADLINES, EFFECTS, ENTRIES
from keyaccount.cases.work import CaseWork
from keyaccount.storage.bulk import delete_rows, insert_new_rows, insert_rows, update_rows
from keyaccount.storage.engine import POSTGRESQL

_DUE_PREFIX = f"{DUE}:"
PENDING = "pending"


def load(connection: Connection, ids: Collection[str]) -> list[CaseWork[Data]]:
    """Cases to work on, locked before by the caller, in the order of their ids."""
    pending: dict[str, dict[str, datetime]] = defaultdict(dict)
    query = select(DEADLINES.c.case_id, DEADLINES.c.key, DEADLINES.c.due)
    for case_id, key, due in connection.execute(query.where(DEADLINES.c.case_id.in_(ids))):
        pending[case_id][key] = due
    spent: dict[str, set[str]] = defaultdict(set)
    fired = select(COMMANDS.c.case_id, COMMANDS.c.key).where(COMMANDS.c.kind == DUE)
    for case_id, key in connection.execute(fired.where(COMMANDS.c.case_id.in_(ids))):
        spent[case_id].add(key.removeprefix(_DUE_PREFIX))
    rows = connection.execute(select(CASES).where(CASES.c.id.in_(ids)).order_by(CASES.c.id))
    return [_work(row, pending[row.id], spent[row.id]) for row in rows]


def lock(query: Select[Any], connection: Connection, *, skip: bool = False) -> Select[Any]:
    """The query, locking the cases it finds; SQLite's transaction has locked all there is."""
    if connection.dialect.name != POSTGRESQL:
        return query
    return query.with_for_update(of=CASES, skip_locked=skip)


def flush(connection: Connection, works: Sequence[CaseWork[Data]]) -> None:
    """Write what the works did: commands, snapshots, deadlines, effects, log."""
    changed = [each for each in works if each.recorded]
    insert_rows(connection, COMMANDS, _commands(changed))
    update_rows(connection, CASES, [_snapshot(each) for each in changed])
    delete_rows(connection, DEADLINES, _gone(changed))
    insert_rows(connection, DEADLINES, _deadlines(changed))
    insert_new_rows(connection, EFFECTS, _effects(changed))
    insert_rows(connection, ENTRIES, _entries(changed))


def insert_new(connection: Connection, table: Table) -> Any:
    """An insert that passes over rows that are there already."""
    kind = postgresql if connection.dialect.name == POSTGRESQL else sqlite
    return kind.insert(table).on_conflict_do_nothing()


def standing_columns(standing: Standing) -> dict[str, object]:
    """How a case stands, as columns."""
    limits = [each.due for each in standing.open_steps if each.due is not None]
    return {
        "status": standing.status,
        "title": standing.title,
        "open_steps": [_step(each) for each in standing.open_steps],
        "due": min(limits, default=None),
    }


def standing_of(row: Row[Any]) -> Standing:
    """How a case stands, from its row."""
    return Standing(row.status, row.title, tuple(map(_open_step, row.open_steps)))


def _work(row: Row[Any], pending: dict[str, datetime], spent: set[str]) -> CaseWork[Data]:
    return CaseWork(
        id=row.id,
        plan=row.plan,
        version=row.plan_version,
        commands=row.commands,
        entries=row.entries,
        changed_at=row.changed_at,
        state=cast(Data | None, row.state),
        pending=pending,
        spent=spent,
    )


def _commands(works: Iterable[CaseWork[Data]]) -> list[dict[str, object]]:
    return [
        {
            "case_id": work.id,
            "number": each.number,
            "key": each.command.key,
            "kind": each.command.kind,
            "actor": each.command.actor,
            "data": each.command.data,
            "plan_version": each.version,
            "at": each.at,
        }
        for work in works
        for each in work.recorded
    ]


def _snapshot(work: CaseWork[Data]) -> dict[str, object]:
    assert work.standing is not None  # noqa: S101 - INVARIANT: every recorded command sets it
    return standing_columns(work.standing) | {
        "id": work.id,
        "plan_version": work.version,
        "state": work.state,
        "commands": work.commands,
        "entries": work.entries + len(work.told),
        "changed_at": work.changed_at,
    }


def _gone(works: Iterable[CaseWork[Data]]) -> list[dict[str, object]]:
    return [{"case_id": work.id, "key": key} for work in works for key in work.gone()]


def _deadlines(works: Iterable[CaseWork[Data]]) -> list[dict[str, object]]:
    return [
        {
            "case_id": work.id,
            "key": each.key,
            "due": each.due,
            "wakes": each.due,
            "failures": 0,
            "error": None,
        }
        for work in works
        for each in work.added()
    ]


def _effects(works: Iterable[CaseWork[Data]]) -> list[dict[str, object]]:
    return [
        {
            "case_id": work.id,
            "key": each.key,
            "kind": each.kind,
            "data": each.data,
            "status": PENDING,
            "created_at": work.changed_at,
            "wakes": work.changed_at,
            "attempts": 0,
        }
        for work in works
        for each in work.effects
    ]


def _entries(works: Iterable[CaseWork[Data]]) -> list[dict[str, object]]:
    return [
        {
            "case_id": work.id,
            "number": work.entries + number,
            "at": each.at,
            "kind": each.kind,
            "step": each.step,
            "data": each.data,
        }
        for work in works
        for number, each in enumerate(work.told, 1)
    ]


def _step(step: OpenStep) -> dict[str, object]:
    return {
        "step": step.step,
        "owner": step.owner,
        "since": step.since.isoformat(),
        "due": step.due and step.due.isoformat(),
        "next_rung": step.next_rung and step.next_rung.isoformat(),
    }


def _open_step(data: Mapping[str, Any]) -> OpenStep:
    due, rung = (data[each] and datetime.fromisoformat(data[each]) for each in ("due", "next_rung"))
    since = datetime.fromisoformat(data["since"])
    return OpenStep(data["step"], data["owner"], since, due or None, rung or None)
