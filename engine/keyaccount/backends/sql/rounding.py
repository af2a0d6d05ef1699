"""Rounding to a scale, exactly, of numbers and of quotients.

No engine divides decimals alike, so a quotient is taken as integers: whole part
and remainder are exact everywhere, and the remainder says which way to round.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Literal as OneOf

from sqlglot import exp

from keyaccount.backends.sql import trees
from keyaccount.backends.sql.constants import number
from keyaccount.backends.sql.kinds import SQL_DIGITS, Number
from keyaccount.backends.sql.numbers import exact, narrow, number_of, product, width
from keyaccount.backends.sql.quotients import SAFE_DIGITS, over_one, parts
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Value
from keyaccount.diagnostics import sql_messages as messages

Mode = OneOf["half even", "half up", "half down", "up", "down", "floor", "ceiling"]

MODES: dict[str, Mode] = {
    "decimal": "half even",
    "round half up": "half up",
    "round half down": "half down",
    "round up": "up",
    "round down": "down",
    "floor": "floor",
    "ceiling": "ceiling",
}
_BIGINT_DIGITS = 18
_MAX_SCALE = 30


def rounded(session: Session, value: Value, scale: int, mode: Mode) -> Value:
    """The value with `scale` digits behind the point; before it, if negative.

    Raises:
        Refusal: the integers would be too long for the engine.
    """
    if abs(scale) > _MAX_SCALE:
        raise Refusal(partial(messages.too_many_digits, digits=abs(scale), limit=_MAX_SCALE))
    if isinstance(value.kind, Number):
        value = exact(session, value)
        if number_of(value).scale <= scale:
            return value
    fraction = _Fraction(session, over_one(value), scale)
    whole, rest, divisor = fraction.whole, fraction.rest, fraction.divisor
    step = _step(mode, whole, rest, divisor)
    digits = width(max(fraction.result_digits + 1, scale + 1, 1), max(scale, 0))
    count = session.cast(
        exp.Paren(this=exp.Add(this=whole, expression=step)), Number(SQL_DIGITS, 0)
    )
    unit = Decimal(1).scaleb(-scale)
    if scale:
        kind = Number(min(digits.precision + abs(scale), SQL_DIGITS - abs(scale) - 1), 0)
        step_kind = Number(abs(scale) + 1, max(scale, 0))
        count = product(session, (session.cast(count, kind), kind), (number(unit), step_kind))
    sql = session.cast(count, digits)
    return Value(digits, sql, value.causes, nullable=True)


class _Fraction:
    """A quotient times a power of ten, as an integer part and what remains."""

    def __init__(self, session: Session, value: Value, scale: int) -> None:
        self._session = session
        numerator, denominator = parts(value)
        if self._lengths(numerator, denominator, scale) is None:
            numerator, denominator = narrow(session, numerator), narrow(session, denominator)
        lengths = self._lengths(numerator, denominator, scale)
        if lengths is None:
            digits = number_of(numerator).precision + number_of(denominator).precision + abs(scale)
            raise Refusal(partial(messages.too_many_digits, digits=digits, limit=self._limit))
        shift = self._shift(numerator, denominator, scale)
        top = self._integer(numerator, scale + shift, lengths[0])
        bottom = self._integer(denominator, shift, lengths[1])
        top = session.layers.define("dividend", top)
        bottom = session.layers.define(
            "divisor", exp.Nullif(this=bottom, expression=trees.integer(0))
        )
        self.divisor = bottom
        self.whole = session.layers.define("whole", self._divided(top, bottom))
        self.rest = session.layers.define("rest", trees.binary(exp.Mod, top, bottom))
        self.result_digits = lengths[0]

    @property
    def _limit(self) -> int:
        return _BIGINT_DIGITS if self._session.dialect == "spark" else SAFE_DIGITS

    def _shift(self, numerator: Value, denominator: Value, scale: int) -> int:
        """The power of ten that makes integers of both."""
        return max(number_of(denominator).scale, number_of(numerator).scale - scale, 0)

    def _lengths(self, numerator: Value, denominator: Value, scale: int) -> tuple[int, int] | None:
        """The digits of both integers; None where they are too many."""
        shift = self._shift(numerator, denominator, scale)
        top = number_of(numerator).integer_digits + scale + shift
        bottom = number_of(denominator).integer_digits + shift
        # One more: the remainder is doubled, and compared with the divisor.
        return None if max(top, bottom, 1) + 1 > self._limit else (max(top, 1), max(bottom, 1))

    def _integer(self, value: Value, places: int, digits: int) -> Sql:
        """A number times a power of ten, as an integer."""
        kind = number_of(value)
        scaled = value.sql
        if places:
            factor = number(Decimal(1).scaleb(places)), Number(places + 1, 0)
            scaled = product(self._session, (value.sql, kind), factor)
        whole = self._session.cast(scaled, Number(max(digits, kind.precision), 0))
        if digits <= _BIGINT_DIGITS:
            return trees.cast(whole, exp.DataType.build("BIGINT"))
        if self._session.dialect == "duckdb":
            return trees.cast(whole, exp.DataType.build("INT128"))
        return whole

    def _divided(self, top: Sql, bottom: Sql) -> Sql:
        return exp.IntDiv(this=top, expression=bottom)


def _step(mode: Mode, whole: Sql, rest: Sql, divisor: Sql) -> Sql:
    """What to add to the part towards zero: 0, or 1 away from zero."""
    zero, one = trees.integer(0), trees.integer(1)
    exact_ = trees.binary(exp.EQ, rest, zero)
    same_sign = trees.binary(
        exp.EQ, trees.binary(exp.LT, rest, zero), trees.binary(exp.LT, divisor, zero)
    )
    away = trees.case([(same_sign, one)], trees.integer(-1))
    match mode:
        case "down":
            return zero
        case "up":
            return trees.case([(exact_, zero)], away)
        case "floor":
            return trees.case([(exact_, zero), (same_sign, zero)], trees.integer(-1))
        case "ceiling":
            return trees.case([(exact_, zero), (same_sign, one)], zero)
        case "half even" | "half up" | "half down":
            return _half_step(mode, whole, rest, divisor, away)


def _half_step(mode: Mode, whole: Sql, rest: Sql, divisor: Sql, away: Sql) -> Sql:
    doubled = trees.binary(exp.Mul, exp.Abs(this=rest), trees.integer(2))
    size = exp.Abs(this=divisor)
    beyond = trees.binary(exp.GT, doubled, size)
    tie = trees.binary(exp.EQ, doubled, size)
    odd = trees.binary(exp.NEQ, trees.binary(exp.Mod, whole, trees.integer(2)), trees.integer(0))
    at_tie = {"half even": odd, "half up": trees.true(), "half down": trees.false()}
    up = trees.or_([beyond, trees.and_([tie, at_tie[mode]])])
    return trees.case([(up, away)], trees.integer(0))
