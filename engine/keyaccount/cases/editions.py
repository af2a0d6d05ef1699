"""The organisation in the database: every edition that was imported, none ever changed.

A plan's version names the organisation that it was compiled with, and each command of a case
the plan's version: so a decision leads to the people of its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, Row, Table, func, insert, select, text

from keyaccount.cases.tables import (
    ORGANISATION_DEPUTIES,
    ORGANISATION_EDITIONS,
    ORGANISATION_PEOPLE,
    ORGANISATION_ROLES,
)
from keyaccount.cases.work import StoreError
from keyaccount.diagnostics import store_messages as messages
from keyaccount.organisation import Deputy, Holding, Organisation, Person
from keyaccount.organisation.organisation import NOBODY
from keyaccount.organisation.people import Days
from keyaccount.storage.engine import POSTGRESQL, reading, writing

_LOCK = "LOCK TABLE organisation_editions IN EXCLUSIVE MODE"


@dataclass(frozen=True, slots=True)
class Edition:
    """What was imported, when, by whom; `version` is the organisation's own, by its content."""

    number: int
    version: str
    source: str
    imported_by: str | None
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """How people differ between two organisations, by id, each in its file's order."""

    joined: tuple[str, ...]
    left: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.joined or self.left or self.changed)


def newest(engine: Engine) -> int | None:
    """The number of the newest edition; None where nothing was imported."""
    with reading(engine) as connection:
        return _newest(connection)


def editions(engine: Engine) -> list[Edition]:
    """All editions, the newest first."""
    query = select(ORGANISATION_EDITIONS).order_by(ORGANISATION_EDITIONS.c.number.desc())
    with reading(engine) as connection:
        return [
            Edition(each.number, each.version, each.source, each.imported_by, each.imported_at)
            for each in connection.execute(query)
        ]


def edition_at(engine: Engine, moment: datetime) -> int | None:
    """The edition that was the newest at a moment; None before the first."""
    query = select(func.max(ORGANISATION_EDITIONS.c.number)).where(
        ORGANISATION_EDITIONS.c.imported_at <= moment
    )
    with reading(engine) as connection:
        return connection.execute(query).scalar()


def organisation_of(engine: Engine, number: int | None = None) -> tuple[Organisation, int | None]:
    """An edition, the newest where none is named, with its number; nobody before the first.

    Raises:
        StoreError: there is no such edition.
    """
    with reading(engine) as connection:
        wanted = _newest(connection) if number is None else number
        if wanted is None:
            return NOBODY, None
        query = select(ORGANISATION_EDITIONS.c.number).where(
            ORGANISATION_EDITIONS.c.number == wanted
        )
        if connection.execute(query).scalar() is None:
            raise StoreError([messages.unknown_edition(wanted)])
        return _read(connection, wanted), wanted


def import_organisation(
    engine: Engine, organisation: Organisation, source: str, by: str | None, now: datetime
) -> tuple[int, Difference]:
    """Keep an organisation as the newest edition; its number, and how it differs from the last.

    Where it differs in nothing, no edition is added.
    """
    with writing(engine) as connection:
        if connection.dialect.name == POSTGRESQL:
            connection.execute(text(_LOCK))
        last = _newest(connection)
        before = NOBODY if last is None else _read(connection, last)
        found = difference(before, organisation)
        if last is not None and not found and before.version == organisation.version:
            return last, found
        number = (last or 0) + 1
        row = {
            "number": number,
            "version": organisation.version,
            "source": source,
            "imported_by": by,
            "imported_at": now,
        }
        connection.execute(insert(ORGANISATION_EDITIONS), row)
        for table, lines in _lines(organisation).items():
            placed = [{"edition": number, "place": at, **each} for at, each in enumerate(lines)]
            if placed:
                connection.execute(insert(table), placed)
        return number, found


def difference(before: Organisation, after: Organisation) -> Difference:
    """Who joined, who left, and of whom anything else is another, deputies included."""
    old, new = _told(before), _told(after)
    joined = tuple(each for each in new if each not in old)
    left = tuple(each for each in old if each not in new)
    kept = [each for each in new if each in old]
    changed = tuple(each for each in kept if old[each] != new[each])
    return Difference(joined, left, changed)


def _told(organisation: Organisation) -> dict[str, object]:
    """All that is known of each person."""
    deputies: dict[str, list[object]] = {}
    for each in organisation.deputies:
        deputies.setdefault(each.person, []).append((each.deputy, each.days))
    return {
        name: (each.name, each.superior, each.roles, each.email, deputies.get(name))
        for name, each in organisation.people.items()
    }


def _newest(connection: Connection) -> int | None:
    return connection.execute(select(func.max(ORGANISATION_EDITIONS.c.number))).scalar()


def _lines(organisation: Organisation) -> Mapping[Table, list[dict[str, object]]]:
    people = organisation.people.values()
    return {
        ORGANISATION_PEOPLE: [
            {"id": each.id, "name": each.name, "superior": each.superior, "email": each.email}
            for each in people
        ],
        ORGANISATION_ROLES: [
            {"person": each.id, "role": held.role, "region": held.region, **_columns(held.days)}
            for each in people
            for held in each.roles
        ],
        ORGANISATION_DEPUTIES: [
            {"person": each.person, "deputy": each.deputy, **_columns(each.days)}
            for each in organisation.deputies
        ],
    }


def _columns(days: Days) -> dict[str, object]:
    return {
        "since": days.since and days.since.isoformat(),
        "through": days.through and days.through.isoformat(),
    }


def _read(connection: Connection, number: int) -> Organisation:
    roles: dict[str, list[Holding]] = {}
    for each in _of(connection, ORGANISATION_ROLES, number):
        roles.setdefault(each.person, []).append(Holding(each.role, each.region, _days(each)))
    people = [
        Person(each.id, each.name, each.superior, tuple(roles.get(each.id, ())), each.email)
        for each in _of(connection, ORGANISATION_PEOPLE, number)
    ]
    deputies = [
        Deputy(each.person, each.deputy, _days(each))
        for each in _of(connection, ORGANISATION_DEPUTIES, number)
    ]
    return Organisation(people, deputies)


def _of(connection: Connection, table: Table, number: int) -> Iterator[Row[tuple[object, ...]]]:
    query = select(table).where(table.c.edition == number).order_by(table.c.place)
    yield from connection.execute(query)


def _days(row: Row[tuple[object, ...]]) -> Days:
    return Days(
        row.since and date.fromisoformat(row.since),
        row.through and date.fromisoformat(row.through),
    )
