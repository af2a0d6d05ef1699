"""Business time on a calendar: how much lies between instants, and where some of it ends.

A year's openings are instants with the sum of time before each of them, so that
adding and measuring are two binary searches, however long the limit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from keyaccount.deadlines import wall_clock
from keyaccount.diagnostics import calendar_messages as messages
from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.model.calendars import Calendar, Hours, Special

_FURTHEST = 100
"""Years without any opening after which no more is looked for."""
_DAY = timedelta(days=1)


class CalendarError(KeyaccountError):
    """A calendar knows nothing of the time asked for."""


@dataclass(frozen=True, slots=True)
class _Year:
    """The openings that begin in a year: instants, and the time open before each of them."""

    starts: Sequence[int]
    ends: Sequence[int]
    before: Sequence[int]

    @property
    def total(self) -> int:
        return self.before[-1]

    def open_until(self, instant: int) -> int:
        """Time open from the year's first opening until an instant."""
        place = bisect_right(self.starts, instant) - 1
        if place < 0:
            return 0
        return self.before[place] + min(instant, self.ends[place]) - self.starts[place]

    def reached(self, time: int) -> int:
        """The first instant by which so much time was open; from 1 to `total`."""
        place = bisect_right(self.before, time - 1) - 1
        return self.starts[place] + time - self.before[place]

    def latest(self, time: int) -> int:
        """The last instant at which no more than so much was open; from 0 to `total` - 1."""
        place = bisect_right(self.before, time) - 1
        return self.starts[place] + time - self.before[place]


class WorkingTime:
    """A calendar, ready to count. Thread-safe; years are laid out when first needed."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.time_zone)
        self._years: dict[int, _Year] = {}

    def hours(self, day: date) -> Hours:
        """The openings of a day.

        Raises:
            CalendarError: the calendar begins later, or the year's holidays are not published.
        """
        calendar = self.calendar
        if day in calendar.open:
            return calendar.open[day]
        if day in calendar.closed:
            return ()
        place = bisect_right(calendar.weeks, day, key=lambda each: each.since) - 1
        if place < 0:
            raise CalendarError(
                [messages.before_first_hours(calendar.name.text, calendar.weeks[0].since, day)]
            )
        week = calendar.weeks[place]
        match self._special(day):
            case Special.HOLIDAY:
                return ()
            case Special.WORKING_DAY:
                return week.make_up
            case None:
                return week.days[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        """Whether there is any business on a day. Raises as `hours`."""
        return any(self._instants(day))

    def closing(self, day: date) -> datetime:
        """The end of the last opening of a working day, in UTC."""
        return wall_clock.moment(self._closing(day))

    def is_open(self, moment: datetime) -> bool:
        """Whether there is business at a moment; at the minute of closing there is none."""
        instant = wall_clock.micros(moment)
        year = self._year(self._local(instant).year)
        place = bisect_right(year.starts, instant) - 1
        return place >= 0 and instant < year.ends[place]

    def add(self, start: datetime, time: timedelta) -> datetime:
        """The moment at which so much business time has passed; back from `start` where negative.

        A sum that is full at closing time ends there, not at the next opening; one
        counted back ends at an opening, not at the closing before it.

        Raises:
            CalendarError: it lies beyond what the calendar knows.
        """
        instant, micros = wall_clock.micros(start), time // timedelta(microseconds=1)
        if micros == 0:
            return start.astimezone(UTC)
        return wall_clock.moment(
            self._after(instant, micros) if micros > 0 else self._before(instant, -micros)
        )

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much business time lies between two moments; negative where `end` is earlier.

        Raises:
            CalendarError: part of it lies beyond what the calendar knows.
        """
        first, last = wall_clock.micros(start), wall_clock.micros(end)
        if last < first:
            return -self.between(end, start)
        from_year, to_year = self._year_of(first), self._year_of(last)
        passed = -self._year(from_year).open_until(first)
        passed += sum(self._year(each).total for each in range(from_year, to_year))
        return timedelta(microseconds=passed + self._year(to_year).open_until(last))

    def working_days_after(self, day: date) -> Iterator[date]:
        """The working days after a date, without end. Raises CalendarError as `hours`."""
        idle = 0
        while idle < 366 * _FURTHEST:
            day += _DAY
            if self.is_working_day(day):
                idle = 0
                yield day
            else:
                idle += 1
        raise self._never_open()

    def working_day_back(self, moment: datetime, days: int) -> date:
        """The working day so many before that of a moment, which is not counted; raises as `hours`.

        Of no days at all it is the moment's own day, or the last one worked before.
        """
        day = self._local(wall_clock.micros(moment)).date()
        left = days if days else 1 - self.is_working_day(day)
        idle = 0
        while left and idle < 366 * _FURTHEST:
            day -= _DAY
            works = self.is_working_day(day)
            left -= works
            idle = 0 if works else idle + 1
        if left:
            raise self._never_open()
        return day

    def _closing(self, day: date) -> int:
        return max(end for _, end in self._instants(day))

    def _after(self, instant: int, micros: int) -> int:
        first = self._year_of(instant)
        wanted = self._year(first).open_until(instant) + micros
        for year in self._years_from(first, 1):
            if wanted <= year.total:
                return year.reached(wanted)
            wanted -= year.total
        raise self._never_open()

    def _before(self, instant: int, micros: int) -> int:
        first = self._year_of(instant)
        wanted = self._year(first).open_until(instant) - micros
        if wanted >= 0:
            return self._year(first).latest(wanted)
        for year in self._years_from(first - 1, -1):
            wanted += year.total
            if wanted >= 0:
                return year.latest(wanted)
        raise self._never_open()

    def _years_from(self, year: int, step: int) -> Iterator[_Year]:
        """Year after year, until there was no business for too long."""
        idle = 0
        while idle < _FURTHEST and date.min.year < year < date.max.year:
            found = self._year(year)
            yield found
            idle = 0 if found.total else idle + 1
            year += step

    def _never_open(self) -> CalendarError:
        return CalendarError([messages.never_open(self.calendar.name.text, _FURTHEST)])

    def _year_of(self, instant: int) -> int:
        """The year on the wall, of whose day something must be known. Raises as `hours`."""
        day = self._local(instant).date()
        self.hours(day)
        return day.year

    def _local(self, instant: int) -> datetime:
        return wall_clock.wall(instant, self.zone)

    def _special(self, day: date) -> Special | None:
        table = self.calendar.holidays
        if table is None:
            return None
        if day.year not in table.years:
            raise CalendarError(
                [messages.year_not_published(self.calendar.name.text, table.name, day, table.years)]
            )
        return table.days.get(day)

    def _year(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            found = self._years.setdefault(year, self._lay_out(year))
        return found

    def _lay_out(self, year: int) -> _Year:
        instants = _joined(each for day in self._days(year) for each in self._instants(day))
        starts, ends = [start for start, _ in instants], [end for _, end in instants]
        before = [0, *accumulate(end - start for start, end in instants)]
        return _Year(starts, ends, before)

    def _days(self, year: int) -> Iterator[date]:
        """The days of a year of which something is known; the first year may begin late."""
        first = max(date(year, 1, 1), min(date(year, 12, 31), self.calendar.weeks[0].since))
        ordinals = range(first.toordinal(), date(year, 12, 31).toordinal() + 1)
        return map(date.fromordinal, ordinals)

    def _instants(self, day: date) -> Iterator[tuple[int, int]]:
        for opening in self.hours(day):
            start = wall_clock.first(wall_clock.time_of_day(day, opening.start), self.zone)
            end = wall_clock.end(wall_clock.time_of_day(day, opening.end), self.zone)
            if start < end:  # clocks may go forward over all of it
                yield start, end


def _joined(openings: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Openings in order, none reaching into the next, as some do in an hour that comes twice."""
    found: list[tuple[int, int]] = []
    for start, end in openings:
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found
