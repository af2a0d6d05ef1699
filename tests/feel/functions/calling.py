"""Shorthand for the cases of functions: Python's values in, FEEL's values compared."""

from __future__ import annotations

from keyaccount.feel.functions import FUNCTIONS
from keyaccount.feel.values import Range, from_python, temporal_from_text
from keyaccount.feel.values.range import RangeOperator, comparison_range

Case = tuple[str, str, tuple[object, ...], object]
"""Name, function, arguments, result."""


def at(text: str) -> object:
    """The value of `@"text"`."""
    value = temporal_from_text(text)
    assert value is not None, text
    return value


def span(text: str) -> Range:
    """A range of numbers by its text, `[1..10)`."""
    low, _, high = text[1:-1].partition("..")
    return Range(from_python(int(low)), from_python(int(high)), text[0] == "[", text[-1] == "]")


def dates(low: str, high: str) -> Range:
    """A range of dates, its ends included."""
    return Range(at(low), at(high), low_closed=True, high_closed=True)


def unbounded(operator: RangeOperator, bound: int) -> Range:
    """The range that `(< 10)` writes."""
    return comparison_range(operator, from_python(bound))


def outcome(function: str, arguments: tuple[object, ...]) -> object:
    """What the function gives for Python's values as FEEL's."""
    return FUNCTIONS[function](*map(from_python, arguments))


def written(value: object) -> str:
    """The value with its kinds, so that `true` isn't taken for 1 nor `1` for `"1"`."""
    return repr(from_python(value))
