"""The types of values: which type a value has, whether it has one, and DMN's implicit conversions.

Source: DMN 1.5, 10.3.2.9.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache, partial, reduce
from typing import assert_never

from keyaccount.feel import types
from keyaccount.feel.budget import spend
from keyaccount.feel.types import (
    ContextType,
    Enumeration,
    FunctionType,
    ListType,
    RangeType,
    SimpleType,
    Type,
)
from keyaccount.feel.values.date import Date
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.feel.values.duration import DaysAndTimeDuration, YearsAndMonthsDuration
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.range import Range
from keyaccount.feel.values.time import MIDNIGHT_UTC, Time

_SIMPLE: dict[type, SimpleType] = {
    type(None): types.NULL,
    bool: types.BOOLEAN,
    Decimal: types.NUMBER,
    str: types.STRING,
    Date: types.DATE,
    Time: types.TIME,
    DateAndTime: types.DATE_AND_TIME,
    DaysAndTimeDuration: types.DAYS_AND_TIME_DURATION,
    YearsAndMonthsDuration: types.YEARS_AND_MONTHS_DURATION,
}


def type_of(value: object) -> Type:
    """The narrowest type of a value; `Any` for what is no FEEL value."""
    simple = _SIMPLE.get(type(value))
    if simple is not None:
        return simple
    match value:
        case list():
            spend(1 + (len(value) >> 2))
            return ListType(_joined(value))
        case dict():
            spend(1 + (len(value) >> 2))
            return ContextType(tuple((name, type_of(each)) for name, each in value.items()))
        case Range():
            return RangeType(
                _joined([each for each in (value.low, value.high) if each is not None])
            )
        case FunctionValue():
            return FunctionType(tuple(each for _, each in value.parameters), value.result)
        case _:
            return types.ANY


def _joined(values: list[object]) -> Type:
    start: Type = types.NULL
    return reduce(types.join, map(type_of, values), start)


def is_instance(value: object, of: Type) -> bool:
    """Whether `value instance of of` holds; null is an instance of `Null` alone.

    A null inside a list or a context is an instance of any type there.
    """
    if value is None:
        return of == types.NULL
    return is_member(value, of)


def is_member(value: object, of: Type) -> bool:
    """Whether a value may stand where the type is asked for; null always may."""
    if value is None:
        return True
    if isinstance(value, list | dict):
        spend(1)
    match of:
        case SimpleType():
            return of is types.ANY or of == types.ANY or _SIMPLE.get(type(value)) == of
        case Enumeration():
            return isinstance(value, str) and value in of.values
        case ListType():
            return isinstance(value, list) and all(is_member(each, of.item) for each in value)
        case RangeType():
            return isinstance(value, Range) and all(
                is_member(bound, of.bound) for bound in (value.low, value.high)
            )
        case ContextType():
            return isinstance(value, dict) and all(
                name in value and is_member(value[name], entry) for name, entry in of.entries
            )
        case FunctionType():
            return isinstance(value, FunctionValue) and types.conforms(type_of(value), of)
        case _:
            assert_never(of)


@cache
def checker(of: Type) -> Callable[[object], bool]:
    """A quick test for one type, for what is tested over and over: null fails it."""
    if of == types.ANY:
        return _is_known
    if isinstance(of, SimpleType):
        return partial(_is_of_class, _CLASSES.get(of, type(None)))
    if isinstance(of, ListType) and of.item == types.ANY:
        return partial(_is_of_class, list)
    if isinstance(of, ListType) and of.item in _CLASSES:
        return partial(_is_list_of, frozenset((_CLASSES[of.item], type(None))))
    return lambda value: value is not None and is_member(value, of)


def _is_known(value: object) -> bool:
    return value is not None


def _is_of_class(kind: type, value: object) -> bool:
    return type(value) is kind


def _is_list_of(kinds: frozenset[type], value: object) -> bool:
    return isinstance(value, list) and kinds.issuperset(map(type, value))


_CLASSES: dict[Type, type] = {of: kind for kind, of in _SIMPLE.items()}


def conform(value: object, to: Type) -> object:
    """The value as one of that type, by DMN's implicit conversions; null where there is none.

    A list of one item becomes the item, an item a list of one, a date the
    date and time of its midnight in UTC (10.3.2.9.4).
    """
    if value is None or is_member(value, to):
        return value
    if isinstance(value, Date) and to == types.DATE_AND_TIME:
        return DateAndTime(value, MIDNIGHT_UTC)
    if isinstance(to, ListType):
        item = None if isinstance(value, list) else conform(value, to.item)
        return None if item is None else [item]
    if isinstance(value, list) and len(value) == 1:
        return value[0] if is_member(value[0], to) else None
    return None
