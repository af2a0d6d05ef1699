"""Read people from a CSV table.

A line is a person: `id`, `name`, `superior`, `roles` (joined by `|`, each a role or
`role@region`), `email`. `deputy`, `from`, `through` tell who acts for them in which days; for
more such ranges the id is repeated on a line without a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from keyaccount.diagnostics import organisation_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.formats.csv_cells import read_cells
from keyaccount.organisation.people import Days, Deputy, Holding, Person
from keyaccount.source import Fragment, Source

_COLUMNS = ("id", "name", "superior", "roles", "email", "deputy", "from", "through")


def people_of_table(
    source: Source, problems: list[Diagnostic]
) -> tuple[list[Person], list[Deputy]]:
    """The people and deputies of a table; what is wrong with it goes to `problems`."""
    lines = list(read_cells(source, problems.append))
    headers = [each.text for each in lines[0]] if lines else []
    problems.extend(
        messages.unknown_column(cell.span(), cell.text, _COLUMNS)
        for cell in (lines[0] if lines else ())
        if cell.text not in _COLUMNS
    )
    if "id" not in headers:
        problems.append(messages.missing_column(source.span(0, 0), "id"))
        return [], []
    people: list[Person] = []
    deputies: list[Deputy] = []
    for line in lines[1:]:
        cells = {name: each for name, each in zip(headers, line, strict=False) if each.text}
        if "id" not in cells:
            continue
        if "name" in cells or "deputy" not in cells:
            people.append(_person(cells))
        if "deputy" in cells:
            deputies.append(_deputy(cells, problems))
    return people, deputies


def _person(cells: Mapping[str, Fragment]) -> Person:
    return Person(
        id=cells["id"].text,
        name=_text(cells, "name") or cells["id"].text,
        superior=_text(cells, "superior"),
        roles=tuple(map(_holding, filter(None, (_text(cells, "roles") or "").split("|")))),
        email=_text(cells, "email"),
        span=cells["id"].span(),
    )


def _holding(text: str) -> Holding:
    role, _, region = text.strip().partition("@")
    return Holding(role.strip(), region.strip() or None)


def _deputy(cells: Mapping[str, Fragment], problems: list[Diagnostic]) -> Deputy:
    days = Days(_day(cells.get("from"), problems), _day(cells.get("through"), problems))
    return Deputy(cells["id"].text, cells["deputy"].text, days, cells["deputy"].span())


def _day(cell: Fragment | None, problems: list[Diagnostic]) -> date | None:
    if cell is None:
        return None
    try:
        return date.fromisoformat(cell.text)
    except ValueError:
        problems.append(messages.bad_date(cell.span(), cell.text))
        return None


def _text(cells: Mapping[str, Fragment], name: str) -> str | None:
    cell = cells.get(name)
    return None if cell is None else cell.text
