"""The cases of a database, as one transaction sees them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, delete, insert, select, text

from keyaccount.cases import rows
from keyaccount.cases.live_plan import LivePlan, Plans, Share
from keyaccount.cases.proceedings import NOT_COUNTED
from keyaccount.cases.protocol import OPEN, OPENING, Command, Data
from keyaccount.cases.tables import CASES, COMMANDS, SHARES
from keyaccount.cases.work import Applied, CaseWork, StoreError
from keyaccount.diagnostics import store_messages as messages
from keyaccount.result.json_text import number_text
from keyaccount.storage.engine import POSTGRESQL

_TELLING = frozenset((OPENING, "facts", "event", "resubmit"))
"""The kinds of command that bring facts along."""


@dataclass(frozen=True, slots=True)
class SqlShelf:
    """A `Shelf` on a connection; its caller begins and ends the transaction."""

    connection: Connection

    def add(self, plan: LivePlan[Data], case_id: str, subject: str | None, now: datetime) -> bool:
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
        inserted = rows.insert_new(self.connection, CASES).returning(CASES.c.id)
        return self.connection.execute(inserted, row).scalar() is not None

    def about(self, plan: str, subject: str | None) -> str | None:
        query = select(CASES.c.id).where(
            CASES.c.plan == plan, CASES.c.subject == subject, CASES.c.status == OPEN
        )
        return None if subject is None else self.connection.execute(query).scalar()

    def taken(self, case_id: str, key: str) -> Applied | None:
        query = (
            select(COMMANDS.c.number, CASES)
            .join(CASES, CASES.c.id == COMMANDS.c.case_id)
            .where(COMMANDS.c.case_id == case_id, COMMANDS.c.key == key)
        )
        row = self.connection.execute(query).one_or_none()
        if row is None:
            return None
        return Applied(case_id, row.number, rows.standing_of(row), repeated=True)

    def hold_groups(
        self, plan: LivePlan[Data] | None, plans: Plans[Data], case_id: str, command: Command
    ) -> None:
        """Two halves filed in the same second must see each other; SQLite's own lock sees to it."""
        if self.connection.dialect.name != POSTGRESQL or command.kind not in _TELLING:
            return
        seen = self.look(case_id)
        version = plan or plans(seen.plan, seen.version)
        shares = version.shares(seen.state, command)
        for key in sorted(_lock_key(version.name, each) for each in shares):
            self.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    def hold(self, case_id: str) -> CaseWork[Data]:
        query = select(CASES.c.id).where(CASES.c.id == case_id)
        self.connection.execute(rows.lock(query, self.connection))
        return self.look(case_id)

    def look(self, case_id: str) -> CaseWork[Data]:
        """A case that others may work on at the same time. Raises StoreError."""
        found = rows.load(self.connection, [case_id])
        if not found:
            raise StoreError([messages.unknown_case(case_id)])
        return found[0]

    def write(self, works: Sequence[CaseWork[Data]]) -> None:
        rows.flush(self.connection, works)

    def put_share(self, plan: str, share: Share, case_id: str, now: datetime) -> None:
        mine = (SHARES.c.case_id == case_id, SHARES.c.name == share.name)
        self.connection.execute(delete(SHARES).where(*mine))
        row = {
            "case_id": case_id,
            "name": share.name,
            "plan": plan,
            "group": share.group,
            "amount": number_text(share.amount),
            "at": now,
        }
        self.connection.execute(insert(SHARES), row)

    def amounts(self, plan: str, share: Share, but: str, at: datetime) -> Iterator[Decimal]:
        query = (
            select(SHARES.c.amount)
            .join(CASES, CASES.c.id == SHARES.c.case_id)
            .where(*_counting(plan, share, but, at), CASES.c.status.not_in(NOT_COUNTED))
        )
        return map(Decimal, self.connection.execute(query).scalars())

    def sharers(self, plan: str, share: Share, but: str, at: datetime) -> Mapping[str, datetime]:
        query = (
            select(SHARES.c.case_id, SHARES.c.at)
            .join(CASES, CASES.c.id == SHARES.c.case_id)
            .where(*_counting(plan, share, but, at), CASES.c.status == OPEN)
        )
        return {row.case_id: row.at for row in self.connection.execute(query)}


def _counting(plan: str, share: Share, but: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        SHARES.c.plan == plan,
        SHARES.c.name == share.name,
        SHARES.c.group == share.group,
        SHARES.c.case_id != but,
        SHARES.c.at.between(at - share.window, at + share.window),
    )


def _lock_key(plan: str, share: Share) -> int:
    name = "\x1f".join((plan, share.name, share.group)).encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
