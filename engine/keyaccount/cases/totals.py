"""Add up what cases of a group ask for, so that nobody gains by splitting a request."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, delete, insert, select, text

from keyaccount.cases.live_plan import LivePlan, Share
from keyaccount.cases.protocol import Command
from keyaccount.cases.tables import CASES, SHARES
from keyaccount.cases.work import CaseWork
from keyaccount.result.json_text import number_text
from keyaccount.storage.engine import POSTGRESQL

_NOT_COUNTED = ("cancelled", "rejected")
"""How cases ended whose amounts no longer count."""


def with_totals(
    connection: Connection, work: CaseWork, plan: LivePlan, command: Command, now: datetime
) -> Command:
    """The command with the totals of the other cases of its groups, its own shares recorded.

    They go into the command's data and so into the log: it replays to the same.
    """
    shares = plan.shares(work.state, command)
    if not shares:
        return command
    found = {}
    for share in sorted(shares, key=lambda each: (each.name, each.group)):
        _one_at_a_time(connection, plan.name, share)
        found[share.name] = total(connection, plan.name, share, work.id, now - share.window)
        _record(connection, plan.name, share, work.id, now)
    return replace(command, data={**command.data, "totals": found})


def total(connection: Connection, plan: str, share: Share, but: str, since: datetime) -> Decimal:
    """The sum of a group's amounts from an instant on; of one case nothing is counted."""
    query = (
        select(SHARES.c.amount)
        .join(CASES, CASES.c.id == SHARES.c.case_id)
        .where(
            SHARES.c.plan == plan,
            SHARES.c.name == share.name,
            SHARES.c.group == share.group,
            SHARES.c.at >= since,
            SHARES.c.case_id != but,
            CASES.c.status.not_in(_NOT_COUNTED),
        )
    )
    return sum(map(Decimal, connection.execute(query).scalars()), Decimal(0))


def _one_at_a_time(connection: Connection, plan: str, share: Share) -> None:
    """Two halves filed in the same second must see each other."""
    if connection.dialect.name == POSTGRESQL:
        name = "\x1f".join((plan, share.name, share.group)).encode()
        key = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


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
