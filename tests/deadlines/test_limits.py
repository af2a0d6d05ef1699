"""Limits by hand, as data; and what a calendar refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from deadlines.desk import OFFICE, local, timekeeper
from keyaccount.deadlines import (
    BusinessDays,
    BusinessTime,
    CalendarDays,
    CalendarError,
    Elapsed,
    Limit,
    Pause,
    Timekeeper,
)
from keyaccount.feel.values.duration import DaysAndTimeDuration, duration_from_text
from keyaccount.formats.yaml.calendars import minute_of_day

SHUT = """
shut:
  time_zone: Asia/Shanghai
  hours:
    2026-01-01: {monday to friday: ["09:00-18:00"]}
    2026-04-01: {daily: ["10:00-17:30"]}
  closed: {2026-03-07 to 2026-03-22: stocktaking}
  open: {2026-03-29: ["09:30-12:00"]}
"""
KEEPER = timekeeper(OFFICE + SHUT)
CASES = YAML(typ="safe", pure=True).load(Path(__file__).parent / "limits.yaml")


def limit_of(case: dict[str, Any]) -> Limit:
    said = case["limit"]
    calendar = case.get("calendar", "office")
    at = minute_of_day(said["at"]) if "at" in said else None
    match said:
        case {"elapsed": text}:
            return Elapsed(duration(text))
        case {"business": text}:
            return BusinessTime(duration(text), calendar)
        case {"business days": days}:
            return BusinessDays(days, calendar, at)
        case _:
            zone = case.get("zone", "Asia/Shanghai")
            return CalendarDays(said.get("days", 0), zone, said.get("months", 0), at)


def duration(text: str) -> timedelta:
    found = duration_from_text(text)
    assert isinstance(found, DaysAndTimeDuration)
    return timedelta(microseconds=found.nanos // 1000)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_limit(case: dict[str, Any]) -> None:
    zone = case.get("zone", "Asia/Shanghai")

    def instant(text: object) -> datetime | None:
        return None if text is None else local(str(text), zone)

    start = local(str(case["start"]), zone)
    pauses = [Pause(local(str(a), zone), instant(b)) for a, b in case.get("pauses", [])]
    if "part" in case:
        due = KEEPER.part(limit_of(case), Fraction(case["part"]), start, pauses)
    else:
        due = KEEPER.due(limit_of(case), start, pauses)
    assert due == instant(case["due"])


def test_a_daily_run_whose_time_comes_twice_runs_the_second_time_too() -> None:
    start = local("2024-10-27 02:40", "Europe/Rome")
    due = KEEPER.due(CalendarDays(0, "Europe/Rome", at=150), start)
    assert due == local("2024-10-27 02:30", "Europe/Rome", fold=1)


@pytest.mark.parametrize(
    ("limit", "start", "code"),
    [
        (BusinessTime(timedelta(hours=2000), "office"), "2026-06-01", "year-not-published"),
        (BusinessDays(300, "office"), "2026-06-01", "year-not-published"),
        (BusinessTime(timedelta(hours=1), "office"), "2003-06-01", "before-first-hours"),
        (BusinessTime(timedelta(hours=1), "shut"), "2025-12-31", "before-first-hours"),
        (BusinessTime(timedelta(hours=9), "gone"), "2027-01-01", "never-open"),
        (BusinessDays(9, "gone"), "2027-01-01", "never-open"),
        (CalendarDays(3_000_000, "UTC"), "2026-01-01", "too-far"),
        (CalendarDays(0, "UTC", months=99_999), "2026-01-01", "too-far"),
        (Elapsed(timedelta(days=3_000_000)), "2026-01-01", "too-far"),
    ],
)
def test_what_is_not_known_is_refused(limit: Limit, start: str, code: str) -> None:
    gone = """
gone:
  hours: {2026-01-01: {monday: []}}
  open: {2026-12-31: ["09:30-12:00"]}
"""
    keeper = timekeeper(OFFICE + SHUT + gone)
    with pytest.raises(CalendarError) as refused:
        keeper.due(limit, local(f"{start} 12:00"))
    assert [each.code for each in refused.value.diagnostics] == [f"calendar.{code}"]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its zone"):
        KEEPER.due(BusinessTime(timedelta(hours=1), "office"), datetime(2026, 3, 10))  # noqa: DTZ001


MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2024, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TIMES = st.timedeltas(timedelta(microseconds=1), timedelta(hours=3000))


@given(start=MOMENTS, time=TIMES)
def test_what_is_added_lies_between(start: datetime, time: timedelta) -> None:
    office = KEEPER.calendar("office")
    due = office.add(start, time)
    assert office.between(start, due) == time
    assert office.between(start, due - timedelta(microseconds=1)) < time
    assert office.add(due, -time) >= start
    assert office.between(office.add(due, -time), due) == time


@given(start=MOMENTS, time=TIMES, later=st.timedeltas(timedelta(0), timedelta(days=9)))
def test_what_begins_later_ends_no_earlier(
    start: datetime, time: timedelta, later: timedelta
) -> None:
    limit = BusinessTime(time, "office")
    first, second = KEEPER.due(limit, start), KEEPER.due(limit, start + later)
    assert first is not None
    assert second is not None
    assert first <= second


@given(start=MOMENTS, time=TIMES, data=st.data())
def test_a_pause_never_shortens_a_limit(start: datetime, time: timedelta, data: Any) -> None:
    since = start + data.draw(st.timedeltas(timedelta(-5), timedelta(days=90)))
    pause = Pause(since, since + data.draw(st.timedeltas(timedelta(0), timedelta(days=30))))
    for limit in (Elapsed(time), BusinessTime(time, "office"), CalendarDays(time.days, "UTC")):
        plain, paused = KEEPER.due(limit, start), KEEPER.due(limit, start, [pause])
        assert plain is not None
        assert paused is not None
        assert plain <= paused


def test_many_threads_may_ask_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    limit = BusinessTime(timedelta(hours=900), "office")
    keeper: Timekeeper = timekeeper(OFFICE)
    starts = [local("2012-01-01 00:00") + timedelta(days=each) for each in range(400)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda start: keeper.due(limit, start), starts))
    assert found == [KEEPER.due(limit, start) for start in starts]


BEFORE = YAML(typ="safe", pure=True).load(Path(__file__).parent / "before.yaml")


@pytest.mark.parametrize("case", BEFORE, ids=lambda case: case["name"])
def test_before(case: dict[str, Any]) -> None:
    zone = case.get("zone", "Asia/Shanghai")
    end = local(str(case["end"]), zone)
    assert KEEPER.before(limit_of(case), end) == local(str(case["before"]), zone)


@given(
    end=st.integers(1, 2_400 * 24 * 60),
    minutes=st.integers(1, 6000),
    days=st.integers(0, 15),
)
def test_what_lies_before_is_as_far_as_what_lies_after(end: int, minutes: int, days: int) -> None:
    instant = datetime(2020, 3, 1, tzinfo=UTC) + timedelta(minutes=end)
    working = KEEPER.calendar("office")
    time = timedelta(minutes=minutes)
    found = KEEPER.before(BusinessTime(time, "office"), instant)
    assert working.between(found, instant) == time
    counted = KEEPER.before(BusinessDays(days, "office"), instant)
    assert counted <= instant
    if days:  # so many working days have closed from there on, but for that of the end
        first = counted.astimezone(working.zone).date()
        last = instant.astimezone(working.zone).date()
        between = [
            each
            for number in range((last - first).days)
            if working.is_working_day(each := first + timedelta(days=number))
        ]
        assert len(between) == days


def test_a_calendar_that_begins_later_tells_so_when_counted_back() -> None:
    with pytest.raises(CalendarError) as refused:
        KEEPER.before(BusinessDays(20, "shut"), local("2026-01-08 12:00"))
    assert [each.code for each in refused.value.diagnostics] == ["calendar.before-first-hours"]


def test_an_hour_that_comes_twice_is_counted_once_though_two_openings_reach_into_it() -> None:
    keeper = timekeeper(
        "night:\n  time_zone: Europe/Rome\n"
        '  hours: {2020-01-01: {sunday: ["01:00-02:15", "02:45-04:00"]}}\n'
    )
    before = local("2024-10-26 12:00", "Europe/Rome")
    # From one in summer time to four in winter time.
    assert keeper.due(BusinessTime(timedelta(hours=4), "night"), before) == local(
        "2024-10-27 04:00", "Europe/Rome"
    )


def test_an_opening_that_never_comes_closes_no_day() -> None:
    keeper = timekeeper(
        "night:\n  time_zone: Europe/Rome\n"
        "  hours: {2020-01-01: {saturday: ['10:00-11:00'], "
        "sunday: ['00:00-01:00', '02:10-02:50']}}\n"
    )
    due = keeper.due(BusinessDays(1, "night"), local("2024-03-30 12:00", "Europe/Rome"))
    assert due == local("2024-03-31 01:00", "Europe/Rome")
