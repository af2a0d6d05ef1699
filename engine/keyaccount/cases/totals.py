"""Add up what cases of a group ask for, so that nobody gains by splitting a request."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, delete, insert, select, text

from keyaccount.cases.live_plan import LivePlan, Share
from keyaccount.cases.protocol import OPEN, OPENING, Command, Data
from keyaccount.cases.tables import CASES, SHARES
from keyaccount.cases.work import CaseWork
from keyaccount.result.json_text import number_text
from keyaccount.storage.engine import POSTGRESQL

_NOT_COUNTED = ("cancelled", "rejected")
"""How cases ended whose amounts no longer count."""


_TELLING = frozenset((OPENING, "facts", "event", "resubmit"))
"""The kinds of command that bring facts along."""


def needs_locks(connection: Connection, command: Command) -> bool:
    """Whether a command may tell an amount where others write at once; SQLite's lock is one."""
    return connection.dialect.name == POSTGRESQL and command.kind in _TELLING


def lock_groups(
    connection: Connection, plan: LivePlan, state: Data | None, command: Command
) -> None:
    """Let others of the command's groups wait; before any case is locked, so that none waits twice.

    Two halves filed in the same second must see each other.
    """
    for key in sorted(_lock_key(plan.name, each) for each in plan.shares(state, command)):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _lock_key(plan: str, share: Share) -> int:
    name = "\x1f".join((plan, share.name, share.group)).encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)


def with_totals(
    connection: Connection, work: CaseWork, plan: LivePlan, command: Command, now: datetime
) -> tuple[Command, tuple[Share, ...]]:
    """The command with the totals of the other cases of its groups; its own shares, recorded.

    They go into the command's data and so into the log: it replays to the same.
    """
    shares = plan.shares(work.state, command)
    if not shares:
        return command, ()
    found = {}
    for share in shares:
        found[share.name] = total(connection, plan.name, share, work.id, now)
        _record(connection, plan.name, share, work.id, now)
    return replace(command, data={**command.data, "totals": found}), shares


def total(connection: Connection, plan: str, share: Share, but: str, at: datetime) -> Decimal:
    """The sum of a group's amounts within the window around an instant; of one case nothing."""
    query = (
        select(SHARES.c.amount)
        .join(CASES, CASES.c.id == SHARES.c.case_id)
        .where(
            *_of_group(plan, share, but),
            SHARES.c.at.between(at - share.window, at + share.window),
            CASES.c.status.not_in(_NOT_COUNTED),
        )
    )
    return sum(map(Decimal, connection.execute(query).scalars()), Decimal(0))


def told_of(
    connection: Connection, plan: str, shares: Iterable[Share], but: str, now: datetime
) -> dict[str, dict[str, Decimal]]:
    """The open cases that count together with another from now on, by id: their totals by name."""
    found: dict[str, dict[str, Decimal]] = {}
    for share in shares:
        query = (
            select(SHARES.c.case_id, SHARES.c.at)
            .join(CASES, CASES.c.id == SHARES.c.case_id)
            .where(
                *_of_group(plan, share, but),
                SHARES.c.at.between(now - share.window, now + share.window),
                CASES.c.status == OPEN,
            )
        )
        for case_id, at in connection.execute(query).all():
            of_case = found.setdefault(case_id, {})
            of_case[share.name] = total(connection, plan, share, case_id, at)
    return found


def _of_group(plan: str, share: Share, but: str) -> tuple[ColumnElement[bool], ...]:
    return (
        SHARES.c.plan == plan,
        SHARES.c.name == share.name,
        SHARES.c.group == share.group,
        SHARES.c.case_id != but,
    )


def _record(connection: Connection, plan: str, share: Share, case_id: str, now: datetime) -> None:
    mine = (SHARES.c.case_id == case_id, SHARES.c.name == share.name)
    connection.execute(delete(SHARES).where(*mine))
    row = {
        "case_id": case_id,
        "name": share.name,
        "plan": plan,
        "group": share.group,
        "amount": number_text(share.amount),
        "at": now,
    }
    connection.execute(insert(SHARES), row)
