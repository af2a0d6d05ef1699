"""FEEL durations: of days and time, and of years and months.

Source: DMN 1.5, 10.3.2.3.7 and 10.3.2.3.8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from keyaccount.feel.values.time import NANOS_PER_DAY, NANOS_PER_SECOND, fraction_text, nanoseconds

# Far beyond the span of FEEL's years; keeps repeated multiplication from growing without end.
_MAX_NANOS = 10**9 * 366 * NANOS_PER_DAY * 4
_MAX_MONTHS = 12 * 10**10
_MAX_DIGITS = 30


@cache
def _forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Of months, and of days and time; compiled on first use, to keep start-up light."""
    return (
        re.compile(r"(-?)P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?", re.ASCII),
        re.compile(
            r"(-?)P(?=[0-9T])(?:([0-9]+)D)?"
            r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]+))?S)?)?",
            re.ASCII,
        ),
    )


@dataclass(frozen=True, slots=True, order=True)
class DaysAndTimeDuration:
    """A span of elapsed time, in nanoseconds; may be negative."""

    nanos: int

    def __str__(self) -> str:
        return days_duration_text(self)


@dataclass(frozen=True, slots=True, order=True)
class YearsAndMonthsDuration:
    """A number of calendar months; may be negative."""

    months: int

    def __str__(self) -> str:
        return months_duration_text(self)


Duration = DaysAndTimeDuration | YearsAndMonthsDuration


def make_days_duration(nanos: int) -> DaysAndTimeDuration | None:
    """The duration; None where it is longer than FEEL's calendar."""
    return DaysAndTimeDuration(nanos) if -_MAX_NANOS <= nanos <= _MAX_NANOS else None


def make_months_duration(months: int) -> YearsAndMonthsDuration | None:
    """The duration; None where it is longer than FEEL's calendar."""
    return YearsAndMonthsDuration(months) if -_MAX_MONTHS <= months <= _MAX_MONTHS else None


def duration_from_text(text: str) -> Duration | None:
    """`P1Y2M`, `-P3DT4H5M6.7S`; None where the text is no duration, or mixes the two kinds."""
    if len(text) > 8 * _MAX_DIGITS:
        return None
    of_months, of_days = _forms()
    months = of_months.fullmatch(text)
    if months is not None:
        sign, *parts = months.groups()
        years, of_year = (int(part or 0) for part in parts)
        return make_months_duration(_signed(sign, years * 12 + of_year))
    days = of_days.fullmatch(text)
    return None if days is None else _days_duration(days)


def _days_duration(form: re.Match[str]) -> DaysAndTimeDuration | None:
    sign, *parts = form.groups()
    fraction = nanoseconds(parts.pop() or "")
    if fraction is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in parts)
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return make_days_duration(_signed(sign, total * NANOS_PER_SECOND + fraction))


def _signed(sign: str, size: int) -> int:
    return -size if sign else size


class DurationParts(NamedTuple):
    """The components of a duration of days and time; all have its sign."""

    days: int
    hours: int
    minutes: int
    seconds: int
    nanos: int

    @property
    def seconds_with_fraction(self) -> Decimal:
        """Seconds, from 0 to under 60 in size, to the nanosecond."""
        return Decimal(self.seconds) + Decimal(self.nanos).scaleb(-9)


def duration_parts(duration: DaysAndTimeDuration) -> DurationParts:
    """Days without limit, hours under 24, minutes and seconds under 60."""
    sign = -1 if duration.nanos < 0 else 1
    seconds, nanos = divmod(abs(duration.nanos), NANOS_PER_SECOND)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    return DurationParts(sign * day, sign * hour, sign * minute, sign * second, sign * nanos)


def days_duration_text(duration: DaysAndTimeDuration) -> str:
    """The duration as FEEL's `string()` writes it: `P1DT2H`, `-PT0.5S`, `PT0S`."""
    if duration.nanos == 0:
        return "PT0S"
    parts = duration_parts(DaysAndTimeDuration(abs(duration.nanos)))
    clock = f"{parts.hours}H" if parts.hours else ""
    clock += f"{parts.minutes}M" if parts.minutes else ""
    if parts.seconds or parts.nanos:
        clock += f"{parts.seconds}{fraction_text(parts.nanos)}S"
    sign = "-" if duration.nanos < 0 else ""
    days = f"{parts.days}D" if parts.days else ""
    return f"{sign}P{days}{'T' + clock if clock else ''}"


def months_duration_text(duration: YearsAndMonthsDuration) -> str:
    """The duration as FEEL's `string()` writes it: `P1Y2M`, `-P3M`, `P0M`."""
    years, months = divmod(abs(duration.months), 12)
    sign = "-" if duration.months < 0 else ""
    if years and not months:
        return f"{sign}P{years}Y"
    return f"{sign}P{f'{years}Y' if years else ''}{months}M"
