"""Offsets of time zones by their IANA names.

A zone's name is kept apart from an offset: the offset follows from the date.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from keyaccount.feel.values.calendar import date_of

SECONDS_PER_DAY = 86_400


@lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo | None:
    """The zone of that name, or None where the zone database has none."""
    from zoneinfo import ZoneInfo  # lazy: only policies that name a zone pay for it

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


def is_zone(name: str) -> bool:
    """Whether there is a zone of that name."""
    return zone(name) is not None


def offset_at_local(name: str, day: int, second: int) -> int:
    """Seconds east of UTC, for a local day number and second of the day.

    Where clocks go back and the local time comes twice, the earlier; where
    they go forward and it never comes, by the offset before the gap.
    """
    return _seconds(zone(name), _within_python(day) + timedelta(seconds=second))


def offset_at_instant(name: str, second: int) -> int:
    """Seconds east of UTC, for an instant in seconds since 1970-01-01T00:00:00Z."""
    day, rest = divmod(second, SECONDS_PER_DAY)
    found = zone(name)
    if found is None:
        return 0
    instant = (_within_python(day) + timedelta(seconds=rest)).replace(tzinfo=found)
    local = found.fromutc(instant)
    return _offset(local.utcoffset())


def standard_offset(name: str) -> int:
    """Seconds east of UTC outside of summer time, for a time that has no date.

    Taken in one fixed year, as a time alone must not change its meaning by the clock.
    """
    found = zone(name)
    winter, summer = datetime(2020, 1, 1), datetime(2020, 7, 1)  # noqa: DTZ001 - local on purpose
    return min(_seconds(found, winter), _seconds(found, summer))


def _seconds(found: tzinfo | None, local: datetime) -> int:
    return _offset(local.replace(tzinfo=found).utcoffset())


def _offset(offset: timedelta | None) -> int:
    return 0 if offset is None else int(offset.total_seconds())


def _within_python(day: int) -> datetime:
    """Midnight of a day, moved into Python's years.

    Before its first change a zone keeps one offset; after its last it repeats
    with the calendar, each 400 years.
    """
    year, month, of_month = date_of(day)
    if year < 2:
        year = 4 if year % 4 == 0 else 2
    elif year > 9998:
        year = 2400 + year % 400
    return datetime(year, month, of_month)  # noqa: DTZ001 - local on purpose
