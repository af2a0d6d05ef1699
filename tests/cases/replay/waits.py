"""The oracle: what becomes of waits in a log, with nothing of the code under test.

Instants on the wall clock come from `zoneinfo`; business time is walked opening by opening.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Pauses = list[tuple[datetime, datetime | None]]
Due = Callable[[datetime, Pauses], datetime | None]
Event = tuple[str, datetime]

DAY = timedelta(days=1)
CLOSED = {date(2015, 12, 25) + each * DAY for each in range(9)} | {date(2016, 5, 5)}
HOURS = ((time(8), time(12)), (time(13), time(17, 30)))
OFFICE = ZoneInfo("Europe/Amsterdam")

CALENDARS = """
calendars:
  office:
    time_zone: Europe/Amsterdam
    hours: {2014-01-01: {monday to friday: ["08:00-12:00", "13:00-17:30"]}}
    closed: {2015-12-25 to 2016-01-02: closed, 2016-05-05: closed}
"""


def elapsed(limit: timedelta) -> Due:
    def due(start: datetime, pauses: Pauses) -> datetime | None:
        end = start + limit
        for since, until in pauses:
            if since >= end:
                break
            if until is None:
                return None
            end += until - since
        return end

    return due


def days_on(days: int, zone: ZoneInfo, at: time | None = None) -> Due:
    def due(start: datetime, pauses: Pauses) -> datetime | None:
        shown = _shown(start, zone) + days * DAY
        for since, until in pauses:
            if since >= _instant(shown, zone):
                break
            if until is None:
                return None
            shown += _shown(until, zone) - _shown(since, zone)
        end = _instant(shown, zone)
        if at is None:
            return end
        run = _instant(datetime.combine(_shown(end, zone).date(), at), zone)
        next_day = _shown(end, zone).date() + DAY
        return run if run >= end else _instant(datetime.combine(next_day, at), zone)

    return due


def business(limit: timedelta) -> Due:
    def due(start: datetime, pauses: Pauses) -> datetime | None:
        left = limit
        for begin, end in _running(start, pauses):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return None

    return due


def business_days(days: int) -> Due:
    def due(start: datetime, pauses: Pauses) -> datetime | None:
        assert not pauses
        day, left = _shown(start, OFFICE).date(), days
        while left:
            day += DAY
            left -= _is_working_day(day)
        return _instant(datetime.combine(day, HOURS[-1][1]), OFFICE)

    return due


@dataclass
class Rule:
    """A wait: a plan's limit, and the same in plain Python; `more` are further keys."""

    limit: str
    due: Due
    more: str = ""

    def policy(self) -> str:
        return (
            f"policy: waits\ntime_zone: Europe/Amsterdam\n{CALENDARS}plans:\n  wait:\n    steps:\n"
            f"      wait:\n        opened by: open\n        completed by: close\n"
            f"        cancelled by: drop\n        limit: {self.limit}\n{self.more}"
        )

    @property
    def restarts(self) -> bool:
        return "restart" in self.more

    @property
    def pauses(self) -> bool:
        return "paused" in self.more


@dataclass
class Wait:
    opened: datetime
    pauses: Pauses = field(default_factory=list)
    closed: datetime | None = None
    cancelled: bool = False

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1][1] is None


Told = tuple[datetime, datetime | None, datetime | None, str]
"""Opened, due, closed, fate."""


def waits(rule: Rule, events: list[Event], end: datetime) -> list[Told]:
    """What becomes of the waits of one case, whose events stand in the order of the log."""
    found: list[Wait] = []
    for name, at in sorted(events, key=lambda each: each[1]):
        now = found[-1] if found and found[-1].closed is None else None
        if name == "open":
            if now is not None and rule.restarts:
                now.closed, now.cancelled, now = at, True, None
            if now is None:
                found.append(Wait(at))
        elif now is not None:
            _hear(rule, now, name, at)
    return [_told(rule, each, end) for each in found]


def _hear(rule: Rule, wait: Wait, name: str, at: datetime) -> None:
    if name in ("close", "drop"):
        wait.closed, wait.cancelled = at, name == "drop"
    elif rule.pauses and name == "suspended" and not wait.is_paused:
        wait.pauses.append((at, None))
    elif rule.pauses and name == "resumed" and wait.is_paused:
        wait.pauses[-1] = (wait.pauses[-1][0], at)


def _told(rule: Rule, wait: Wait, end: datetime) -> Told:
    due = rule.due(wait.opened, wait.pauses)
    if due is not None and (wait.closed or end) > due:
        fate = "missed"
    elif wait.closed is None:
        fate = "pending"
    else:
        fate = "cancelled" if wait.cancelled else "met"
    return wait.opened, due, wait.closed, fate


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _instant(shown: datetime, zone: ZoneInfo) -> datetime:
    return shown.replace(tzinfo=zone).astimezone(UTC)


def _is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in CLOSED


def _openings(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Two years of openings from a moment on, the first one cut."""
    first = _shown(start, OFFICE).date()
    for day in (first + each * DAY for each in range(800)):
        for begins, ends in HOURS if _is_working_day(day) else ():
            begin = _instant(datetime.combine(day, begins), OFFICE)
            end = _instant(datetime.combine(day, ends), OFFICE)
            if end > start:
                yield max(begin, start), end


def _running(start: datetime, pauses: Pauses) -> Iterator[tuple[datetime, datetime]]:
    """Openings without the pauses in them."""
    for begin, end in _openings(start):
        for since, until in pauses:
            if since >= end or (until is not None and until <= begin):
                continue
            if since > begin:
                yield begin, since
            if until is None:
                return
            begin = min(until, end)
        if begin < end:
            yield begin, end
