"""China's working days against the notices in which they were published."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from deadlines import china_table
from deadlines.desk import OFFICE, local, timekeeper
from keyaccount.deadlines import CalendarError

PUBLISHED = YAML(typ="safe", pure=True).load(Path(__file__).parent / "published.yaml")
WORKING_DAYS = {2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
"""Working days a year, counted by hand from the notices."""


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=each) for each in range((date(year + 1, 1, 1) - first).days)]


def published_working_days(year: int) -> set[date]:
    """By the notices of this year and the next, whose New Year may begin in this one."""
    notices = [PUBLISHED[each] for each in (year, year + 1) if each in PUBLISHED]
    off = {
        first + timedelta(days=each)
        for notice in notices
        for first, last in notice["off"]
        for each in range((last - first).days + 1)
    }
    weekdays = {day for day in days_of(year) if day.weekday() < 5}
    return (weekdays - off) | set(PUBLISHED[year]["make_up"])


@pytest.mark.parametrize("year", sorted(PUBLISHED))
def test_the_working_days_of_a_year_are_those_published(year: int) -> None:
    office = timekeeper(OFFICE).calendar("office")
    found = {day for day in days_of(year) if office.is_working_day(day)}
    assert found == published_working_days(year)
    assert len(found) == WORKING_DAYS[year]


def test_the_working_days_by_month_are_those_published() -> None:
    office = timekeeper(OFFICE).calendar("office")
    found = Counter(day.month for day in days_of(2020) if office.is_working_day(day))
    assert found == PUBLISHED[2020]["working_days"]


def test_a_year_that_is_not_published_is_refused_and_not_guessed() -> None:
    office = timekeeper(OFFICE).calendar("office")
    with pytest.raises(CalendarError) as refused:
        office.is_working_day(date(2035, 1, 4))
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code == "calendar.year-not-published"
    assert "2035-01-04" in diagnostic.message.en


def test_the_table_that_comes_with_the_program_is_the_library_s() -> None:
    assert china_table.FILE.read_text(encoding="utf-8") == china_table.table()


def test_a_make_up_saturday_has_the_hours_of_a_working_day() -> None:
    office = timekeeper(OFFICE).calendar("office")
    assert office.is_open(local("2026-02-14 09:00"))
    assert not office.is_open(local("2026-02-14 12:00"))
    assert not office.is_open(local("2026-02-07 09:00"))
