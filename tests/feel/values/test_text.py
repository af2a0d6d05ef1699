"""Values from text and to text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyaccount.feel.types import ANY
from keyaccount.feel.values import (
    FunctionValue,
    Range,
    temporal_from_text,
    to_text,
)
from keyaccount.feel.values.number import CONTEXT, number_from_text, number_text
from keyaccount.feel.values.range import comparison_range

CANONICAL = [
    "2024-02-29",
    "-0044-03-15",
    "0000-01-01",
    "123456-01-01",
    "-999999999-12-31",
    "11:22:33",
    "11:22:33.5",
    "11:22:33.123456789Z",
    "11:22:33+02:00",
    "11:22:33-02:45:55",
    "11:22:33@Asia/Shanghai",
    "2024-02-29T00:00:00",
    "-2021-01-01T10:10:10+11:00",
    "2024-02-29T11:22:33.001@Europe/Paris",
    "P1D",
    "P1DT2H3M4.5S",
    "-PT0.000000001S",
    "PT0S",
    "P1Y2M",
    "-P3M",
    "P5Y",
    "P0M",
]


@pytest.mark.parametrize("text", CANONICAL)
def test_text_comes_back(text: str) -> None:
    assert to_text(temporal_from_text(text)) == text


WRITTEN_SHORTER = [
    ("11:22:33-00:00", "11:22:33Z"),
    ("11:22:33z", "11:22:33Z"),
    ("11:22:33.500", "11:22:33.5"),
    ("24:00:00", "00:00:00"),
    ("2023-12-31T24:00:00", "2024-01-01T00:00:00"),
    ("PT36H", "P1DT12H"),
    ("P26M", "P2Y2M"),
    ("-P0D", "PT0S"),
    ("-P0Y", "P0M"),
    ("PT90S", "PT1M30S"),
]


@pytest.mark.parametrize(("text", "shorter"), WRITTEN_SHORTER)
def test_text_is_written_in_one_way(text: str, shorter: str) -> None:
    assert to_text(temporal_from_text(text)) == shorter


NO_VALUES = {
    "nothing": "",
    "a word": "foo",
    "a day that is not": "2023-02-29",
    "a year of three digits": "998-12-31",
    "a year with an idle zero": "01211-12-31",
    "a year too far": "1000000000-01-01",
    "a date with a plus": "+2024-01-01",
    "a date with slashes": "2024/01/01",
    "an hour of one digit": "7:00:00",
    "a time without seconds": "07:00",
    "a leap second": "23:59:60",
    "an hour too late": "24:00:01",
    "an offset of one digit": "13:20:00+5:00",
    "an offset too wide": "13:20:00+18:01",
    "an offset of sixty minutes": "13:20:00+05:60",
    "an unknown zone": "13:20:00@xyz/abc",
    "a zone out of the zone database": "13:20:00@../etc/passwd",
    "a time finer than a nanosecond": "11:22:33.1234567891",
    "a date with an empty time": "2024-01-01T",
    "a duration of nothing": "P",
    "a duration of no time": "P1DT",
    "a duration of both kinds": "P1M1D",
    "a duration with its parts turned": "PT1S1M",
    "a duration with a sign inside": "P-1D",
    "a duration of a fraction of a day": "P1.5D",
    "a duration longer than the calendar": "P99999999999999Y",
    "digits of another script": "٢٠٢٤-01-01",
    "a line break behind": "2024-01-01\n",
}


@pytest.mark.parametrize("text", NO_VALUES.values(), ids=NO_VALUES.keys())
def test_text_that_is_no_value(text: str) -> None:
    assert temporal_from_text(text) is None


NUMBERS = [
    ("20", "20"),
    ("-0", "0"),
    ("0.00", "0"),
    ("1.50", "1.5"),
    (".5", "0.5"),
    ("1.20E3", "1200"),
    ("1E-7", "0.0000001"),
    ("12345678901234567890123456789012345", "12345678901234567890123456789012340"),
]


@pytest.mark.parametrize(("text", "written"), NUMBERS)
def test_a_number_is_written_plain(text: str, written: str) -> None:
    number = number_from_text(text)
    assert number is not None
    assert number_text(number) == written


@pytest.mark.parametrize(
    "text",
    ["", "NaN", "Infinity", "-inf", "1_000", " 1", "1 ", "1,5", "0x1", "--1", "٣", "1E99999"],
)
def test_text_that_is_no_number(text: str) -> None:
    assert number_from_text(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False).map(CONTEXT.plus))
def test_a_number_comes_back_from_its_text(number: Decimal) -> None:
    assert number_from_text(number_text(number)) == number


@given(st.decimals(-(10**6), 10**6, places=6))
def test_equal_numbers_have_one_text(number: Decimal) -> None:
    assert number_text(number) == number_text(number.normalize())


OTHERS = {
    "null": (None, None),
    "true": (True, "true"),
    "a text as it is": ('say "hi"', 'say "hi"'),
    "a text in a list": (['say "hi"'], '["say \\"hi\\""]'),
    "a list in a list": ([[], [None]], "[[], [null]]"),
    "a context": ({"a": Decimal(1), "b c": "x", "1d": None}, '{a: 1, b c: "x", "1d": null}'),
    "a range": (Range(Decimal(1), Decimal(2), low_closed=True, high_closed=False), "[1..2)"),
    "a comparison": (comparison_range(">=", Decimal(1)), "(>= 1)"),
    "a function": (FunctionValue((("x", ANY),), lambda _: None), "function(x)"),
}


@pytest.mark.parametrize(("value", "text"), OTHERS.values(), ids=OTHERS.keys())
def test_other_values_to_text(value: object, text: str | None) -> None:
    assert to_text(value) == text
