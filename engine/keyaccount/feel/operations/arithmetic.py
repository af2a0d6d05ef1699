"""FEEL's arithmetic: which kinds of value go with which operator, and what comes out.

An operation on kinds that don't go together, and one whose result is out of
range, is null. Source: DMN 1.5, 10.3.2.13 (tables 48 to 53).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal as OneOf

from keyaccount.feel.budget import spend_on_text
from keyaccount.feel.operations.numbers import (
    add_numbers,
    divide_numbers,
    multiply_numbers,
    negate_number,
    power_numbers,
    subtract_numbers,
)
from keyaccount.feel.operations.temporal import (
    add_days_durations,
    add_months_durations,
    days_between_dates,
    divide_days_duration,
    divide_days_durations,
    divide_months_duration,
    divide_months_durations,
    elapsed,
    elapsed_since_date,
    elapsed_until_date,
    multiply_days_duration,
    multiply_months_duration,
    negate_days_duration,
    negate_months_duration,
    shift_date_by_months,
    shift_date_by_time,
    shift_moment_by_months,
    shift_moment_by_time,
    shift_time,
    time_between,
)
from keyaccount.feel.values.date import Date
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.feel.values.duration import DaysAndTimeDuration, YearsAndMonthsDuration
from keyaccount.feel.values.time import Time

ArithmeticOperator = OneOf["+", "-", "*", "/", "**"]
_Binary = Callable[..., object]


def join_texts(left: str, right: str) -> str:
    """`+` of two strings."""
    spend_on_text(len(left) + len(right))
    return left + right


def _swapped(operation: _Binary) -> _Binary:
    return lambda left, right: operation(right, left)


def _shift_back(shift: _Binary, negate: _Binary) -> _Binary:
    return lambda value, duration: shift(value, negate(duration))


_SHIFTS: tuple[tuple[type, type, _Binary, _Binary], ...] = (
    (Date, DaysAndTimeDuration, shift_date_by_time, negate_days_duration),
    (Date, YearsAndMonthsDuration, shift_date_by_months, negate_months_duration),
    (DateAndTime, DaysAndTimeDuration, shift_moment_by_time, negate_days_duration),
    (DateAndTime, YearsAndMonthsDuration, shift_moment_by_months, negate_months_duration),
    (Time, DaysAndTimeDuration, shift_time, negate_days_duration),
    (DaysAndTimeDuration, DaysAndTimeDuration, add_days_durations, negate_days_duration),
    (YearsAndMonthsDuration, YearsAndMonthsDuration, add_months_durations, negate_months_duration),
)

# One row for each pair of kinds that an operator takes; all others are null.
OPERATIONS: dict[tuple[str, type, type], _Binary] = {
    ("+", Decimal, Decimal): add_numbers,
    ("-", Decimal, Decimal): subtract_numbers,
    ("*", Decimal, Decimal): multiply_numbers,
    ("/", Decimal, Decimal): divide_numbers,
    ("**", Decimal, Decimal): power_numbers,
    ("+", str, str): join_texts,
    ("-", Date, Date): days_between_dates,
    ("-", DateAndTime, DateAndTime): elapsed,
    ("-", DateAndTime, Date): elapsed_since_date,
    ("-", Date, DateAndTime): elapsed_until_date,
    ("-", Time, Time): time_between,
    ("*", DaysAndTimeDuration, Decimal): multiply_days_duration,
    ("*", Decimal, DaysAndTimeDuration): _swapped(multiply_days_duration),
    ("/", DaysAndTimeDuration, Decimal): divide_days_duration,
    ("/", DaysAndTimeDuration, DaysAndTimeDuration): divide_days_durations,
    ("*", YearsAndMonthsDuration, Decimal): multiply_months_duration,
    ("*", Decimal, YearsAndMonthsDuration): _swapped(multiply_months_duration),
    ("/", YearsAndMonthsDuration, Decimal): divide_months_duration,
    ("/", YearsAndMonthsDuration, YearsAndMonthsDuration): divide_months_durations,
}
for _kind, _duration, _shift, _negate in _SHIFTS:
    OPERATIONS["+", _kind, _duration] = _shift
    OPERATIONS["+", _duration, _kind] = _swapped(_shift)
    OPERATIONS["-", _kind, _duration] = _shift_back(_shift, _negate)

_NEGATIONS: dict[type, Callable[..., object]] = {
    Decimal: negate_number,
    DaysAndTimeDuration: negate_days_duration,
    YearsAndMonthsDuration: negate_months_duration,
}


def arithmetic(operator: ArithmeticOperator, left: object, right: object) -> object:
    """`left operator right`; null for kinds that don't go together, null included."""
    operation = OPERATIONS.get((operator, type(left), type(right)))
    return None if operation is None else operation(left, right)


def negate(value: object) -> object:
    """`-value`, of a number or a duration; null for all else."""
    operation = _NEGATIONS.get(type(value))
    return None if operation is None else operation(value)
