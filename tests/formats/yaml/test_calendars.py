"""Calendars as read: `everything.yaml`, and tables of holidays beside a policy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from keyaccount.formats.yaml.reader import read_policy
from keyaccount.model.calendars import Calendar, Opening, Special
from keyaccount.policy_set import PolicySet

HERE = Path(__file__).parent
MORNING, AFTERNOON = Opening(540, 720), Opening(810, 1080)


@pytest.fixture(scope="module")
def office() -> Calendar:
    return read_policy(HERE / "everything.yaml").calendars["office"]


@pytest.fixture(scope="module")
def works() -> Calendar:
    return read_policy(HERE / "everything.yaml").calendars["works"]


def test_weeks_are_in_force_by_date(office: Calendar) -> None:
    first, second = office.weeks
    assert (first.since, second.since) == (date(2024, 1, 1), date(2025, 1, 1))
    assert first.days == (*[(MORNING, AFTERNOON)] * 5, (), ())
    assert second.days == ((Opening(0, 1440),),) * 7


def test_a_make_up_day_has_its_own_hours_or_those_of_a_working_day(office: Calendar) -> None:
    first, second = office.weeks
    assert first.make_up == (MORNING, AFTERNOON)
    assert second.make_up == (MORNING,)


def test_own_days_stand_for_each_day_of_a_stretch(office: Calendar) -> None:
    assert office.closed[date(2026, 2, 10)] == {"en": "stocktaking", "zh": "盘点"}
    assert len(office.closed) == 15
    assert office.open == {date(2026, 2, 14): (MORNING,)}


def test_a_week_may_go_on_past_its_end(works: Calendar) -> None:
    (week,) = works.weeks
    assert [bool(each) for each in week.days] == [True, *[False] * 4, True, True]


def test_the_policy_s_zone_is_the_calendar_s_where_it_names_none(works: Calendar) -> None:
    assert works.time_zone == "Europe/Berlin"


def test_a_table_beside_the_policy_goes_before_the_shipped_one_year_by_year(
    works: Calendar,
) -> None:
    table = works.holidays
    assert table is not None
    assert 2027 in table.years
    assert table.days[date(2025, 10, 1)] is Special.HOLIDAY
    assert date(2026, 10, 1) not in table.days
    assert table.days[date(2026, 1, 2)] is Special.WORKING_DAY


def test_another_table_of_holidays_is_another_version_of_the_policies(tmp_path: Path) -> None:
    def version(day: str) -> str:
        (tmp_path / "days.csv").write_text(f"{day},holiday\n")
        return PolicySet.load(tmp_path).version

    policy = """\
policy: p
calendars: {c: {hours: {2024-01-01: {daily: ["09:00-12:00"]}}, holidays: {from: days.csv}}}
decisions: {d: {value: 1}}
"""
    (tmp_path / "p.yaml").write_text(policy)
    assert version("2027-01-01") == version("2027-01-01") != version("2027-01-02")
