"""Arithmetic on all kinds of values."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyaccount.feel.operations import (
    add_numbers,
    arithmetic,
    divide_numbers,
    multiply_numbers,
    negate,
    subtract_numbers,
)
from keyaccount.feel.operations.arithmetic import ArithmeticOperator
from keyaccount.feel.types import ANY
from keyaccount.feel.values import (
    DaysAndTimeDuration,
    FunctionValue,
    Range,
    from_python,
    temporal_from_text,
    to_text,
)

# Operands and result by FEEL's text; what reads as a number is one, `"` starts a string.
CASES: list[tuple[str, ArithmeticOperator, str, str | None]] = [
    ("0.1", "+", "0.2", "0.3"),
    ("2024-10-26T02:30:00@Europe/Rome", "+", "P1D", "2024-10-27T02:30:00@Europe/Rome"),
    ("2024-10-26T02:30:00@Europe/Rome", "+", "PT25H", "2024-10-27T02:30:00+01:00"),
    ("2024-10-28T02:30:00@Europe/Rome", "-", "P1D", "2024-10-27T02:30:00+01:00"),
    ("2024-03-30T02:30:00@Europe/Rome", "+", "P1D", "2024-03-31T03:30:00@Europe/Rome"),
    ("1", "/", "3", "0.3333333333333333333333333333333333"),
    ("1", "/", "0", None),
    ("0", "/", "0", None),
    ("5", "**", "-2", "0.04"),
    ("0", "**", "0", "1"),
    ("0", "**", "-1", None),
    ("-4", "**", "0.5", None),
    ("10", "**", "6145", None),
    ('"a', "+", '"b', '"ab'),
    ('"a', "-", '"b', None),
    ("2021-01-31", "+", "P1M", "2021-02-28"),
    ("P1M", "+", "2021-01-31", "2021-02-28"),
    ("2021-01-02", "-", "PT1S", "2021-01-01"),
    ("2021-01-02", "-", "-PT1S", "2021-01-02"),
    ("2021-01-01", "+", "PT36H", "2021-01-02"),
    ("999999999-12-31", "+", "P1D", None),
    ("2021-03-01", "-", "2020-03-01", "P365D"),
    ("2021-01-01T24:00:00", "-", "PT1S", "2021-01-01T23:59:59"),
    ("2021-01-01T10:10:10+11:00", "+", "PT14H", "2021-01-02T00:10:10+11:00"),
    ("2021-03-28T01:30:00@Europe/Paris", "+", "PT1H", "2021-03-28T03:30:00@Europe/Paris"),
    ("2021-03-27T12:00:00@Europe/Paris", "+", "P1D", "2021-03-28T13:00:00@Europe/Paris"),
    ("2021-02-28T12:00:00@Europe/Paris", "+", "P1M", "2021-03-28T12:00:00@Europe/Paris"),
    ("2021-03-28T13:00:00@Europe/Paris", "-", "2021-03-27T12:00:00@Europe/Paris", "P1D"),
    ("2021-01-02T10:10:10@Europe/Paris", "-", "2021-01-01T10:10:10@Asia/Dhaka", "P1DT5H"),
    ("2021-01-02T10:10:10Z", "-", "2021-01-01T10:10:10", None),
    ("2021-01-02T10:10:10Z", "-", "2021-01-01", "P1DT10H10M10S"),
    ("2021-01-02", "-", "2021-01-01T10:10:10+11:00", "P1DT49M50S"),
    ("2021-01-02", "-", "2021-01-01T10:10:10", None),
    ("10:10:10", "-", "11:10:10", "-PT1H"),
    ("10:10:10Z", "-", "10:10:10+01:00", "PT1H"),
    ("10:10:10Z", "-", "10:10:10", None),
    ("23:30:00", "+", "PT1H", "00:30:00"),
    ("10:00:00", "+", "P1Y", None),
    ("P1Y", "-", "P2M", "P10M"),
    ("P1D", "-", "PT2H", "PT22H"),
    ("P1D", "+", "P1Y", None),
    ("-2.5", "*", "P1Y11M", "-P4Y9M"),
    ("P10Y11M", "/", "2.5", "P4Y4M"),
    ("P10DT23H", "/", "2.5", "P4DT9H12M"),
    ("PT0.000000003S", "/", "2", "PT0.000000002S"),
    ("P1D", "/", "0", None),
    ("P10Y", "/", "P4Y", "2.5"),
    ("P10D", "/", "P0D", None),
    ("P10D", "/", "P1Y", None),
    ("1", "/", "P1D", None),
    ("P1D", "*", "1E+30", None),
    ("P0D", "*", "1E+6000", "PT0S"),
]


def value_of(text: str) -> object:
    if text.startswith('"'):
        return text[1:]
    temporal = temporal_from_text(text)
    return from_python(Decimal(text)) if temporal is None else temporal


@pytest.mark.parametrize(("left", "operator", "right", "expected"), CASES)
def test_operation(
    left: str, operator: ArithmeticOperator, right: str, expected: str | None
) -> None:
    result = arithmetic(operator, value_of(left), value_of(right))
    assert (result is None) == (expected is None)
    if expected is not None:
        assert to_text(result) == to_text(value_of(expected))
        assert type(result) is type(value_of(expected))


ODD_ONES: list[object] = [
    None,
    True,
    [from_python(10)],
    {"a": from_python(10)},
    Range(from_python(1), from_python(10), low_closed=True, high_closed=True),
    FunctionValue((("a", ANY),), lambda values: values[0]),
]
KINDS = [
    *ODD_ONES,
    "10",
    *map(value_of, ["10", "2021-01-01", "2021-01-01T10:10:10", "10:10:10", "P1D", "P1Y"]),
]


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "**"])
def test_kinds_without_arithmetic_are_null(operator: ArithmeticOperator) -> None:
    for odd, other in product(ODD_ONES, KINDS):
        assert arithmetic(operator, odd, other) is None
        assert arithmetic(operator, other, odd) is None


def test_negation() -> None:
    for text, negated in (("10", "-10"), ("P1D", "-P1D"), ("-P1Y", "P1Y"), ("0", "0")):
        assert to_text(negate(value_of(text))) == negated
    for value in (*ODD_ONES, "10", value_of("2021-01-01"), value_of("10:10:10")):
        assert negate(value) is None


EXACT = st.decimals(-(10**12), 10**12, places=4)


@given(EXACT, EXACT)
def test_what_fits_34_digits_is_exact(left: Decimal, right: Decimal) -> None:
    one, two = Fraction(left), Fraction(right)
    for operation, exact in (
        (add_numbers, one + two),
        (subtract_numbers, one - two),
        (multiply_numbers, one * two),
    ):
        result = operation(left, right)
        assert result is not None
        assert Fraction(result) == exact


@given(EXACT, EXACT.filter(bool))
def test_division_is_off_by_half_a_unit_of_the_34th_digit_at_most(
    left: Decimal, right: Decimal
) -> None:
    result = divide_numbers(left, right)
    assert result is not None
    exact = Fraction(left) / Fraction(right)
    unit = Fraction(10) ** (result.adjusted() - 33)
    assert abs(Fraction(result) - exact) * 2 <= unit


MOMENTS = st.sampled_from(
    [
        "2024-03-31T00:30:00@Europe/Paris",
        "2024-10-27T01:59:59.5@Europe/Paris",
        "2024-01-01T00:00:00",
        "-4000-01-01T00:00:00Z",
        "12000-07-01T12:00:00@Australia/Melbourne",
    ]
)


@given(MOMENTS, st.integers(-(10**17), 10**17))
def test_what_a_moment_is_shifted_by_is_what_lies_between(text: str, nanos: int) -> None:
    moment, duration = value_of(text), DaysAndTimeDuration(nanos)
    shifted = arithmetic("+", moment, duration)
    between = arithmetic("-", shifted, moment)
    assert isinstance(between, DaysAndTimeDuration)
    # In the hour that comes twice the text alone can't tell which of the two it is.
    assert abs(between.nanos - nanos) in (0, 3_600 * 10**9)
    if "@" not in text:
        assert between == duration
