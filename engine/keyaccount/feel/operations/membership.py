"""`in`: whether a value passes a range, or one of a list's tests.

Source: DMN 1.5, 10.3.2.13 (table 55, `in`) and 10.3.2.7.
"""

from __future__ import annotations

from keyaccount.feel.operations.comparison import (
    compare,
    equal,
    greater,
    greater_or_equal,
    less,
    less_or_equal,
)
from keyaccount.feel.values.range import Range


def make_range(low: object, high: object, low_closed: bool, high_closed: bool) -> Range | None:
    """`[low..high)` of two values; null where they don't compare, or go backwards.

    A null end is kept: such a range holds nothing, but has its other end.
    """
    if low is not None and high is not None and not less_or_equal(low, high):
        return None
    return Range(low, high, low_closed, high_closed)


def in_range(value: object, of: Range) -> bool | None:
    """Whether a range holds the value; null where they don't compare or an end is null."""
    if of.operator is not None:
        bound = of.high if of.operator in ("<", "<=") else of.low
        return compare(of.operator, value, bound)
    low, high = of.low, of.high
    above = greater_or_equal(value, low) if of.low_closed else greater(value, low)
    below = less_or_equal(value, high) if of.high_closed else less(value, high)
    if above is None or below is None:
        return None
    return above and below


def in_test(value: object, test: object) -> bool | None:
    """`value in test`: a range's holding it, a list's having it or a test that it passes, `=`."""
    if isinstance(test, Range) and not isinstance(value, Range):
        return in_range(value, test)
    if isinstance(test, list):
        return _in_list(value, test)
    return equal(value, test)


def passes_cell(value: object, test: object) -> bool | None:
    """Whether a value passes an expression that stands in a cell.

    As `in_test`; but a boolean counts as it is, unless the value is one too
    (DMN 1.5, 7.3.8 and 10.3.1.2, unary tests).
    """
    if isinstance(test, bool) and not isinstance(value, bool):
        return test
    return in_test(value, test)


def _in_list(value: object, tests: list[object]) -> bool:
    if isinstance(value, list) and equal(value, tests):
        return True
    # What doesn't compare with the value isn't the value: `true in [false, 2]` is false.
    return any(in_test(value, test) is True for test in tests)
