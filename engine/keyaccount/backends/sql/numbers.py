"""Exact numbers: widths of results, doubles made decimal, columns narrowed."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import partial

from sqlglot import exp

from keyaccount.backends.sql import trees
from keyaccount.backends.sql.constants import typed
from keyaccount.backends.sql.kinds import DOUBLE_DIGITS, FEEL_DIGITS, Number
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Constant, Value
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.feel.values.number import ONE, WIDE_CONTEXT

# A double in arithmetic is taken as a decimal of this scale; 15 digits in all, so that
# the decimal is the double's shortest one exactly if it casts back to the same double.
_DOUBLE_SCALE = 4

# Where full columns would make a result too wide, numbers of up to this many digits
# before the point are computed in SQL; rows with larger ones are decided again.
_NARROW_DIGITS = 12

_WORD_DIGITS = 18


def width(precision: int, scale: int) -> Number:
    """The kind of an exact result.

    Raises:
        Refusal: FEEL would round it, as it has more than 34 digits.
    """
    if precision > FEEL_DIGITS:
        raise Refusal(partial(messages.too_many_digits, digits=precision, limit=FEEL_DIGITS))
    return Number(max(precision, 1), scale)


def sum_width(left: Number, right: Number) -> tuple[int, int]:
    """Precision and scale of a sum or a difference."""
    scale = max(left.scale, right.scale)
    return max(left.integer_digits, right.integer_digits) + 1 + scale, scale


def product_width(left: Number, right: Number) -> tuple[int, int]:
    """Precision and scale of a product."""
    return left.precision + right.precision, left.scale + right.scale


def number_of(value: Value) -> Number:
    """The width of a value that is known to be a number."""
    if not isinstance(value.kind, Number):
        raise TypeError(value.kind)
    return value.kind


def exact(session: Session, value: Value) -> Value:
    """The value as a decimal; a DOUBLE by its shortest one.

    A double that has more than 15 digits, or more than 4 behind the point, is
    left to the backend that reads it digit by digit.
    """
    kind = number_of(value)
    if kind.form == "integer":
        plain = Number(kind.precision, 0)
        return _as(value, session.cast(value.sql, plain), plain)
    if kind.form == "decimal":
        return value
    plain = Number(DOUBLE_DIGITS, _DOUBLE_SCALE)
    source = session.layers.define("double", value.sql)
    limit = trees.integer(10**plain.integer_digits - 1)
    within = trees.binary(exp.LT, exp.Abs(this=source), limit)
    attempt = trees.case([(within, session.cast(source, plain))], session.typed_null(plain))
    converted = session.layers.define("exact", attempt)
    back = session.cast(converted, kind)
    good = trees.coalesce(trees.binary(exp.EQ, back, source), trees.false())
    session.decide_again(trees.and_([trees.is_not_null(source), trees.not_(good)]))
    return _as(value, trees.case([(good, converted)], session.typed_null(plain)), plain)


def narrow(session: Session, value: Value, digits: int = _NARROW_DIGITS) -> Value:
    """The value in a column of fewer digits before the point; larger ones are decided again."""
    kind = number_of(value)
    if kind.integer_digits <= digits or value.constant is not None:
        return value
    plain = Number(digits + kind.scale, kind.scale)
    source = session.layers.define("wide", value.sql)
    limit = trees.integer(10**digits)
    low, high = (
        trees.binary(exp.GT, source, trees.integer(-(10**digits))),
        trees.binary(exp.LT, source, limit),
    )
    fits = trees.and_([low, high])
    session.decide_again(trees.and_([trees.is_not_null(source), trees.not_(fits)]))
    cut = trees.case([(fits, session.cast(source, plain))], session.typed_null(plain))
    return _as(value, session.layers.define("narrow", cut), plain)


def product(session: Session, left: tuple[Sql, Number], right: tuple[Sql, Number]) -> Sql:
    """`left * right`, exact.

    DuckDB keeps to 18 digits, and stops with an error, where both factors
    have no more: one of them is made wider if the product may be longer.
    """
    (first, first_kind), (second, second_kind) = left, right
    precision, _ = product_width(first_kind, second_kind)
    if precision > _WORD_DIGITS >= max(first_kind.precision, second_kind.precision):
        first = session.cast(first, Number(_WORD_DIGITS + 1, first_kind.scale))
    return trees.binary(exp.Mul, first, second)


def _as(value: Value, sql: Sql, kind: Number) -> Value:
    """The same value in another column.

    Rows that are decided again may hold NULL without a cause, so the value
    counts as nullable: NULL alone no longer means unknown.
    """
    return Value(kind, sql, value.causes, nullable=True, constant=value.constant)


def widened(session: Session, value: Value, kind: Number) -> Sql:
    """The value's SQL in the type of a wider kind."""
    if value.constant is not None:
        return typed(session, value.constant.value, kind)
    return value.sql if value.kind == kind else session.cast(value.sql, kind)


def to_scale(value: Decimal, scale: int, *, up: bool) -> Decimal:
    """The next number of a scale at or above (below) a number."""
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    return value.quantize(ONE.scaleb(-scale), rounding, WIDE_CONTEXT)


def constant_number(value: Value) -> Decimal | None:
    """The number, where it is the same for every row."""
    if isinstance(value.constant, Constant) and isinstance(value.constant.value, Decimal):
        return value.constant.value
    return None
