"""Built-in functions: the simple ones as data, the harder ones as code, the rest refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from sqlglot import exp

from keyaccount.backends.sql import comparisons, lists, trees
from keyaccount.backends.sql.arithmetic import arithmetic
from keyaccount.backends.sql.constants import as_kind, common_kind, constant
from keyaccount.backends.sql.kinds import (
    INTEGER,
    Boolean,
    Days,
    Kind,
    Label,
    Months,
    Number,
    Quotient,
    Text,
)
from keyaccount.backends.sql.numbers import constant_number, exact
from keyaccount.backends.sql.quotients import divide
from keyaccount.backends.sql.rounding import MODES, rounded
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Value, strict
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.diagnostics.diagnostic import Text as Words

Implementation = Callable[[Session, Sequence[Value]], Value]

SIMPLE_TEXT_TESTS: Mapping[str, Callable[[Sql, Sql], Sql]] = {
    "contains": lambda text, match: trees.binary(
        exp.GT, exp.StrPosition(this=text, substr=match), trees.integer(0)
    ),
    "starts with": lambda text, match: exp.StartsWith(this=text, expression=match),
    "ends with": lambda text, match: exp.EQ(
        this=exp.Right(this=text, expression=exp.Length(this=match)),
        expression=match,
    ),
}
"""Tests of two texts by code points, the same in all three engines."""

_CASE = Words("the engines know different letters", "各引擎认识的字母不同")
_REGEX = Words("each engine has its own regular expressions", "各引擎的正则表达式不同")
_DIGITS = Words("its digits are endless", "结果的位数无限")
_LISTS = Words("it makes or walks a list row by row", "需要逐行生成或遍历列表")
_ZONES = Words("the engines treat times and zones differently", "各引擎对时间与时区的处理不同")

REFUSED: Mapping[str, Words] = {
    **dict.fromkeys(("upper case", "lower case"), _CASE),
    **dict.fromkeys(("matches", "replace", "split", "extract"), _REGEX),
    **dict.fromkeys(("sqrt", "log", "exp", "stddev"), _DIGITS),
    **dict.fromkeys(
        ("time", "date and time", "duration", "day of week", "week of year", "month of year"),
        _ZONES,
    ),
}
"""Functions whose results differ between engines, each with the reason."""


def call(session: Session, function: str, arguments: Sequence[Value | None]) -> Value:
    """A built-in function of compiled arguments.

    Raises:
        Refusal: it has no exact equal, or not for such arguments.
    """
    given = [each for each in arguments if each is not None]
    implementation = _FUNCTIONS.get(function)
    if implementation is None:
        raise Refusal(
            partial(messages.not_in_sql, what=function, reason=REFUSED.get(function, _LISTS))
        )
    return implementation(session, given)


def _text_test(function: str) -> Implementation:
    def test(session: Session, arguments: Sequence[Value]) -> Value:
        text, match = (_text(session, function, each) for each in arguments)
        return strict(Boolean(), SIMPLE_TEXT_TESTS[function](text, match), arguments)

    return test


def _text(session: Session, function: str, value: Value) -> Sql:
    if not isinstance(value.kind, Text | Label):
        raise comparisons.no_operator(function, value.kind, value.kind)
    return comparisons.plain_text(session, value)


def _string_length(session: Session, arguments: Sequence[Value]) -> Value:
    text = _text(session, "string length", arguments[0])
    length = session.cast(exp.Length(this=text), INTEGER)
    return strict(INTEGER, length, arguments)


def _rounding(function: str) -> Implementation:
    def round_(session: Session, arguments: Sequence[Value]) -> Value:
        scale = constant_number(arguments[1]) if len(arguments) > 1 else Decimal(0)
        if scale is None or not isinstance(arguments[0].kind, Number | Quotient):
            raise Refusal(partial(messages.not_in_sql, what=function, reason=_DIGITS))
        return rounded(session, arguments[0], int(scale), MODES[function])

    return round_


def _absolute(session: Session, arguments: Sequence[Value]) -> Value:
    value = arguments[0]
    match value.kind:
        case Number():
            value = exact(session, value)
        case Days() | Months():
            pass
        case Quotient():
            raise Refusal(messages.open_division)
        case _:
            raise comparisons.no_operator("abs", value.kind, value.kind)
    return strict(value.kind, exp.Abs(this=value.sql), (value,))


def _extreme(function: str) -> Implementation:
    """`min`, `max` of scalars: null where any is."""

    def best(session: Session, arguments: Sequence[Value]) -> Value:
        items = lists.items(arguments)
        items = [exact(session, each) if isinstance(each.kind, Number) else each for each in items]
        kind: Kind = common_kind([each.kind for each in items])
        if not isinstance(kind, Number | Days | Months):
            raise comparisons.no_operator(function, kind, kind)
        if len(items) == 1:
            return items[0]
        lacking = trees.or_(trees.is_null(each.sql) for each in items)
        chosen = trees.call(function, *(as_kind(session, each, kind) for each in items))
        sql = trees.case([(lacking, session.typed_null(kind))], chosen)
        return strict(kind, sql, items)

    return best


def _sum(session: Session, arguments: Sequence[Value]) -> Value:
    items = lists.items(arguments)
    total = items[0]
    for each in items[1:]:
        total = arithmetic(session, "+", total, each)
    return total


def _mean(session: Session, arguments: Sequence[Value]) -> Value:
    count = constant(session, Decimal(len(lists.items(arguments))))
    return divide(session, _sum(session, arguments), count)


_FUNCTIONS: Mapping[str, Implementation] = {
    **{name: _text_test(name) for name in SIMPLE_TEXT_TESTS},
    **{name: _rounding(name) for name in MODES},
    "string length": _string_length,
    "abs": _absolute,
    "min": _extreme("LEAST"),
    "max": _extreme("GREATEST"),
    "sum": _sum,
    "mean": _mean,
    "count": lists.count,
    "list contains": lists.contains,
}
