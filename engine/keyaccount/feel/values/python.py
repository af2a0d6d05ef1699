"""Python's values to FEEL's and back, at the edges of the library.

Floats come in by their shortest decimal, so that 0.1 is 0.1; nothing leaves as a float.
"""

from __future__ import annotations

import datetime
import reprlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum

from keyaccount.feel.values.date import Date
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.feel.values.duration import (
    DaysAndTimeDuration,
    YearsAndMonthsDuration,
    make_days_duration,
)
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.number import rounded
from keyaccount.feel.values.range import Range
from keyaccount.feel.values.time import MAX_OFFSET, Time

_MICROSECOND = datetime.timedelta(microseconds=1)
_FEEL_TYPES = frozenset(
    {
        type(None),
        bool,
        str,
        Date,
        Time,
        DateAndTime,
        DaysAndTimeDuration,
        YearsAndMonthsDuration,
        Range,
        FunctionValue,
    }
)


class NotAFeelValueError(ValueError):
    """A Python value that FEEL has no value for; `value` is the culprit, maybe deep inside."""

    def __init__(self, value: object) -> None:
        super().__init__(f"`{reprlib.repr(value)}` is no value that FEEL knows")
        self.value = value


def from_python(value: object) -> object:
    """The FEEL value that a Python value stands for.

    Takes bool, int, Decimal, float (by its shortest decimal), str, the
    classes of `datetime`, lists and tuples, mappings with text keys, None,
    and FEEL values as they are. Numbers are rounded to 34 digits.

    Raises:
        NotAFeelValueError: for anything else: NaN and infinities, keys that
            are no texts, numbers out of range, objects; for what is nested
            deeper than Python can follow, or holds itself.
    """
    kind = type(value)
    if kind in _FEEL_TYPES:
        return value
    convert = _FROM_PYTHON.get(kind)
    if convert is None:
        convert = _for_subclass(value)
    try:
        return convert(value)
    except RecursionError:
        raise NotAFeelValueError(value) from None


def _number(value: Decimal) -> Decimal:
    return _rounded(value, value)


def _float(value: float) -> Decimal:
    return _rounded(Decimal(repr(float(value))), value)


def _rounded(value: Decimal, given: object) -> Decimal:
    number = rounded(value)
    if number is None:
        raise NotAFeelValueError(given)
    return number


def _integer(value: int) -> Decimal:
    return _number(Decimal(value))


def _list(value: list[object] | tuple[object, ...]) -> list[object]:
    return [from_python(each) for each in value]


def _context(value: Mapping[object, object]) -> dict[str, object]:
    context: dict[str, object] = {}
    for name, each in value.items():
        if not isinstance(name, str):
            raise NotAFeelValueError(name)
        context[str(name)] = from_python(each)
    return context


def _date(value: datetime.date) -> Date:
    return Date(value.year, value.month, value.day)


def _time(value: datetime.time | datetime.datetime) -> Time:
    # The second pass of an hour that comes twice keeps its instant by its offset alone.
    zone = None if value.fold else getattr(value.tzinfo, "key", None)
    offset = value.utcoffset()
    if value.tzinfo is not None and zone is None and offset is None:
        raise NotAFeelValueError(value)
    seconds = None if offset is None or zone else offset // datetime.timedelta(seconds=1)
    if seconds is not None and abs(seconds) > MAX_OFFSET:
        raise NotAFeelValueError(value)
    nanos = value.microsecond * 1000
    return Time(value.hour, value.minute, value.second, nanos, seconds, zone)


def _date_and_time(value: datetime.datetime) -> DateAndTime:
    return DateAndTime(_date(value), _time(value))


def _duration(value: datetime.timedelta) -> DaysAndTimeDuration:
    duration = make_days_duration(value // _MICROSECOND * 1000)
    if duration is None:
        raise NotAFeelValueError(value)
    return duration


_FROM_PYTHON: dict[type, Callable[..., object]] = {
    Decimal: _number,
    int: _integer,
    float: _float,
    list: _list,
    tuple: _list,
    dict: _context,
    datetime.date: _date,
    datetime.time: _time,
    datetime.datetime: _date_and_time,
    datetime.timedelta: _duration,
}


def _for_subclass(value: object) -> Callable[..., object]:
    """How to take an instance of a subclass."""
    if isinstance(value, Enum):
        return _enum
    for kind, convert in _SUBCLASSES.items():
        if isinstance(value, kind):
            return convert
    raise NotAFeelValueError(value)


def _enum(value: Enum) -> object:
    return from_python(value.value)


# The order matters: a `datetime` is a `date` to Python.
_SUBCLASSES: dict[type, Callable[..., object]] = {
    str: str,
    datetime.datetime: _date_and_time,
    **_FROM_PYTHON,
    Mapping: _context,
}


def to_python(value: object) -> object:
    """A FEEL value as Python's nearest: `datetime`'s classes where they can hold it.

    Dates beyond the years 1 to 9999, times finer than a microsecond and
    zones unknown to Python stay FEEL's own values, as do durations of months,
    ranges and functions.
    """
    convert = _TO_PYTHON.get(type(value))
    return value if convert is None else convert(value)


def _to_list(values: list[object]) -> list[object]:
    return [to_python(each) for each in values]


def _to_dict(entries: dict[str, object]) -> dict[str, object]:
    return {name: to_python(each) for name, each in entries.items()}


def _to_date(value: Date) -> datetime.date | Date:
    in_python = 1 <= value.year <= 9999
    return datetime.date(value.year, value.month, value.day) if in_python else value


def _to_time(value: Time) -> datetime.time | Time:
    if value.nanosecond % 1000:
        return value
    clock = (value.hour, value.minute, value.second, value.nanosecond // 1000)
    return datetime.time(*clock, tzinfo=_tzinfo(value))


def _to_datetime(value: DateAndTime) -> datetime.datetime | DateAndTime:
    date, time = _to_date(value.date), _to_time(value.time)
    if isinstance(date, Date) or isinstance(time, Time):
        return value
    return datetime.datetime.combine(date, time)


def _tzinfo(value: Time) -> datetime.tzinfo | None:
    if value.zone is not None:
        from zoneinfo import ZoneInfo  # lazy: only values in a named zone pay for it

        return ZoneInfo(value.zone)
    if value.offset is None:
        return None
    return datetime.timezone(datetime.timedelta(seconds=value.offset))


def _to_timedelta(value: DaysAndTimeDuration) -> datetime.timedelta | DaysAndTimeDuration:
    if value.nanos % 1000:
        return value
    try:
        return datetime.timedelta(microseconds=value.nanos // 1000)
    except OverflowError:
        return value


_TO_PYTHON: dict[type, Callable[..., object]] = {
    list: _to_list,
    dict: _to_dict,
    Date: _to_date,
    Time: _to_time,
    DateAndTime: _to_datetime,
    DaysAndTimeDuration: _to_timedelta,
}
