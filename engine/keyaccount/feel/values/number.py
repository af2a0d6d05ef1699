"""FEEL numbers: decimals of 34 digits, rounded half to even.

Source: DMN 1.5, 10.3.2.3.1 (the value space of IEEE 754-2008 decimal128).
"""

from __future__ import annotations

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

# What raises here is null in FEEL; all other signals (inexact, subnormal) are plain results.
CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)

# The same range, wide enough to divide or take roots without a second rounding.
WIDE_CONTEXT = Context(
    prec=120,
    rounding=ROUND_HALF_EVEN,
    Emin=-999999,
    Emax=999999,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)

ZERO = Decimal(0)
ONE = Decimal(1)

# Numbers under 10**MAX_DIGITS in size may become Python integers; beyond it lies only abuse.
_MAX_DIGITS = 40


def number_from_text(text: str) -> Decimal | None:
    """The number that a FEEL literal or an XSD decimal writes, rounded to 34 digits.

    Returns:
        None where the text isn't a number: only ASCII digits, a point, a sign
        and an exponent count; no `NaN`, no `Infinity`, no spaces, no `_`.
    """
    if not text.isascii() or not text.replace(".", "", 1).lstrip("+-")[:1].isdigit():
        return None
    if "_" in text or text != text.strip():
        return None
    try:
        return CONTEXT.create_decimal(text)
    except DecimalException:
        return None


def rounded(value: Decimal) -> Decimal | None:
    """A decimal as FEEL holds it: 34 digits; None for NaN, infinity and what is out of range."""
    if not value.is_finite():
        return None
    try:
        return CONTEXT.plus(value)
    except DecimalException:
        return None


def number_text(value: Decimal) -> str:
    """The number as FEEL's `string()` writes it: plain, no exponent, no idle zeros.

    Equal numbers have equal texts: `1.50` and `1.5` are one number.
    """
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def truncated(value: Decimal) -> int | None:
    """The whole part, towards zero; None where it is too large for an index or a count."""
    if value.adjusted() > _MAX_DIGITS:
        return None
    return int(value)


def whole(value: Decimal) -> int | None:
    """The number as an integer; None where it has a fraction or is too large."""
    integer = truncated(value)
    return integer if integer is not None and integer == value else None
