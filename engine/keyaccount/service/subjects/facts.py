"""Facts over time: valid from when, known since when; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from keyaccount.service.answers import encode
from keyaccount.service.bodies import Facts, Reader
from keyaccount.service.tables import SUBJECT, SUBJECT_FACT
from keyaccount.storage.engine import POSTGRESQL

EVERYWHERE = ""
"""The scope of facts that hold in all scopes."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom facts are kept of."""

    tenant: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as it was made known; a null value takes it back."""

    scope: str
    name: str
    value: object
    valid_from: datetime
    known_since: datetime


_VALUE = Reader(object)


def lock(connection: Connection, subject: Subject) -> None:
    """Let nobody else change the subject's facts and decisions until the transaction ends."""
    dialect = postgresql if connection.dialect.name == POSTGRESQL else sqlite
    row = {"tenant": subject.tenant, "subject": subject.name}
    connection.execute(dialect.insert(SUBJECT).values(row).on_conflict_do_nothing())
    own = (SUBJECT.c.tenant == subject.tenant) & (SUBJECT.c.subject == subject.name)
    connection.execute(select(SUBJECT.c.subject).where(own).with_for_update()).one()


def remember(
    connection: Connection,
    subject: Subject,
    scope: str,
    facts: Facts,
    valid_from: datetime,
    now: datetime,
    caller: str,
) -> None:
    """Add facts to what is known."""
    rows = [
        {
            "tenant": subject.tenant,
            "subject": subject.name,
            "scope": scope,
            "name": name,
            "value": encode(value).decode(),
            "valid_from": valid_from,
            "known_since": now,
            "caller": caller,
        }
        for name, value in facts.items()
    ]
    connection.execute(insert(SUBJECT_FACT), rows)


def history(connection: Connection, subject: Subject) -> list[Known]:
    """All that was ever made known, in the order in which it was."""
    query = (
        select(SUBJECT_FACT)
        .where(SUBJECT_FACT.c.tenant == subject.tenant, SUBJECT_FACT.c.subject == subject.name)
        .order_by(SUBJECT_FACT.c.id)
    )
    return [
        Known(
            each.scope,
            each.name,
            _VALUE.decoded(each.value.encode()),
            each.valid_from,
            each.known_since,
        )
        for each in connection.execute(query)
    ]


def at(known: Iterable[Known], scope: str, valid_at: datetime, known_at: datetime) -> Facts:
    """The facts of a scope as they were valid at an instant, by what was known at another.

    What was said of the scope itself goes before what holds everywhere; then
    what is valid since later, then what was made known later.
    """
    best: dict[str, tuple[tuple[bool, datetime], object]] = {}
    for each in known:
        if each.scope not in (EVERYWHERE, scope):
            continue
        if each.valid_from > valid_at or each.known_since > known_at:
            continue
        rank = (each.scope == scope and scope != EVERYWHERE, each.valid_from)
        if each.name not in best or rank >= best[each.name][0]:
            best[each.name] = (rank, each.value)
    return {name: value for name, (_, value) in best.items() if value is not None}


def scopes(known: Iterable[Known]) -> list[str]:
    """The scopes that anything is known of, in the order in which they came up."""
    found = dict.fromkeys(each.scope for each in known)
    return [each for each in found if each != EVERYWHERE] or [EVERYWHERE]
