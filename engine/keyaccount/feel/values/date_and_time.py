"""FEEL dates and times.

Source: DMN 1.5, 10.3.2.3.6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from keyaccount.feel.values.date import Date, add_months, date_from_text, date_of_number
from keyaccount.feel.values.time import (
    MIDNIGHT,
    NANOS_PER_DAY,
    NANOS_PER_SECOND,
    Time,
    clock_from_text,
    time_of_nanos,
)
from keyaccount.feel.values.zone import SECONDS_PER_DAY, offset_at_instant, offset_at_local


@dataclass(frozen=True, slots=True)
class DateAndTime:
    """A day and a time of it; the time says whether it is local, at an offset or in a zone.

    FEEL's `=` is `keyaccount.feel.operations.comparison.equal`; Python's `==`
    tells whether two are written the same way.
    """

    date: Date
    time: Time

    @property
    def offset_seconds(self) -> int | None:
        """Seconds east of UTC on that day; None if local."""
        time = self.time
        if time.zone is None:
            return time.offset
        return offset_at_local(time.zone, self.date.number, time.second_of_day)

    @property
    def second_number(self) -> int:
        """Whole seconds since 1970-01-01T00:00:00Z; since that time on the wall, if local."""
        return (
            self.date.number * SECONDS_PER_DAY
            + self.time.second_of_day
            - (self.offset_seconds or 0)
        )

    @property
    def nano_number(self) -> int:
        """The same in nanoseconds."""
        return self.second_number * NANOS_PER_SECOND + self.time.nanosecond

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


def date_and_time_from_text(text: str) -> DateAndTime | None:
    """`2024-02-29T12:00:00+08:00`; a date alone is its midnight; None where it is neither."""
    day, separator, clock = text.partition("T")
    date = date_from_text(day)
    if date is None:
        return None
    if not separator:
        return DateAndTime(date, MIDNIGHT)
    found = clock_from_text(clock)
    if found is None:
        return None
    time, over = found
    if over:
        next_date = date_of_number(date.number + over)
        return None if next_date is None else DateAndTime(next_date, time)
    return DateAndTime(date, time)


def shift_nanos(value: DateAndTime, nanos: int) -> DateAndTime | None:
    """Some nanoseconds of elapsed time later, at the same offset or in the same zone.

    Over a change to summer time the wall clock moves by an hour more or less. In the
    second pass of an hour that comes twice the offset stands in place of the zone,
    which would mean the first.
    """
    time = value.time
    if time.zone is None:
        moved = value.date.number * NANOS_PER_DAY + time.nano_of_day + nanos
        return _of_wall_nanos(moved, time)
    instant = value.nano_number + nanos
    offset = offset_at_instant(time.zone, instant // NANOS_PER_SECOND)
    shown = instant + offset * NANOS_PER_SECOND
    found = _of_wall_nanos(shown, time)
    if found is None or found.offset_seconds == offset:
        return found
    return _of_wall_nanos(shown, replace(time, offset=offset, zone=None))


def shift_months(value: DateAndTime, months: int) -> DateAndTime | None:
    """The same time on the same day some months on, or on the month's last day."""
    date = add_months(value.date, months)
    return None if date is None else DateAndTime(date, value.time)


def _of_wall_nanos(nanos: int, like: Time) -> DateAndTime | None:
    day, rest = divmod(nanos, NANOS_PER_DAY)
    date = date_of_number(day)
    if date is None:
        return None
    return DateAndTime(date, time_of_nanos(rest, like.offset, like.zone))
