"""FEEL's comparisons: `=`, `!=` and the orderings, in three values.

Null equals only null; values of different kinds don't compare, which is null.
Source: DMN 1.5, 10.3.2.13 (tables 54 to 56).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any
from typing import Literal as OneOf

from keyaccount.feel.budget import spend
from keyaccount.feel.values.date import Date
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.feel.values.duration import DaysAndTimeDuration, YearsAndMonthsDuration
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.range import Range
from keyaccount.feel.values.time import Time

ComparisonOperator = OneOf["=", "!=", "<", "<=", ">", ">="]

# Kinds whose values Python itself orders and equates as FEEL does.
_NATIVE = frozenset({Decimal, str, Date, DaysAndTimeDuration, YearsAndMonthsDuration})
_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def compare(operator: ComparisonOperator, left: object, right: object) -> bool | None:
    """`left operator right`: true, false or null."""
    if operator == "=":
        return equal(left, right)
    if operator == "!=":
        return not_equal(left, right)
    return _ordered(_ORDERINGS[operator], left, right)


def less(left: object, right: object) -> bool | None:
    """`left < right`."""
    return _ordered(lt, left, right)


def less_or_equal(left: object, right: object) -> bool | None:
    """`left <= right`."""
    return _ordered(le, left, right)


def greater(left: object, right: object) -> bool | None:
    """`left > right`."""
    return _ordered(gt, left, right)


def greater_or_equal(left: object, right: object) -> bool | None:
    """`left >= right`."""
    return _ordered(ge, left, right)


def equal(left: object, right: object) -> bool | None:
    """`left = right`, through lists and contexts; null where the kinds differ and neither is null.

    Times and dates and times are equal where their whole seconds are the same
    instant: the TCK (0068) holds `10:30:00.0001 = 10:30:00.0002`.
    """
    kind = type(left)
    if kind is not type(right):
        return False if left is None or right is None else None
    if kind in _NATIVE:
        return left == right
    compare_kind = _EQUALITIES.get(kind)
    return None if compare_kind is None else compare_kind(left, right)


def not_equal(left: object, right: object) -> bool | None:
    """`left != right`."""
    same = equal(left, right)
    return None if same is None else not same


def same(left: object, right: object) -> bool:
    """Whether `left = right` is true."""
    return equal(left, right) is True


def equality_key(value: object) -> Hashable:
    """A key that two values share where `=` between them is true, and only there."""
    match value:
        case list():
            spend(1 + (len(value) >> 2))
            return list, tuple(map(equality_key, value))
        case dict():
            spend(1 + (len(value) >> 2))
            return dict, frozenset((name, equality_key(each)) for name, each in value.items())
        case Time():
            return Time, value.is_local, value.second_of_day - (value.offset_seconds or 0)
        case DateAndTime():
            return DateAndTime, value.time.is_local, value.second_number
        case Range():
            ends = (equality_key(value.low), equality_key(value.high))
            return Range, value.operator, value.low_closed, value.high_closed, *ends
        case _:
            return type(value), value


def _ordered(ordering: Callable[[Any, Any], bool], left: object, right: object) -> bool | None:
    kind = type(left)
    if kind is not type(right):
        return None
    if kind in _NATIVE:
        return ordering(left, right)
    if isinstance(left, Time | DateAndTime):
        keys = _instants(left, right)
        return None if keys is None else ordering(*keys)
    return None


def _instants(left: object, right: object) -> tuple[int, int] | None:
    """Whole seconds of two times or dates and times; None for a local one beside another."""
    match left, right:
        case (Time(), Time()):
            if left.is_local != right.is_local:
                return None
            return (
                left.second_of_day - (left.offset_seconds or 0),
                right.second_of_day - (right.offset_seconds or 0),
            )
        case (DateAndTime(), DateAndTime()):
            if left.time.is_local != right.time.is_local:
                return None
            return left.second_number, right.second_number
        case _:
            return None


def _equal_instants(left: object, right: object) -> bool | None:
    keys = _instants(left, right)
    return None if keys is None else keys[0] == keys[1]


def _equal_lists(left: list[object], right: list[object]) -> bool:
    spend(1 + (len(left) >> 2))
    return len(left) == len(right) and all(map(same, left, right))


def _equal_contexts(left: dict[str, object], right: dict[str, object]) -> bool:
    spend(1 + (len(left) >> 2))
    return left.keys() == right.keys() and all(
        same(value, right[name]) for name, value in left.items()
    )


def _equal_ranges(left: Range, right: Range) -> bool:
    return (
        left.operator == right.operator
        and left.low_closed == right.low_closed
        and left.high_closed == right.high_closed
        and same(left.low, right.low)
        and same(left.high, right.high)
    )


def _equal_functions(left: FunctionValue, right: FunctionValue) -> bool:
    return left is right


def _both_equal(left: object, right: object) -> bool:
    return left == right


_EQUALITIES: dict[type, Callable[..., bool | None]] = {
    type(None): _both_equal,
    bool: _both_equal,
    Time: _equal_instants,
    DateAndTime: _equal_instants,
    list: _equal_lists,
    dict: _equal_contexts,
    Range: _equal_ranges,
    FunctionValue: _equal_functions,
}
