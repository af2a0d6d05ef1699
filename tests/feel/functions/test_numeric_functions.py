"""Built-in functions on numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feel.functions.calling import Case, at, outcome
from keyaccount.feel.functions.numeric import modulo

CASES: list[Case] = [
    ("decimal rounds halves to the even neighbour", "decimal", (2.5, 0), 2),
    ("decimal keeps what has fewer digits", "decimal", (1.5, 4), Decimal("1.5")),
    ("decimal cuts off the fraction of a scale", "decimal", (0.515, 2.9), Decimal("0.52")),
    ("decimal rounds before the point by a negative scale", "decimal", (1250, -2), 1200),
    ("floor goes down below zero", "floor", (-1.5,), -2),
    ("floor takes a scale", "floor", (-1.56, 1), Decimal("-1.6")),
    ("ceiling goes up below zero", "ceiling", (-1.5,), -1),
    ("ceiling of a null scale is null", "ceiling", (1.56, None), None),
    ("round up goes away from zero", "round up", (-5.1, 0), -6),
    ("round down goes towards zero", "round down", (-5.9, 0), -5),
    ("round half up goes away from zero", "round half up", (-5.5, 0), -6),
    ("round half down goes towards zero", "round half down", (-5.5, 0), -5),
    ("rounding asks for a scale", "round up", (5.5,), None),
    ("the greatest scale is 6176", "round up", (5.5, 6176), Decimal("5.5")),
    ("a scale of 6177 is null", "round up", (5.5, 6177), None),
    ("a scale of -6112 is null", "round up", (5.5, -6112), None),
    ("abs of a negative number", "abs", (-1.5,), Decimal("1.5")),
    ("abs of a negative duration", "abs", (at("-P1DT1H"),), at("P1DT1H")),
    ("abs of negative months", "abs", (at("-P1Y"),), at("P1Y")),
    ("abs of a date is null", "abs", (at("2024-01-01"),), None),
    ("abs of a boolean is null", "abs", (True,), None),
    ("modulo has the sign of the divisor", "modulo", (-10.1, 4.5), Decimal("3.4")),
    ("modulo by a negative divisor", "modulo", (10.1, -4.5), Decimal("-3.4")),
    ("modulo by zero is null", "modulo", (10, 0), None),
    ("sqrt of a square", "sqrt", (16,), 4),
    ("sqrt below zero is null", "sqrt", (-1,), None),
    ("log of zero is null", "log", (0,), None),
    ("log of one", "log", (1,), 0),
    ("exp of zero", "exp", (0,), 1),
    ("exp out of range is null", "exp", (100_000,), None),
    ("a negative odd number is odd", "odd", (-3,), True),
    ("zero is even", "even", (0,), True),
    ("a number of forty digits is even", "even", (Decimal("1E+40"),), True),
    ("a fraction is not odd", "odd", (2.5,), False),
    ("a fraction is not even", "even", (2.5,), False),
    ("a text is no number", "odd", ("3",), None),
    ("a list of one number is the number", "odd", ([3],), True),
]


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_function(function: str, arguments: tuple[object, ...], expected: object) -> None:
    result = outcome(function, arguments)
    if isinstance(expected, int | Decimal) and not isinstance(expected, bool):
        assert isinstance(result, Decimal)
    assert result == expected
    assert isinstance(result, bool) == isinstance(expected, bool)


NUMBERS = st.decimals(-(10**12), 10**12, places=4)


@given(NUMBERS, NUMBERS.filter(bool))
def test_modulo_is_what_the_floor_of_the_quotient_leaves(
    dividend: Decimal, divisor: Decimal
) -> None:
    exact = Fraction(dividend) - Fraction(divisor) * floor(Fraction(dividend) / Fraction(divisor))
    result = modulo(dividend, divisor)
    assert result is not None
    assert Fraction(result) == exact


@given(NUMBERS, st.integers(-3, 3))
def test_rounding_half_up_is_within_half_a_unit(number: Decimal, scale: int) -> None:
    result = outcome("round half up", (number, scale))
    assert isinstance(result, Decimal)
    unit = Fraction(10) ** -scale
    assert abs(Fraction(result) - Fraction(number)) * 2 <= unit
    assert Fraction(result) / unit == int(Fraction(result) / unit)


@given(NUMBERS, st.integers(-3, 3))
def test_floor_and_ceiling_enclose_the_number(number: Decimal, scale: int) -> None:
    low, high = outcome("floor", (number, scale)), outcome("ceiling", (number, scale))
    assert isinstance(low, Decimal)
    assert isinstance(high, Decimal)
    assert low <= number <= high
    assert Fraction(high) - Fraction(low) in (0, Fraction(10) ** -scale)
