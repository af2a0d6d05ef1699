"""`base.name`: entries of contexts, components of temporal values, ends of ranges.

Source: DMN 1.5, 10.3.2.5 and 10.3.2.13 (tables 60 to 66).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from keyaccount.feel.values import calendar
from keyaccount.feel.values.date import Date
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.feel.values.duration import (
    DaysAndTimeDuration,
    YearsAndMonthsDuration,
    duration_parts,
)
from keyaccount.feel.values.range import Range
from keyaccount.feel.values.time import NANOS_PER_SECOND, Time

_Component = Callable[..., object]


def _offset(value: Time | DateAndTime) -> DaysAndTimeDuration | None:
    offset = value.offset_seconds
    return None if offset is None else DaysAndTimeDuration(offset * NANOS_PER_SECOND)


def _second(time: Time) -> Decimal:
    return Decimal(time.second) + Decimal(time.nanosecond).scaleb(-9)


def _years(duration: YearsAndMonthsDuration) -> Decimal:
    sign = -1 if duration.months < 0 else 1
    return Decimal(sign * (abs(duration.months) // 12))


def _months(duration: YearsAndMonthsDuration) -> Decimal:
    sign = -1 if duration.months < 0 else 1
    return Decimal(sign * (abs(duration.months) % 12))


DATE_COMPONENTS: Mapping[str, _Component] = {
    "year": lambda date: Decimal(date.year),
    "month": lambda date: Decimal(date.month),
    "day": lambda date: Decimal(date.day),
    "weekday": lambda date: Decimal(calendar.weekday(date.number)),
}
_CLOCK_COMPONENTS: Mapping[str, _Component] = {
    "hour": lambda time: Decimal(time.hour),
    "minute": lambda time: Decimal(time.minute),
    "second": _second,
    "timezone": lambda time: time.zone,
}
TIME_COMPONENTS: Mapping[str, _Component] = {**_CLOCK_COMPONENTS, "time offset": _offset}


def _of_date(component: _Component) -> _Component:
    return lambda moment: component(moment.date)


def _of_time(component: _Component) -> _Component:
    return lambda moment: component(moment.time)


DATE_AND_TIME_COMPONENTS: Mapping[str, _Component] = {
    **{name: _of_date(each) for name, each in DATE_COMPONENTS.items()},
    **{name: _of_time(each) for name, each in _CLOCK_COMPONENTS.items()},
    "time offset": _offset,
}
DAYS_DURATION_COMPONENTS: Mapping[str, _Component] = {
    "days": lambda duration: Decimal(duration_parts(duration).days),
    "hours": lambda duration: Decimal(duration_parts(duration).hours),
    "minutes": lambda duration: Decimal(duration_parts(duration).minutes),
    "seconds": lambda duration: duration_parts(duration).seconds_with_fraction,
}
MONTHS_DURATION_COMPONENTS: Mapping[str, _Component] = {"years": _years, "months": _months}
RANGE_COMPONENTS: Mapping[str, _Component] = {
    "start": lambda value: value.low,
    "end": lambda value: value.high,
    "start included": lambda value: value.low_closed,
    "end included": lambda value: value.high_closed,
}

COMPONENTS: Mapping[type, Mapping[str, _Component]] = {
    Date: DATE_COMPONENTS,
    Time: TIME_COMPONENTS,
    DateAndTime: DATE_AND_TIME_COMPONENTS,
    DaysAndTimeDuration: DAYS_DURATION_COMPONENTS,
    YearsAndMonthsDuration: MONTHS_DURATION_COMPONENTS,
    Range: RANGE_COMPONENTS,
}


def path(base: object, name: str) -> object:
    """`base.name`; of a list, that of each item; null where there is no such part."""
    if isinstance(base, dict):
        return base.get(name)
    if isinstance(base, list):
        return [path(item, name) for item in base]
    component = COMPONENTS.get(type(base), {}).get(name)
    return None if component is None else component(base)


def scoped_entry(base: object, name: str, otherwise: object) -> object:
    """What a name in a filter stands for: the item's entry, or without one what it is outside."""
    return base[name] if isinstance(base, dict) and name in base else otherwise
