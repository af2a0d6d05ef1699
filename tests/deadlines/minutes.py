"""The oracle: calendars counted minute by minute, with nothing of the code under test.

A stretch of days is laid out as a list of minutes in UTC; what the clock on the
wall shows in each comes from `zoneinfo`; limits are found by walking the list.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
Openings = list[tuple[int, int]]


@dataclass
class Spec:
    """A calendar in plain words; days by weekday from Monday, openings in minutes of the day."""

    zone: str
    weeks: dict[date, list[Openings]]
    closed: set[date] = field(default_factory=set)
    open: dict[date, Openings] = field(default_factory=dict)
    off: set[date] = field(default_factory=set)
    make_up: set[date] = field(default_factory=set)
    china: bool = False

    def hours(self, day: date) -> Openings:
        if day in self.open:
            return self.open[day]
        if day in self.closed or day in self.off:
            return []
        week = self.weeks[max(each for each in self.weeks if each <= day)]
        if day in self.make_up:
            return next((each for each in week if each), [])
        return week[day.weekday()]

    def yaml(self) -> str:
        """The same, as an author writes it."""
        weeks = "".join(
            f"    {since}: {{{', '.join(map(_day_yaml, NAMES, week))}}}\n"
            for since, week in self.weeks.items()
        )
        opened = ", ".join(f"{day}: {_openings(each)}" for day, each in self.open.items())
        closed = ", ".join(f"{day}: closed" for day in sorted(self.closed))
        holidays = "  holidays: china\n" if self.china else ""
        return (
            f"office:\n  time_zone: {self.zone}\n  hours:\n{weeks}{holidays}"
            f"  open: {{{opened}}}\n  closed: {{{closed}}}\n"
        )


NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _day_yaml(name: str, openings: Openings) -> str:
    return f"{name}: {_openings(openings)}"


def _openings(openings: Openings) -> str:
    return "[" + ", ".join(f'"{_clock(start)}-{_clock(end)}"' for start, end in openings) + "]"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


class Minutes:
    """A stretch of minutes of a calendar."""

    def __init__(self, spec: Spec, first: date, days: int) -> None:
        self.spec = spec
        self.zone = ZoneInfo(spec.zone)
        self.start = datetime(first.year, first.month, first.day, tzinfo=UTC)
        count = days * 24 * 60
        self.walls = [
            (self.start + each * MINUTE).astimezone(self.zone).replace(tzinfo=None)
            for each in range(count)
        ]
        self.by_day = {
            day: [index for index, _ in found]
            for day, found in groupby(enumerate(self.walls), key=lambda each: each[1].date())
        }
        self.open = sorted(self._open_minutes())
        self._is_open = set(self.open)

    def _open_minutes(self) -> set[int]:
        """Of a time that comes twice, all from its first coming to its last is one opening."""
        found = set()
        for day, indices in self.by_day.items():
            for start, end in self.spec.hours(day):
                shown = [each for each in indices if start <= self._minute(each) < end]
                if shown:
                    found.update(range(shown[0], shown[-1] + 1))
        return found

    def _minute(self, index: int) -> int:
        return self.walls[index].hour * 60 + self.walls[index].minute

    def at(self, index: int) -> datetime:
        return self.start + index * MINUTE

    def is_open(self, index: int) -> bool:
        return index in self._is_open

    def after(self, index: int, minutes: int, paused: set[int] | None = None) -> int:
        """Where so many open minutes have passed that no pause holds."""
        if minutes == 0:
            return index
        following = self.open[bisect_left(self.open, index) :]
        if paused:
            following = [each for each in following if each not in paused]
        return following[minutes - 1] + 1

    def before(self, index: int, minutes: int) -> int:
        """Where, counted back, so many open minutes have passed."""
        return self.open[bisect_left(self.open, index) - minutes]

    def between(self, start: int, end: int) -> int:
        return bisect_left(self.open, end) - bisect_left(self.open, start)

    def working_days_on(self, index: int, days: int) -> int:
        """The end of the last open minute of the so-manieth working day after this one."""
        today = self.walls[index].date()
        last = {self.walls[each].date(): each for each in self.open}
        coming = sorted(day for day in last if day > today)
        return last[coming[days - 1]] + 1

    def days_on(self, index: int, days: int) -> int:
        """The same time of day so many dates later; where clocks skip it, so much later."""
        wanted = self._minute(index)
        coming = self.by_day[self.walls[index].date() + timedelta(days=days)]
        shown = [each for each in coming if self._minute(each) == wanted]
        return shown[0] if shown else coming[0] + wanted - self._minute(coming[0])

    def next_run(self, index: int, minute: int) -> int:
        """The first minute from here on in which the clock shows a time of day."""
        while self._minute(index) != minute:
            index += 1
        return index
