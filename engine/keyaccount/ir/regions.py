"""What values pass a test: unions of intervals over one subject.

A cut stands just before (side 0) or just after (side 1) a value; an interval
runs from one cut to another. So `>= 5` is from the cut before 5 to the end,
and `= 5` from the cut before 5 to the cut after it. The same serves numbers,
texts, booleans and dates, whatever can be ordered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple


class Cut(NamedTuple):
    """A place between values; `value` is whatever kind the subject has."""

    value: Any
    side: int


Interval = tuple[Cut | None, Cut | None]
"""From a cut to a cut; None is without end."""


@dataclass(frozen=True, slots=True)
class Region:
    """Disjoint intervals in ascending order, none empty, no two touching."""

    intervals: tuple[Interval, ...]

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __and__(self, other: Region) -> Region:
        found = []
        for low, high in self.intervals:
            for other_low, other_high in other.intervals:
                start = _later_start(low, other_low)
                end = _earlier_end(high, other_high)
                if start is None or end is None or start < end:
                    found.append((start, end))
        return Region(tuple(found))

    def __invert__(self) -> Region:
        found: list[Interval] = []
        start: Cut | None = None
        is_open = True
        for low, high in self.intervals:
            if low is not None:
                found.append((start, low))
            start, is_open = high, high is not None
        if is_open:
            found.append((start, None))
        return Region(tuple(found))

    def __or__(self, other: Region) -> Region:
        return ~(~self & ~other)

    def example(self) -> Any:
        """A value inside, the plainest one: a bound that belongs, else something near it."""
        for low, high in self.intervals:
            if low is not None and low.side == 0:
                return low.value
            if high is not None and high.side == 1:
                return high.value
        return _between(*self.intervals[0]) if self.intervals else None


EVERYTHING = Region(((None, None),))
NOTHING = Region(())


def comparison(operator: str, value: Any) -> Region:
    """The values `x` for which `x operator value` is true."""
    before, after = Cut(value, 0), Cut(value, 1)
    regions: dict[str, tuple[Interval, ...]] = {
        "=": ((before, after),),
        "!=": ((None, before), (after, None)),
        "<": ((None, before),),
        "<=": ((None, after),),
        ">": ((after, None),),
        ">=": ((before, None),),
    }
    return Region(regions[operator])


def points(values: Any) -> Region:
    """Just these values."""
    return Region(tuple((Cut(each, 0), Cut(each, 1)) for each in sorted(values)))


def _later_start(left: Cut | None, right: Cut | None) -> Cut | None:
    if left is None or right is None:
        return left or right
    return max(left, right)


def _earlier_end(left: Cut | None, right: Cut | None) -> Cut | None:
    if left is None or right is None:
        return left or right
    return min(left, right)


def _between(low: Cut | None, high: Cut | None) -> Any:
    """Some value of an interval neither of whose bounds belongs to it."""
    bound = low or high
    if bound is None:
        return None
    try:
        if low is not None and high is not None:
            return (low.value + high.value) / 2
        return bound.value + 1 if low is not None else bound.value - 1
    except TypeError:
        return bound.value
