"""FEEL ranges.

Source: DMN 1.5, 10.3.2.7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

RangeOperator = OneOf["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Range:
    """`[low..high)` and its kin.

    `operator` is set for a range written as a comparison: `(< 10)` has no low
    end at all, while `(null..10)` has one that is null and holds nothing. The
    two are different ranges in DMN. `(!= 10)` holds all but its bound.
    """

    low: object
    high: object
    low_closed: bool
    high_closed: bool
    operator: RangeOperator | None = None

    def __str__(self) -> str:
        if self.operator is not None:
            bound = self.high if self.operator in ("<", "<=") else self.low
            return f"({self.operator} {bound})"
        start, end = "[" if self.low_closed else "(", "]" if self.high_closed else ")"
        return f"{start}{self.low}..{self.high}{end}"


def comparison_range(operator: RangeOperator, bound: object) -> Range:
    """The range that `(< 10)` and its kin write."""
    low = None if operator in ("<", "<=") else bound
    high = None if operator in (">", ">=") else bound
    low_closed = operator in (">=", "=", "!=")
    high_closed = operator in ("<=", "=", "!=")
    return Range(low, high, low_closed, high_closed, operator)
