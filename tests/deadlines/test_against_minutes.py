"""Random calendars and limits against a count of every minute.

`KEYACCOUNT_DEADLINE_CASES` sets how many (`make deadlines`: 100,000).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from ruamel.yaml import YAML

from deadlines.desk import timekeeper
from deadlines.minutes import Minutes, Openings, Spec
from keyaccount.deadlines import (
    BusinessDays,
    BusinessTime,
    CalendarDays,
    Elapsed,
    Pause,
    Timekeeper,
)

CASES = int(os.environ.get("KEYACCOUNT_DEADLINE_CASES", "520"))
LIMITS_A_CALENDAR = 40 if CASES < 1000 else 400
SPAN = 40
MARGIN = 1440
ZONES = (
    "Asia/Shanghai",
    "Europe/Rome",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Asia/Kathmandu",
    "UTC",
    "America/St_Johns",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
    "Asia/Tehran",
    "America/Nuuk",
)
TURNS = (
    date(2023, 12, 20),
    date(2024, 2, 20),
    date(2024, 3, 5),
    date(2024, 3, 25),
    date(2024, 10, 10),
    date(2024, 10, 28),
    date(2025, 1, 20),
    date(2017, 10, 5),
    date(2018, 2, 8),
    date(2026, 2, 5),
    date(2025, 9, 20),
    date(2011, 12, 20),
    date(2021, 3, 10),
    date(2021, 9, 10),
)
"""Starts of stretches with changes of clocks, leap days, year ends, holidays with make-up days."""
NOTICES = YAML(typ="safe", pure=True).load(Path(__file__).parent / "published.yaml")


@pytest.mark.parametrize("seed", range(max(1, CASES // LIMITS_A_CALENDAR)))
def test_a_calendar_counts_as_a_walk_over_its_minutes_does(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a test's chance, the same each time
    spec, first = random_calendar(chance)
    minutes = Minutes(spec, first - timedelta(days=2), SPAN + 4)
    keeper = timekeeper(spec.yaml())
    compared = 0
    while compared < LIMITS_A_CALENDAR:
        compare = chance.choice(COMPARISONS)
        start = chance.randrange(MARGIN, len(minutes.walls) - MARGIN)
        compared += compare(keeper, minutes, start, chance)


def random_calendar(chance: Random) -> tuple[Spec, date]:
    first = chance.choice(TURNS) + timedelta(days=chance.randrange(12))
    days = [first + timedelta(days=each) for each in range(-2, SPAN + 2)]
    weeks = {date(2010, 1, 1): [random_day(chance, 0.3) for _ in range(7)]}
    weeks[date(2010, 1, 1)][chance.randrange(7)] = [(540, 1080)]
    if chance.random() < 0.3:
        weeks[chance.choice(days)] = [random_day(chance, 0.2) for _ in range(6)] + [[(0, 1440)]]
    spec = Spec(chance.choice(ZONES), weeks)
    if chance.random() < 0.4:
        start = chance.choice(days)
        spec.closed = {start + timedelta(days=each) for each in range(chance.randrange(1, 14))}
    for day in chance.sample(days, chance.randrange(3)):
        if day not in spec.closed:
            spec.open[day] = random_day(chance, 0.1)
    if chance.random() < 0.5 and first.year >= 2023:
        celebrate(spec)
    return spec, first


def celebrate(spec: Spec) -> None:
    """China's holidays, by the notices and not by the table under test."""
    spec.china = True
    for notice in NOTICES.values():
        spec.make_up.update(notice["make_up"])
        for begin, last in notice["off"]:
            length = (last - begin).days + 1
            spec.off.update(begin + timedelta(days=each) for each in range(length))


def random_day(chance: Random, idle: float) -> Openings:
    if chance.random() < idle:
        return []
    # Clocks change at night: openings there are tried as often as all others.
    latest = chance.choice((1441, 300))
    marks = sorted(chance.sample(range(0, latest, chance.choice((1, 5, 30))), 4))
    if chance.random() < 0.3:
        marks[0], marks[3] = 0, 1440
    pairs = [(marks[0], marks[1]), (marks[2], marks[3])]
    return [each for each in pairs if each[0] < each[1]][: chance.randrange(1, 3)]


def business_time(keeper: Timekeeper, minutes: Minutes, start: int, chance: Random) -> bool:
    amount = chance.randrange(0, 48 * 60)
    begun = minutes.at(start)
    if minutes.between(start, len(minutes.walls)) < amount:
        return False
    limit = BusinessTime(timedelta(minutes=amount), "office")
    due = keeper.due(limit, begun)
    assert due == minutes.at(minutes.after(start, amount)), (minutes.spec, begun, limit)
    return True


def business_time_back(keeper: Timekeeper, minutes: Minutes, start: int, chance: Random) -> bool:
    amount = chance.randrange(1, 48 * 60)
    if minutes.between(0, start) < amount:
        return False
    found = keeper.calendar("office").add(minutes.at(start), -timedelta(minutes=amount))
    assert found == minutes.at(minutes.before(start, amount)), (minutes.spec, start, amount)
    return True


def time_between(keeper: Timekeeper, minutes: Minutes, start: int, chance: Random) -> bool:
    end = chance.randrange(start, len(minutes.walls) - MARGIN)
    office = keeper.calendar("office")
    found = office.between(minutes.at(start), minutes.at(end))
    assert found == timedelta(minutes=minutes.between(start, end)), (minutes.spec, start, end)
    assert office.is_open(minutes.at(start)) == minutes.is_open(start), (minutes.spec, start)
    return True


def business_time_paused(keeper: Timekeeper, minutes: Minutes, start: int, chance: Random) -> bool:
    amount = chance.randrange(0, 24 * 60)
    pauses, paused = random_pauses(minutes, start, chance)
    running = [each for each in minutes.open if each >= start and each not in paused]
    if len(running) < amount:
        return False
    due = keeper.due(BusinessTime(timedelta(minutes=amount), "office"), minutes.at(start), pauses)
    expected = minutes.at(minutes.after(start, amount, paused))
    assert due == expected, (minutes.spec, start, amount, pauses)
    return True


def elapsed_paused(keeper: Timekeeper, minutes: Minutes, start: int, chance: Random) -> bool:
    amount = chance.randrange(1, 5 * 1440)
    pauses, paused = random_pauses(minutes, start, chance)
    running = [each for each in range(start, len(minutes.walls)) if each not in paused]
    if len(running) < amount:
        return False
    due = keeper.due(Elapsed(timedelta(minutes=amount)), minutes.at(start), pauses)
    assert due == minutes.at(running[amount - 1] + 1), (minutes.spec, start, amount, pauses)
    return True


def random_pauses(minutes: Minutes, start: int, chance: Random) -> tuple[list[Pause], set[int]]:
    pauses, paused = [], set()
    for _ in range(chance.randrange(4)):
        begin = chance.randrange(start - 600, len(minutes.walls) - MARGIN)
        end = begin + chance.randrange(1, 3000)
        pauses.append(Pause(minutes.at(begin), minutes.at(end)))
        paused.update(range(begin, end))
    return pauses, paused


def business_days(keeper: Timekeeper, minutes: Minutes, start: int, chance: Random) -> bool:
    days = chance.randrange(1, 9)
    today = minutes.walls[start].date()
    last_whole = minutes.walls[-MARGIN].date()
    coming = {minutes.walls[each].date() for each in minutes.open}
    if len([day for day in coming if today < day < last_whole]) < days:
        return False
    due = keeper.due(BusinessDays(days, "office"), minutes.at(start))
    assert due == minutes.at(minutes.working_days_on(start, days)), (minutes.spec, start, days)
    return True


def calendar_days(keeper: Timekeeper, minutes: Minutes, start: int, chance: Random) -> bool:
    days = chance.randrange(1, 30)
    if minutes.walls[start].date() + timedelta(days=days) >= minutes.walls[-MARGIN].date():
        return False
    limit = CalendarDays(days, minutes.spec.zone)
    due = keeper.due(limit, minutes.at(start))
    assert due == minutes.at(minutes.days_on(start, days)), (minutes.spec, start, days)
    return True


def daily_run(keeper: Timekeeper, minutes: Minutes, start: int, chance: Random) -> bool:
    minute = chance.randrange(1440)
    if start > len(minutes.walls) - 2 * MARGIN or skipped(minutes, start, minute):
        return False
    due = keeper.due(CalendarDays(0, minutes.spec.zone, at=minute), minutes.at(start))
    assert due == minutes.at(minutes.next_run(start, minute)), (minutes.spec, start, minute)
    return True


def skipped(minutes: Minutes, start: int, minute: int) -> bool:
    """Whether clocks go forward over a time of day within a day: told by a case of its own."""
    day = minutes.walls[start : start + 2 * MARGIN]
    shown = [each for each in day if each.hour * 60 + each.minute == minute]
    return len({each.date() for each in shown}) < 2


Compare = Callable[[Timekeeper, Minutes, int, Random], bool]
"""Compares, and says whether there was anything to compare within the stretch."""

COMPARISONS: tuple[Compare, ...] = (
    business_time,
    business_time,
    business_time_back,
    time_between,
    business_time_paused,
    elapsed_paused,
    business_days,
    calendar_days,
    daily_run,
)


def test_the_oracle_knows_an_hour_that_comes_twice() -> None:
    spec = Spec("Europe/Rome", {date(2010, 1, 1): [[(60, 180)]] * 7})
    minutes = Minutes(spec, date(2024, 10, 26), 3)
    night = minutes.by_day[date(2024, 10, 27)]
    assert len([each for each in night if minutes.is_open(each)]) == 180
    assert datetime(2024, 10, 27, 2, 30) in minutes.walls  # noqa: DTZ001 - a wall clock
