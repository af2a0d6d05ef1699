"""When a limit ends: limit, beginning and pauses to an instant.

A limit that is met exactly at its instant is on time: the instant itself still
belongs to it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import assert_never
from zoneinfo import ZoneInfo

from keyaccount.deadlines.limits import BusinessDays, BusinessTime, CalendarDays, Elapsed, Limit
from keyaccount.deadlines.wall_clock import end as end_of
from keyaccount.deadlines.wall_clock import (
    micros,
    moment,
    occurrences,
    same_time,
    time_of_day,
    wall,
)
from keyaccount.deadlines.working_time import CalendarError, WorkingTime
from keyaccount.diagnostics import calendar_messages as messages
from keyaccount.model.calendars import Calendar

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still from a moment until another; None: it still does."""

    since: datetime
    until: datetime | None = None


class _Clock:
    """One way to count time: what `Elapsed` and `BusinessTime` have in common."""

    __slots__ = ("add", "between")

    def __init__(
        self,
        add: Callable[[datetime, timedelta], datetime],
        between: Callable[[datetime, datetime], timedelta],
    ) -> None:
        self.add = add
        self.between = between


_BY_THE_CLOCK = _Clock(
    lambda start, time: start.astimezone(UTC) + time, lambda start, end: end - start
)


class Timekeeper:
    """Limits to instants, on named calendars. Thread-safe."""

    def __init__(self, calendars: Mapping[str, Calendar]) -> None:
        self._calendars = {name: WorkingTime(each) for name, each in calendars.items()}

    def calendar(self, name: str) -> WorkingTime:
        """A calendar by its name. Raises KeyError: `check` finds names of none."""
        return self._calendars[name]

    def due(self, limit: Limit, start: datetime, pauses: Iterable[Pause] = ()) -> datetime | None:
        """The last instant that is on time, in UTC; None while the clock stands still.

        A pause moves a limit in elapsed or business time by the time of that kind
        that it took; one in calendar days by its length on the wall clock; of one
        in working days those do not count at whose closing the clock stood still.

        Args:
            limit: how long, and by which clock.
            start: aware; when it begins.
            pauses: in any order; may overlap, and begin before the start.

        Raises:
            CalendarError: the instant lies beyond what the calendar knows.
        """
        still = _merged(pauses, start)
        try:
            return self._due(limit, start, still)
        except OverflowError:
            raise CalendarError([messages.beyond_calendar(start)]) from None

    def part(
        self, limit: Limit, part: Fraction, start: datetime, pauses: Iterable[Pause] = ()
    ) -> datetime | None:
        """When a part of a limit has passed, such as half: measured by the limit's own clock.

        Days of the calendar are divided by elapsed time, working days by business
        time. None while the clock stands still. Raises as `due`.
        """
        still = _merged(pauses, start)
        end = self.due(limit, start, still)
        if end is None:
            return None
        clock = self._clock(limit)
        whole = _running(clock, start, end, still)
        return _add(clock, start, timedelta(microseconds=int(whole // _MICROSECOND * part)), still)

    def before(self, limit: Limit, end: datetime) -> datetime:
        """The instant that lies a limit's length before another, by the limit's own clock, in UTC.

        Business time is counted back to an opening, not to the closing before it. Of
        working days the day of `end` is not counted; the last one counted is taken at
        its closing, or at the minute `at`. With `at`, days of the calendar go back to
        the latest such time. Never later than `end`.

        Raises:
            CalendarError: the instant lies beyond what the calendar knows.
        """
        try:
            return min(self._before(limit, end), end.astimezone(UTC))
        except OverflowError:
            raise CalendarError([messages.beyond_calendar(end)]) from None

    def _before(self, limit: Limit, end: datetime) -> datetime:
        match limit:
            case Elapsed(duration):
                return end.astimezone(UTC) - duration
            case BusinessTime(duration, name):
                return self._calendars[name].add(end, -duration)
            case CalendarDays():
                return _days_back(limit, end)
            case BusinessDays(days, name):
                working = self._calendars[name]
                return _on_day(limit, working, working.working_day_back(end, days))
            case _:
                assert_never(limit)

    def _due(self, limit: Limit, start: datetime, pauses: Sequence[Pause]) -> datetime | None:
        match limit:
            case Elapsed(duration) | BusinessTime(duration):
                return _add(self._clock(limit), start, duration, pauses)
            case CalendarDays():
                return _days_on(limit, start, pauses)
            case BusinessDays():
                return self._working_days_on(limit, start, pauses)
            case _:
                assert_never(limit)

    def _clock(self, limit: Limit) -> _Clock:
        match limit:
            case Elapsed() | CalendarDays():
                return _BY_THE_CLOCK
            case BusinessTime(calendar=name) | BusinessDays(calendar=name):
                working = self._calendars[name]
                return _Clock(working.add, working.between)
            case _:
                assert_never(limit)

    def _working_days_on(
        self, limit: BusinessDays, start: datetime, pauses: Sequence[Pause]
    ) -> datetime | None:
        working = self._calendars[limit.calendar]
        counted = 0
        for day in _counting_from(limit, working, start):
            pause = _standing(pauses, working.closing(day))
            if pause is not None and pause.until is None:
                return None
            counted += pause is None
            if counted >= limit.days and pause is None:
                return _on_day(limit, working, day)
        return None  # pragma: no cover - working days have no end but an error


def _counting_from(limit: BusinessDays, working: WorkingTime, start: datetime) -> Iterator[date]:
    """The days that may count: of none at all, the day of the beginning if it is not over."""
    begun = start.astimezone(working.zone).date()
    is_first = limit.days == 0 and working.is_working_day(begun)
    if is_first and _on_day(limit, working, begun) >= start:
        yield begun
    yield from working.working_days_after(begun)


def _on_day(limit: BusinessDays, working: WorkingTime, day: date) -> datetime:
    if limit.at is None:
        return working.closing(day)
    return moment(end_of(time_of_day(day, limit.at), working.zone))


def _days_on(limit: CalendarDays, start: datetime, pauses: Sequence[Pause]) -> datetime | None:
    zone = ZoneInfo(limit.zone)
    due, shown = micros(start), wall(micros(start), zone)
    if limit.days or limit.months:
        shown = _later_date(shown, limit)
        due = same_time(shown, zone)
    for pause in pauses:
        if micros(pause.since) >= due:
            break
        if pause.until is None:
            return None
        shown += wall(micros(pause.until), zone) - wall(micros(pause.since), zone)
        due = same_time(shown, zone)
    return moment(due if limit.at is None else _next_run(limit.at, due, zone))


def _days_back(limit: CalendarDays, end: datetime) -> datetime:
    zone = ZoneInfo(limit.zone)
    shown = wall(micros(end), zone) - limit.days * _DAY
    latest = same_time(shown, zone)
    if limit.at is None:
        return moment(latest)
    runs = (
        instant
        for day in (shown.date(), shown.date() - _DAY)
        for instant in reversed(list(occurrences(time_of_day(day, limit.at), zone)))
    )
    return moment(next(each for each in runs if each <= latest))


def _later_date(shown: datetime, limit: CalendarDays) -> datetime:
    """So many months on, in a shorter month its last day; then so many days."""
    year, month = divmod(shown.year * 12 + shown.month - 1 + limit.months, 12)
    if year > date.max.year:
        raise OverflowError
    day = min(shown.day, monthrange(year, month + 1)[1])
    return shown.replace(year=year, month=month + 1, day=day) + limit.days * _DAY


def _next_run(minute: int, earliest: int, zone: ZoneInfo) -> int:
    """The first instant from the earliest on at which the clock shows that minute of the day."""
    today = wall(earliest, zone).date()
    runs = (
        instant
        for day in (today, today + _DAY)
        for instant in occurrences(time_of_day(day, minute), zone)
    )
    return next(each for each in runs if each >= earliest)


def _add(
    clock: _Clock, start: datetime, time: timedelta, pauses: Sequence[Pause]
) -> datetime | None:
    for pause in pauses:
        spent = clock.between(start, pause.since)
        if spent >= time:
            break
        if pause.until is None:
            return None
        time -= spent
        start = pause.until
    return clock.add(start, time)


def _running(clock: _Clock, start: datetime, end: datetime, pauses: Sequence[Pause]) -> timedelta:
    """The time from the start to the end in which the clock did not stand still."""
    total = timedelta()
    for pause in pauses:
        if pause.since >= end or pause.until is None:
            break
        total += clock.between(start, pause.since)
        start = pause.until
    return total + clock.between(start, end)


def _merged(pauses: Iterable[Pause], start: datetime) -> tuple[Pause, ...]:
    """What is left of pauses from the start on: in order, none touching another."""
    found: list[Pause] = []
    for each in sorted(pauses, key=lambda pause: pause.since):
        if each.until is not None and each.until <= max(each.since, start):
            continue
        since = max(each.since, start)
        last = found[-1] if found else None
        if last is None or (last.until is not None and since > last.until):
            found.append(Pause(since, each.until))
        else:
            ends = (last.until, each.until)
            until = max((end for end in ends if end is not None), default=None)
            found[-1] = Pause(last.since, None if None in ends else until)
    return tuple(found)


def _standing(pauses: Sequence[Pause], moment: datetime) -> Pause | None:
    """The pause in which a moment lies; its beginning is not part of it, its end is."""
    inside = (each for each in pauses if each.since < moment)
    return next((each for each in inside if each.until is None or moment <= each.until), None)
