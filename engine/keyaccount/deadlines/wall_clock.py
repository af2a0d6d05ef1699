"""Between instants and the wall clock of a zone, on the days too when clocks change.

Instants are microseconds since 1970-01-01T00:00:00Z. A time that never comes, as
clocks go forward, is the moment of the change. Of a time that comes twice, a
beginning means the first and an end the last.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """An aware moment as an instant.

    Raises:
        ValueError: the moment has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"an instant needs its zone: {moment}")
    return (moment - _EPOCH) // _MICROSECOND


def moment(instant: int) -> datetime:
    """An instant as a moment in UTC. Raises OverflowError beyond the year 9999."""
    return _EPOCH + timedelta(microseconds=instant)


def wall(instant: int, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows, without a zone."""
    return moment(instant).astimezone(zone).replace(tzinfo=None)


def time_of_day(day: date, minute: int) -> datetime:
    """A minute of a day, 1,440 being the midnight at its end."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock has no zone
    return midnight + timedelta(minutes=minute)


def first(shown: datetime, zone: ZoneInfo) -> int:
    """The first instant at which the clock shows that time, or a later one."""
    earlier, later = (_offset(shown, zone, fold) for fold in (0, 1))
    if later > earlier:
        return _change(shown, zone)
    return _instant(shown, earlier)


def end(shown: datetime, zone: ZoneInfo) -> int:
    """The instant from which on the clock no longer shows an earlier time."""
    earlier, later = (_offset(shown, zone, fold) for fold in (0, 1))
    if later > earlier:
        return _change(shown, zone)
    if later < earlier and wall(_instant(shown, later) - 1, zone) < shown:
        return _instant(shown, later)
    return _instant(shown, earlier)


def same_time(shown: datetime, zone: ZoneInfo) -> int:
    """The instant of a time of day reached by counting days.

    A time that never comes is as much later as the clock goes forward (RFC 5545,
    3.3.5), so that it stays the same length of time after the midnight before.
    """
    return _instant(shown, _offset(shown, zone, 0))


def occurrences(shown: datetime, zone: ZoneInfo) -> tuple[int, ...]:
    """Every instant at which the clock shows a time: one or two; as `same_time` where none."""
    earlier, later = (_offset(shown, zone, fold) for fold in (0, 1))
    found = _instant(shown, earlier)
    return (found, _instant(shown, later)) if later < earlier else (found,)


def _change(shown: datetime, zone: ZoneInfo) -> int:
    """The instant at which the clock goes forward over a time."""
    before, after = (_offset(shown, zone, fold) for fold in (0, 1))
    low, high = _instant(shown, after) // SECOND - 1, _instant(shown, before) // SECOND + 1
    while high - low > 1:
        middle = (low + high) // 2
        if wall(middle * SECOND, zone) > shown:
            high = middle
        else:
            low = middle
    return high * SECOND


def _instant(shown: datetime, offset: int) -> int:
    return (shown - datetime(1970, 1, 1)) // _MICROSECOND - offset  # noqa: DTZ001 - wall clock


def _offset(shown: datetime, zone: ZoneInfo, fold: int) -> int:
    offset = shown.replace(fold=fold, tzinfo=zone).utcoffset()
    assert offset is not None  # noqa: S101 - INVARIANT: a ZoneInfo has one for every time
    return offset // _MICROSECOND
