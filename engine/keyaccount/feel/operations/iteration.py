"""What a loop runs over: lists, ranges, and counting from one bound to another.

Source: DMN 1.5, 10.3.2.14 (`for`).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from keyaccount.feel.operations.lists import as_list
from keyaccount.feel.values.date import Date, date_of_number
from keyaccount.feel.values.number import whole
from keyaccount.feel.values.range import Range


def iterated(
    source: object, end: object = None, *, counts: bool = False
) -> Iterator[object] | None:
    """The items of a loop, one by one; None where there is nothing to go over.

    Args:
        source: a list, a range, one value, or the first bound.
        end: the last bound, where `counts`.
        counts: whether the loop was written `source..end`.
    """
    if counts:
        return _counted(source, end, low_closed=True, high_closed=True)
    if isinstance(source, Range):
        return _counted(
            source.low, source.high, low_closed=source.low_closed, high_closed=source.high_closed
        )
    return None if source is None else iter(as_list(source))


def _counted(
    low: object, high: object, *, low_closed: bool, high_closed: bool
) -> Iterator[object] | None:
    if isinstance(low, Date) and isinstance(high, Date):
        days = _whole_steps(low.number, high.number, low_closed, high_closed)
        return map(date_of_number, days)
    if not isinstance(low, Decimal) or not isinstance(high, Decimal):
        return None
    first, last = whole(low), whole(high)
    if first is None or last is None:
        return None
    return map(Decimal, _whole_steps(first, last, low_closed, high_closed))


def _whole_steps(first: int, last: int, low_closed: bool, high_closed: bool) -> range:
    step = 1 if first <= last else -1
    start = first if low_closed else first + step
    stop = last + step if high_closed else last
    return range(start, stop, step)
