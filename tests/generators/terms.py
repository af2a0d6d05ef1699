"""Random terms of texts, dates and rounded numbers, made of random operands.

`Make` makes an operand of a type: `policies.expression`, which makes these in turn.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from generators import nodes
from keyaccount.feel.types import (
    BOOLEAN,
    DATE,
    DAYS_AND_TIME_DURATION,
    NUMBER,
    STRING,
    YEARS_AND_MONTHS_DURATION,
    ContextType,
    Type,
)
from keyaccount.feel.values import DaysAndTimeDuration, YearsAndMonthsDuration
from keyaccount.feel.values.time import NANOS_PER_DAY
from keyaccount.ir import core

Make = Callable[[Type], st.SearchStrategy[core.Expression]]

TEXTS = ("", "a", "A|b", "大客户", "大客户二", "it's", "z\U00020000")
DAYS = tuple(DaysAndTimeDuration(days * NANOS_PER_DAY) for days in (0, 1, 30, -10, 366))
MONTHS = tuple(map(YearsAndMonthsDuration, (1, 12, -1, 13)))
ROUNDINGS = ("decimal", "round half up", "round half down", "round up", "round down")
ORDERINGS = ("<", "<=", ">", ">=")

PAIR = ContextType((("share", NUMBER), ("name", STRING)))


def _call(type_: Type, function: str, *arguments: core.Expression) -> core.Call:
    return core.Call(type_, nodes.SPAN, function, arguments)


def _duration(value: object) -> core.Literal:
    if isinstance(value, DaysAndTimeDuration):
        return nodes.literal(value, DAYS_AND_TIME_DURATION)
    return nodes.literal(value, YEARS_AND_MONTHS_DURATION)


@st.composite
def number_of_call(draw: st.DrawFn, make: Make) -> core.Expression:
    """A number from a function: of numbers, of a text, of a date."""
    kind = draw(st.sampled_from(("rounding", "whole", "extreme", "sum", "abs", "length", "year")))
    if kind == "length":
        return _call(NUMBER, "string length", draw(make(STRING)))
    if kind == "year":
        part = draw(st.sampled_from(("year", "month", "day")))
        return core.Path(NUMBER, nodes.SPAN, draw(make(DATE)), part)
    first = draw(make(NUMBER))
    if kind == "rounding":
        digits = nodes.number(draw(st.sampled_from(("2", "0", "-1"))))
        return _call(NUMBER, draw(st.sampled_from(ROUNDINGS)), first, digits)
    if kind in ("whole", "abs"):
        function = draw(st.sampled_from(("floor", "ceiling"))) if kind == "whole" else "abs"
        return _call(NUMBER, function, first)
    function = draw(st.sampled_from(("min", "max"))) if kind == "extreme" else "sum"
    others = draw(st.lists(make(NUMBER), min_size=1, max_size=2))
    return _call(NUMBER, function, first, *others)


@st.composite
def score(draw: st.DrawFn, make: Make) -> core.Expression:
    """Weighted points of criteria, as scorecards come down to; some criterion may have none."""
    terms = []
    for weight in draw(st.lists(st.sampled_from(("1", "0.25", "3")), min_size=1, max_size=3)):
        points: core.Expression = draw(st.sampled_from((nodes.null(), nodes.number("0"))))
        for step in draw(st.lists(st.sampled_from(("10", "5", "2.5")), min_size=1, max_size=2)):
            points = core.If(NUMBER, nodes.SPAN, draw(make(BOOLEAN)), nodes.number(step), points)
        terms.append(nodes.arithmetic("*", nodes.number(weight), points))
    total: core.Expression = terms[0]
    for each in terms[1:]:
        total = nodes.arithmetic("+", total, each)
    return total


@st.composite
def date_shifted(draw: st.DrawFn, make: Make) -> core.Expression:
    """A date some days or months on or back."""
    operator = draw(st.sampled_from(("+", "-")))
    duration = _duration(draw(st.sampled_from((*DAYS, *MONTHS))))
    return core.Arithmetic(DATE, nodes.SPAN, operator, draw(make(DATE)), duration)


@st.composite
def text(draw: st.DrawFn, make: Make) -> core.Expression:
    """Texts one after another, or a part of one."""
    first = draw(make(STRING))
    if draw(st.booleans()):
        return core.Arithmetic(STRING, nodes.SPAN, "+", first, draw(make(STRING)))
    return _call(STRING, "substring", first, nodes.number("1"), nodes.number("1"))


@st.composite
def test_of_terms(draw: st.DrawFn, make: Make) -> core.Expression:
    """A test of texts, of the time between dates, of a list of constants."""
    kind = draw(st.sampled_from(("text", "order", "between", "some", "in")))
    if kind == "text":
        function = draw(st.sampled_from(("contains", "starts with", "ends with")))
        part = nodes.literal(draw(st.sampled_from(TEXTS)), STRING)
        return _call(BOOLEAN, function, draw(make(STRING)), part)
    operator = draw(st.sampled_from(ORDERINGS))
    if kind == "order":
        return nodes.compare(operator, draw(make(STRING)), draw(make(STRING)))
    if kind == "between":
        between = core.Arithmetic(
            DAYS_AND_TIME_DURATION, nodes.SPAN, "-", draw(make(DATE)), draw(make(DATE))
        )
        return nodes.compare(operator, between, _duration(draw(st.sampled_from(DAYS))))
    value = draw(make(NUMBER))
    if kind == "in":
        low, high = nodes.number("0.1"), nodes.number("20")
        above = nodes.compare(draw(st.sampled_from((">", ">="))), value, low)
        return nodes.all_of(above, nodes.compare(draw(st.sampled_from(("<", "<="))), value, high))
    numbers = draw(st.lists(st.sampled_from(("0", "0.1", "20")), min_size=1, max_size=3))
    listed = core.MakeList(NUMBER, nodes.SPAN, tuple(map(nodes.number, numbers)))
    quantifier = draw(st.sampled_from(("some", "every")))
    met = nodes.compare(operator, nodes.local("each", NUMBER), value)
    iterator = core.Iterator("each", listed, None)
    return core.Quantified(BOOLEAN, nodes.SPAN, quantifier, (iterator,), met)


@st.composite
def pair(draw: st.DrawFn, make: Make) -> core.Expression:
    """A context, as tables with several outputs have them."""
    share = nodes.number(draw(st.sampled_from(("0.1", "20", "20"))))
    name = nodes.literal(draw(st.sampled_from(TEXTS[:3])), STRING)
    if draw(st.integers(0, 4)) == 0:
        share, name = draw(make(NUMBER)), draw(make(STRING))
    return core.MakeContext(PAIR, nodes.SPAN, (("share", share), ("name", name)))
