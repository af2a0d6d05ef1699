"""Division, put off until a comparison or a rounding makes it exact.

FEEL's quotient is the true one rounded to 34 digits. It compares as the true
one does as long as the two sides, brought to one denominator, cannot lie
closer together than that rounding reaches: which their digits tell.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from keyaccount.backends.sql import trees
from keyaccount.backends.sql.kinds import FEEL_DIGITS, Number, Quotient
from keyaccount.backends.sql.numbers import (
    exact,
    narrow,
    number_of,
    product,
    product_width,
    widened,
    width,
)
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Value, causes_of
from keyaccount.diagnostics import sql_messages as messages

# Two different numbers whose digits all fit into this many places differ by more than
# half a unit of the 34th digit.
SAFE_DIGITS = FEEL_DIGITS - 1


def divide(session: Session, left: Value, right: Value) -> Value:
    """`left / right`, null where `right` is 0."""
    numerator, denominator = exact(session, left), exact(session, right)
    kind = Quotient(number_of(numerator), number_of(denominator))
    causes = causes_of((left, right))
    return Value(kind, numerator.sql, causes, nullable=True, denominator=denominator.sql)


def parts(value: Value) -> tuple[Value, Value]:
    """Numerator and denominator as values of their own."""
    if not isinstance(value.kind, Quotient) or value.denominator is None:
        raise TypeError(value.kind)
    return (
        Value(value.kind.numerator, value.sql, nullable=True),
        Value(value.kind.denominator, value.denominator, nullable=True),
    )


def cross_multiplied(session: Session, quotient: Value, other: Value) -> tuple[Sql, Sql, Sql]:
    """Numerator, other side times denominator, and the denominator for its sign.

    Raises:
        Refusal: the digits are too many for the comparison to be certain.
    """
    numerator, denominator = parts(quotient)
    other = exact(session, other)
    if _too_wide(numerator, denominator, other):
        numerator, denominator = narrow(session, numerator), narrow(session, denominator)
        other = narrow(session, other)
    digits = _digits(numerator, denominator, other)
    if digits > SAFE_DIGITS:
        raise Refusal(partial(messages.too_many_digits, digits=digits, limit=SAFE_DIGITS))
    kind = width(*product_width(number_of(other), number_of(denominator)))
    left = widened(session, other, number_of(other)), number_of(other)
    right = widened(session, denominator, number_of(denominator)), number_of(denominator)
    scaled = session.cast(product(session, left, right), kind)
    return numerator.sql, scaled, denominator.sql


def _digits(numerator: Value, denominator: Value, other: Value) -> int:
    product_scale = number_of(denominator).scale + number_of(other).scale
    return number_of(numerator).integer_digits + max(number_of(numerator).scale, product_scale)


def _too_wide(numerator: Value, denominator: Value, other: Value) -> bool:
    precision, _ = product_width(number_of(other), number_of(denominator))
    return precision > FEEL_DIGITS or _digits(numerator, denominator, other) > SAFE_DIGITS


def as_number(value: Value) -> Number:
    """Refuses a quotient where a finished number is wanted."""
    if isinstance(value.kind, Quotient):
        raise Refusal(messages.open_division)
    return number_of(value)


def over_one(value: Value) -> Value:
    """A number as a quotient, so that it can be rounded as one."""
    if isinstance(value.kind, Quotient):
        return value
    kind = Quotient(number_of(value), Number(1, 0))
    return replace(value, kind=kind, denominator=trees.integer(1), constant=None)
