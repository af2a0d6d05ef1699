"""Built-in functions on points and ranges.

A point stands for the range of itself alone. The ends of ranges are put on
one line: an open start lies just after its value, an open end just before it,
a missing end beyond all values. With that, each relation is one comparison or
two. Source: DMN 1.5, 10.3.4.9 (table 78).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from keyaccount.feel.functions.builtin import Builtin, Parameter, Signature, overloaded, signature
from keyaccount.feel.operations.comparison import equal, less
from keyaccount.feel.types import ANY, BOOLEAN, RangeType, Type
from keyaccount.feel.values.range import Range


class _End(NamedTuple):
    """A place on the line: -1 and 1 lie beyond all values; `shift` is just before or after."""

    beyond: int
    value: object
    shift: int


class _NotComparable(Exception):  # noqa: N818 - never leaves this module
    """Two ends of different kinds, or one that is null."""


class _Span(NamedTuple):
    start: _End
    end: _End


def _span(value: object) -> _Span:
    if not isinstance(value, Range):
        return _Span(_End(0, value, 0), _End(0, value, 0))
    unbounded = value.operator is not None
    if value.operator == "!=":
        raise _NotComparable
    start = _End(0, value.low, 0 if value.low_closed else 1)
    end = _End(0, value.high, 0 if value.high_closed else -1)
    return _Span(
        _End(-1, None, 0) if unbounded and value.low is None else start,
        _End(1, None, 0) if unbounded and value.high is None else end,
    )


def _before(left: _End, right: _End) -> bool:
    """Whether one end lies before another."""
    if left.beyond or right.beyond:
        return left.beyond < right.beyond
    is_less, is_equal = less(left.value, right.value), equal(left.value, right.value)
    if is_less is None or is_equal is None:
        raise _NotComparable
    return is_less or (is_equal and left.shift < right.shift)


def _same(left: _End, right: _End) -> bool:
    """Whether two ends lie in one place."""
    return not _before(left, right) and not _before(right, left)


def _up_to(left: _End, right: _End) -> bool:
    """Whether one end lies before another or in its place."""
    return not _before(right, left)


def _is_before(one: _Span, two: _Span) -> bool:
    return _before(one.end, two.start)


def _meets(one: _Span, two: _Span) -> bool:
    return _same(one.end, two.start)


def _overlaps(one: _Span, two: _Span) -> bool:
    return _up_to(one.start, two.end) and _up_to(two.start, one.end)


def _overlaps_before(one: _Span, two: _Span) -> bool:
    return _before(one.start, two.start) and _up_to(two.start, one.end) and _up_to(one.end, two.end)


def _overlaps_after(one: _Span, two: _Span) -> bool:
    return _before(two.start, one.start) and _up_to(one.start, two.end) and _up_to(two.end, one.end)


def _finishes(one: _Span, two: _Span) -> bool:
    return _same(one.end, two.end) and _up_to(two.start, one.start)


def _starts(one: _Span, two: _Span) -> bool:
    return _same(one.start, two.start) and _up_to(one.end, two.end)


def _includes(one: _Span, two: _Span) -> bool:
    return _up_to(one.start, two.start) and _up_to(two.end, one.end)


def _coincides(one: _Span, two: _Span) -> bool:
    return _same(one.start, two.start) and _same(one.end, two.end)


_Relation = Callable[[_Span, _Span], bool]


def _turned(relation: _Relation) -> _Relation:
    return lambda one, two: relation(two, one)


def _implementation(relation: _Relation) -> Callable[[object, object], bool | None]:
    def evaluate(one: object, two: object) -> bool | None:
        try:
            return relation(_span(one), _span(two))
        except _NotComparable:
            return None

    return evaluate


_ANY_RANGE = RangeType(ANY)


def _relation(name: str, relation: _Relation, *forms: str) -> Builtin:
    """A relation with a signature for each form: `rr` takes two ranges, `pr` a point and a range.

    A point may be of any kind, so the forms with ranges stand first.
    """
    evaluate = _implementation(relation)
    return overloaded(name, *(_form(evaluate, form) for form in forms))


def _form(evaluate: Callable[[object, object], bool | None], form: str) -> Signature:
    kinds: dict[str, tuple[str, Type]] = {"r": ("range", _ANY_RANGE), "p": ("point", ANY)}
    (one, one_type), (two, two_type) = (kinds[each] for each in form)
    numbered = one == two
    return signature(
        evaluate,
        BOOLEAN,
        Parameter(f"{one}1" if numbered else one, one_type),
        Parameter(f"{two}2" if numbered else two, two_type),
    )


RANGE_FUNCTIONS: tuple[Builtin, ...] = (
    _relation("before", _is_before, "rr", "rp", "pr", "pp"),
    _relation("after", _turned(_is_before), "rr", "rp", "pr", "pp"),
    _relation("meets", _meets, "rr"),
    _relation("met by", _turned(_meets), "rr"),
    _relation("overlaps", _overlaps, "rr"),
    _relation("overlaps before", _overlaps_before, "rr"),
    _relation("overlaps after", _overlaps_after, "rr"),
    _relation("finishes", _finishes, "rr", "pr"),
    _relation("finished by", _turned(_finishes), "rr", "rp"),
    _relation("includes", _includes, "rr", "rp"),
    _relation("during", _turned(_includes), "rr", "pr"),
    _relation("starts", _starts, "rr", "pr"),
    _relation("started by", _turned(_starts), "rr", "rp"),
    _relation("coincides", _coincides, "rr", "pp"),
)
