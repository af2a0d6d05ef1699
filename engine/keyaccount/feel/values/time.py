"""FEEL times of the day.

Source: DMN 1.5, 10.3.2.3.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from keyaccount.feel.values.zone import SECONDS_PER_DAY, is_zone, standard_offset

NANOS_PER_SECOND = 1_000_000_000
NANOS_PER_DAY = SECONDS_PER_DAY * NANOS_PER_SECOND
# Wider than any zone on Earth, and as wide as other engines take it.
MAX_OFFSET = 18 * 3600


@cache
def _form() -> re.Pattern[str]:
    """Compiled on first use, to keep start-up light."""
    return re.compile(
        r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
        r"(?:(Z|z)|([+-][0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z0-9_+/-]+))?",
        re.ASCII,
    )


@dataclass(frozen=True, slots=True)
class Time:
    """A time of the day, to the nanosecond: local, at an offset from UTC, or in a zone.

    `offset` is seconds east of UTC, `zone` an IANA name; at most one of the two is set.
    Python's `==` tells whether two are written the same way; FEEL's `=` is
    `keyaccount.feel.operations.comparison.equal`.
    """

    hour: int
    minute: int
    second: int
    nanosecond: int = 0
    offset: int | None = None
    zone: str | None = None

    @property
    def second_of_day(self) -> int:
        """Whole seconds since midnight, by the clock on the wall."""
        return self.hour * 3600 + self.minute * 60 + self.second

    @property
    def nano_of_day(self) -> int:
        """Nanoseconds since midnight, by the clock on the wall."""
        return self.second_of_day * NANOS_PER_SECOND + self.nanosecond

    @property
    def is_local(self) -> bool:
        """Whether it has neither offset nor zone."""
        return self.offset is None and self.zone is None

    @property
    def offset_seconds(self) -> int | None:
        """Seconds east of UTC; a zone's standard offset, as there is no date; None if local."""
        return self.offset if self.zone is None else standard_offset(self.zone)

    def __str__(self) -> str:
        return time_text(self)


MIDNIGHT = Time(0, 0, 0)
MIDNIGHT_UTC = Time(0, 0, 0, 0, 0)


def time_of_nanos(nanos: int, offset: int | None, zone: str | None) -> Time:
    """The time some nanoseconds after midnight, going round at 24 hours."""
    seconds, nanosecond = divmod(nanos % NANOS_PER_DAY, NANOS_PER_SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return Time(hour, minute, second, nanosecond, offset, zone)


def make_time(
    hour: int, minute: int, second: int, nanosecond: int = 0, offset: int | None = None
) -> Time | None:
    """The time, or None where the clock has none such or the offset is beyond 18 hours."""
    on_clock = 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60
    if not on_clock or not 0 <= nanosecond < NANOS_PER_SECOND:
        return None
    if offset is not None and abs(offset) > MAX_OFFSET:
        return None
    return Time(hour, minute, second, nanosecond, offset)


def time_from_text(text: str) -> Time | None:
    """`11:22:33`, `11:22:33.5Z`, `11:22:33+02:00`, `11:22:33@Asia/Shanghai`; None if it is none.

    `24:00:00` is midnight, as in XSD.
    """
    found = clock_from_text(text)
    return None if found is None else found[0]


def clock_from_text(text: str) -> tuple[Time, int] | None:
    """A time and the days it runs over: 1 for `24:00:00`, otherwise 0."""
    form = _form().fullmatch(text)
    if form is None:
        return None
    hour, minute, second, fraction, utc, offset_hours, offset_minutes, offset_seconds, zone = (
        form.groups()
    )
    nanosecond = nanoseconds(fraction or "")
    if nanosecond is None:
        return None
    over = 1 if (hour, minute, second, nanosecond) == ("24", "00", "00", 0) else 0
    offset = 0 if utc else _offset(offset_hours, offset_minutes, offset_seconds)
    time = make_time(0 if over else int(hour), int(minute), int(second), nanosecond, offset)
    if time is None or (zone and not is_zone(zone)) or int(offset_minutes or 0) > 59:
        return None
    return (replace(time, zone=zone) if zone else time), over


def nanoseconds(fraction: str) -> int | None:
    """The digits behind a second's point; None where they go beyond the nanosecond."""
    return int(fraction[:9].ljust(9, "0")) if not fraction[9:].strip("0") else None


def _offset(hours: str | None, minutes: str, seconds: str | None) -> int | None:
    if hours is None:
        return None
    size = abs(int(hours)) * 3600 + int(minutes) * 60 + int(seconds or 0)
    return -size if hours.startswith("-") else size


def time_text(time: Time) -> str:
    """The time as FEEL's `string()` writes it."""
    clock = f"{time.hour:02}:{time.minute:02}:{time.second:02}{fraction_text(time.nanosecond)}"
    if time.zone is not None:
        return f"{clock}@{time.zone}"
    return clock + offset_text(time.offset)


def fraction_text(nanosecond: int) -> str:
    """`.5` for half a second, nothing for none."""
    return f".{nanosecond:09}".rstrip("0") if nanosecond else ""


def offset_text(offset: int | None) -> str:
    """`Z`, `+02:00`, `-02:45:55`; nothing for a local time."""
    if offset is None:
        return ""
    if offset == 0:
        return "Z"
    minutes, seconds = divmod(abs(offset), 60)
    sign = "-" if offset < 0 else "+"
    tail = f":{seconds:02}" if seconds else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}{tail}"
