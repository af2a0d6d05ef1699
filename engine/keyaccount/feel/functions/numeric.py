"""Built-in functions on numbers.

Source: DMN 1.5, 10.3.4.5 (table 75).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)

from keyaccount.feel.functions.builtin import Builtin, function, overloaded, signature
from keyaccount.feel.types import (
    BOOLEAN,
    DAYS_AND_TIME_DURATION,
    NUMBER,
    YEARS_AND_MONTHS_DURATION,
)
from keyaccount.feel.values.duration import DaysAndTimeDuration, YearsAndMonthsDuration
from keyaccount.feel.values.number import CONTEXT, ONE, WIDE_CONTEXT, ZERO, rounded, truncated

# The exponents that decimal128 can write (10.3.4.5).
MIN_SCALE, MAX_SCALE = -6111, 6176
_TWO = Decimal(2)


def round_to(number: Decimal, scale: Decimal, rounding: str) -> Decimal | None:
    """The number with `scale` digits after the point, negative scales before it.

    Returns:
        None for a scale beyond -6111 to 6176, and for a result out of range.
    """
    places = truncated(scale)
    if places is None or not MIN_SCALE <= places <= MAX_SCALE:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        return number
    unit = ONE.scaleb(-places, WIDE_CONTEXT)
    return rounded(number.quantize(unit, rounding, WIDE_CONTEXT))


def _rounding(mode: str) -> Callable[[Decimal, Decimal], Decimal | None]:
    return lambda number, scale: round_to(number, scale, mode)


def floor(number: Decimal, scale: Decimal = ZERO) -> Decimal | None:
    """Towards minus infinity."""
    return round_to(number, scale, ROUND_FLOOR)


def ceiling(number: Decimal, scale: Decimal = ZERO) -> Decimal | None:
    """Towards plus infinity."""
    return round_to(number, scale, ROUND_CEILING)


def modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """`dividend - divisor * floor(dividend / divisor)`: it has the divisor's sign; null for 0."""
    try:
        rest = WIDE_CONTEXT.remainder(dividend, divisor)
    except DecimalException:
        return None
    if rest and (rest < 0) != (divisor < 0):
        rest = WIDE_CONTEXT.add(rest, divisor)
    return rounded(rest)


def square_root(number: Decimal) -> Decimal | None:
    """The root, to 34 digits; null below 0."""
    return None if number < 0 else CONTEXT.sqrt(number)


def logarithm(number: Decimal) -> Decimal | None:
    """The natural logarithm, to 34 digits; null at 0 and below."""
    return CONTEXT.ln(number) if number > 0 else None


def exponential(number: Decimal) -> Decimal | None:
    """Euler's number to that power, to 34 digits; null where it is out of range."""
    try:
        return CONTEXT.exp(number)
    except DecimalException:
        return None


def odd(number: Decimal) -> bool:
    """Whether it is an odd integer."""
    return _parity(number) == 1


def even(number: Decimal) -> bool:
    """Whether it is an even integer."""
    return _parity(number) == 0


def _parity(number: Decimal) -> Decimal | None:
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0:
        return ZERO
    return abs(WIDE_CONTEXT.remainder(number, _TWO))


def _absolute_days(duration: DaysAndTimeDuration) -> DaysAndTimeDuration:
    return DaysAndTimeDuration(abs(duration.nanos))


def _absolute_months(duration: YearsAndMonthsDuration) -> YearsAndMonthsDuration:
    return YearsAndMonthsDuration(abs(duration.months))


_N, _SCALE, _NUMBER = ("n", NUMBER), ("scale", NUMBER), ("number", NUMBER)

NUMERIC_FUNCTIONS: tuple[Builtin, ...] = (
    function("decimal", _rounding(ROUND_HALF_EVEN), NUMBER, _N, _SCALE),
    function("floor", floor, NUMBER, _N, _SCALE, optional=1),
    function("ceiling", ceiling, NUMBER, _N, _SCALE, optional=1),
    function("round up", _rounding(ROUND_UP), NUMBER, _N, _SCALE),
    function("round down", _rounding(ROUND_DOWN), NUMBER, _N, _SCALE),
    function("round half up", _rounding(ROUND_HALF_UP), NUMBER, _N, _SCALE),
    function("round half down", _rounding(ROUND_HALF_DOWN), NUMBER, _N, _SCALE),
    overloaded(
        "abs",
        signature(CONTEXT.abs, NUMBER, _N),
        signature(_absolute_days, DAYS_AND_TIME_DURATION, ("n", DAYS_AND_TIME_DURATION)),
        signature(_absolute_months, YEARS_AND_MONTHS_DURATION, ("n", YEARS_AND_MONTHS_DURATION)),
    ),
    function("modulo", modulo, NUMBER, ("dividend", NUMBER), ("divisor", NUMBER)),
    function("sqrt", square_root, NUMBER, _NUMBER),
    function("log", logarithm, NUMBER, _NUMBER),
    function("exp", exponential, NUMBER, _NUMBER),
    function("odd", odd, BOOLEAN, _NUMBER),
    function("even", even, BOOLEAN, _NUMBER),
)
