"""Arithmetic on dates, times and durations, for callers that know which kinds they hold.

Source: DMN 1.5, 10.3.2.13.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, DecimalException

from keyaccount.feel.operations.numbers import divide_numbers
from keyaccount.feel.values.date import Date, add_months, date_of_number
from keyaccount.feel.values.date_and_time import DateAndTime, shift_months, shift_nanos
from keyaccount.feel.values.duration import (
    DaysAndTimeDuration,
    YearsAndMonthsDuration,
    make_days_duration,
    make_months_duration,
)
from keyaccount.feel.values.number import WIDE_CONTEXT
from keyaccount.feel.values.time import (
    MIDNIGHT_UTC,
    NANOS_PER_DAY,
    NANOS_PER_SECOND,
    Time,
    time_of_nanos,
)

_MAX_EXPONENT = 60


def shift_date_by_time(date: Date, duration: DaysAndTimeDuration) -> Date | None:
    """From the date's midnight, the day that the duration leads to."""
    return date_of_number(date.number + duration.nanos // NANOS_PER_DAY)


def shift_date_by_months(date: Date, duration: YearsAndMonthsDuration) -> Date | None:
    """The same day some months on, or the month's last."""
    return add_months(date, duration.months)


def shift_moment_by_time(moment: DateAndTime, duration: DaysAndTimeDuration) -> DateAndTime | None:
    """Some elapsed time later."""
    return shift_nanos(moment, duration.nanos)


def shift_moment_by_months(
    moment: DateAndTime, duration: YearsAndMonthsDuration
) -> DateAndTime | None:
    """The same time some months on."""
    return shift_months(moment, duration.months)


def shift_time(time: Time, duration: DaysAndTimeDuration) -> Time:
    """The time some while later, going round at midnight."""
    return time_of_nanos(time.nano_of_day + duration.nanos, time.offset, time.zone)


def days_between_dates(left: Date, right: Date) -> DaysAndTimeDuration:
    """`left - right`: whole days."""
    return DaysAndTimeDuration((left.number - right.number) * NANOS_PER_DAY)


def elapsed(left: DateAndTime, right: DateAndTime) -> DaysAndTimeDuration | None:
    """`left - right`; null where one is local and the other is not."""
    if left.time.is_local != right.time.is_local:
        return None
    return DaysAndTimeDuration(left.nano_number - right.nano_number)


def elapsed_since_date(left: DateAndTime, right: Date) -> DaysAndTimeDuration | None:
    """`left - right`, the date taken as its midnight in UTC."""
    return elapsed(left, DateAndTime(right, MIDNIGHT_UTC))


def elapsed_until_date(left: Date, right: DateAndTime) -> DaysAndTimeDuration | None:
    """`left - right`, the date taken as its midnight in UTC."""
    return elapsed(DateAndTime(left, MIDNIGHT_UTC), right)


def time_between(left: Time, right: Time) -> DaysAndTimeDuration | None:
    """`left - right` on one day; null where one is local and the other is not."""
    if left.is_local != right.is_local:
        return None
    offsets = (left.offset_seconds or 0) - (right.offset_seconds or 0)
    nanos = left.nano_of_day - right.nano_of_day - offsets * NANOS_PER_SECOND
    return DaysAndTimeDuration(nanos)


def add_days_durations(
    left: DaysAndTimeDuration, right: DaysAndTimeDuration
) -> DaysAndTimeDuration | None:
    """`left + right`."""
    return make_days_duration(left.nanos + right.nanos)


def add_months_durations(
    left: YearsAndMonthsDuration, right: YearsAndMonthsDuration
) -> YearsAndMonthsDuration | None:
    """`left + right`."""
    return make_months_duration(left.months + right.months)


def negate_days_duration(duration: DaysAndTimeDuration) -> DaysAndTimeDuration:
    """`-duration`."""
    return DaysAndTimeDuration(-duration.nanos)


def negate_months_duration(duration: YearsAndMonthsDuration) -> YearsAndMonthsDuration:
    """`-duration`."""
    return YearsAndMonthsDuration(-duration.months)


def multiply_days_duration(
    duration: DaysAndTimeDuration, factor: Decimal
) -> DaysAndTimeDuration | None:
    """`duration * factor`, to the nearest nanosecond, halves to even."""
    nanos = _scaled(duration.nanos, factor, ROUND_HALF_EVEN)
    return None if nanos is None else make_days_duration(nanos)


def divide_days_duration(
    duration: DaysAndTimeDuration, divisor: Decimal
) -> DaysAndTimeDuration | None:
    """`duration / divisor`, to the nearest nanosecond, halves to even; null for 0."""
    nanos = _quotient(duration.nanos, divisor, ROUND_HALF_EVEN)
    return None if nanos is None else make_days_duration(nanos)


def divide_days_durations(left: DaysAndTimeDuration, right: DaysAndTimeDuration) -> Decimal | None:
    """`left / right`: how many times the one holds the other; null for none."""
    return divide_numbers(Decimal(left.nanos), Decimal(right.nanos))


def multiply_months_duration(
    duration: YearsAndMonthsDuration, factor: Decimal
) -> YearsAndMonthsDuration | None:
    """`duration * factor`, in whole months towards zero."""
    months = _scaled(duration.months, factor, ROUND_DOWN)
    return None if months is None else make_months_duration(months)


def divide_months_duration(
    duration: YearsAndMonthsDuration, divisor: Decimal
) -> YearsAndMonthsDuration | None:
    """`duration / divisor`, in whole months towards zero; null for 0."""
    months = _quotient(duration.months, divisor, ROUND_DOWN)
    return None if months is None else make_months_duration(months)


def divide_months_durations(
    left: YearsAndMonthsDuration, right: YearsAndMonthsDuration
) -> Decimal | None:
    """`left / right`: how many times the one holds the other; null for none."""
    return divide_numbers(Decimal(left.months), Decimal(right.months))


def _scaled(amount: int, factor: Decimal, rounding: str) -> int | None:
    if not amount or factor.adjusted() > _MAX_EXPONENT:
        return 0 if not amount else None
    return _rounded_integer(WIDE_CONTEXT.multiply(Decimal(amount), factor), rounding)


def _quotient(amount: int, divisor: Decimal, rounding: str) -> int | None:
    try:
        quotient = WIDE_CONTEXT.divide(Decimal(amount), divisor)
    except DecimalException:
        return None
    return None if quotient.adjusted() > _MAX_EXPONENT else _rounded_integer(quotient, rounding)


def _rounded_integer(value: Decimal, rounding: str) -> int:
    return int(value.to_integral_value(rounding, WIDE_CONTEXT))
