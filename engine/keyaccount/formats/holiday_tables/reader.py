"""Read tables of holidays: `date,day,name`, where the day is `holiday` or `working day`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from keyaccount.diagnostics import calendar_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.formats.csv_cells import read_cells
from keyaccount.model.calendars import HolidayTable, Special
from keyaccount.source import Fragment, Source

TABLES = ("china",)
"""The tables that come with the program."""

_HEADER = "date"
_FOLDER = Path(__file__).resolve().parent

Report = Callable[[Diagnostic], None]
_Days = dict[date, Special]


def holiday_table(name: str | None, beside: Source | None, report: Report) -> HolidayTable:
    """A table that comes with the program, one beside a policy, or both.

    Args:
        name: one of `TABLES`; None: only the one beside the policy.
        beside: a table of whole years, which go before the program's own.
        report: takes what is wrong with it.
    """
    days: _Days = {}
    sources: list[Source] = []
    if name is not None:
        source, shipped = _shipped(name)
        sources.append(source)
        days |= shipped
    if beside is not None:
        sources.append(beside)
        own = _read(beside, report)
        years = {day.year for day in own}
        days = {day: each for day, each in days.items() if day.year not in years} | own
    published = frozenset(day.year for day in days)
    return HolidayTable(name or sources[-1].name, days, published, tuple(sources))


@cache
def _shipped(name: str) -> tuple[Source, _Days]:
    """A table that comes with the program, read once: policies share it."""
    path = _FOLDER / f"{name}.csv"
    source = Source(path.name, path.read_text(encoding="utf-8"))
    mistakes: list[Diagnostic] = []
    days = _read(source, mistakes.append)
    assert not mistakes  # noqa: S101 # INVARIANT: a test reads the shipped tables
    return source, days


def _read(source: Source, report: Report) -> _Days:
    days: _Days = {}
    for line in _lines(source, report):
        day, special = _day(line[0].text), _special(line)
        if day is None or special is None:
            report(messages.bad_holiday_line(line[0].span().to(line[-1].span()), line[0].text))
        elif day in days:
            report(messages.holiday_twice(line[0].span(), day))
        else:
            days[day] = special
    return days


def _lines(source: Source, report: Report) -> Iterator[Sequence[Fragment]]:
    lines = (line for line in read_cells(source, report) if any(cell.text for cell in line))
    for number, line in enumerate(lines):
        if number or line[0].text.lower() != _HEADER:
            yield line


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _special(line: Sequence[Fragment]) -> Special | None:
    try:
        return Special(line[1].text)
    except (IndexError, ValueError):
        return None
