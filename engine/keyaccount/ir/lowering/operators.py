"""Static types of the operators.

Source: DMN 1.5, 10.3.2.15 and tables 50 to 59.
"""

from __future__ import annotations

from keyaccount.feel.types import (
    ANY,
    DATE,
    DATE_AND_TIME,
    DAYS_AND_TIME_DURATION,
    NULL,
    NUMBER,
    STRING,
    TIME,
    YEARS_AND_MONTHS_DURATION,
    Enumeration,
    Type,
    conforms,
)

_INSTANTS = (DATE, DATE_AND_TIME, TIME)
_DURATIONS = (DAYS_AND_TIME_DURATION, YEARS_AND_MONTHS_DURATION)
_ORDERED = (NUMBER, STRING, *_INSTANTS, *_DURATIONS)

_ARITHMETIC: dict[tuple[str, Type, Type], Type] = {
    **{(operator, NUMBER, NUMBER): NUMBER for operator in ("+", "-", "*", "/", "**")},
    ("+", STRING, STRING): STRING,
    **{(operator, each, each): each for each in _DURATIONS for operator in ("+", "-")},
    **{(operator, each, NUMBER): each for each in _DURATIONS for operator in ("*", "/")},
    **{("*", NUMBER, each): each for each in _DURATIONS},
    **{("/", each, each): NUMBER for each in _DURATIONS},
    **{("-", each, each): DAYS_AND_TIME_DURATION for each in _INSTANTS},
    ("-", DATE, DATE_AND_TIME): DAYS_AND_TIME_DURATION,
    ("-", DATE_AND_TIME, DATE): DAYS_AND_TIME_DURATION,
}
for _instant in (DATE, DATE_AND_TIME):
    for _duration in _DURATIONS:
        _ARITHMETIC["+", _instant, _duration] = _instant
        _ARITHMETIC["+", _duration, _instant] = _instant
        _ARITHMETIC["-", _instant, _duration] = _instant
_ARITHMETIC["+", TIME, DAYS_AND_TIME_DURATION] = TIME
_ARITHMETIC["+", DAYS_AND_TIME_DURATION, TIME] = TIME
_ARITHMETIC["-", TIME, DAYS_AND_TIME_DURATION] = TIME


def plain(kind: Type) -> Type:
    """The type without its declared values."""
    return STRING if isinstance(kind, Enumeration) else kind


def is_dynamic(kind: Type) -> bool:
    """Whether only the run can tell what the value is."""
    return kind in (ANY, NULL)


def arithmetic_type(operator: str, left: Type, right: Type) -> Type | None:
    """The type of `left operator right`, None where it is not defined."""
    if is_dynamic(left) or is_dynamic(right):
        return ANY
    return _ARITHMETIC.get((operator, plain(left), plain(right)))


def negated_type(operand: Type) -> Type | None:
    """The type of `-operand`, None where it is not defined."""
    if is_dynamic(operand):
        return ANY
    return operand if operand in (NUMBER, *_DURATIONS) else None


def comparable(operator: str, left: Type, right: Type) -> bool:
    """Whether the comparison is defined for these types."""
    if is_dynamic(left) or is_dynamic(right):
        return True
    left, right = plain(left), plain(right)
    if operator in ("=", "!="):
        return conforms(left, right) or conforms(right, left)
    return left == right and left in _ORDERED
