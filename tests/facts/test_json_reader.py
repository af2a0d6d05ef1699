from __future__ import annotations

import json
from decimal import Decimal

import pytest

from keyaccount.facts.json_reader import DuplicateKeyError, loads


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5000000.10", "5000000.10"),
        ("19.9999999999999", "19.9999999999999"),
        ("0.1", "0.1"),
        ("1e3", "1E+3"),
        ("-0", "-0"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_numbers_keep_every_digit(text: str, number: str) -> None:
    read = loads(text)
    assert isinstance(read, Decimal)
    assert str(read) == number


@pytest.mark.parametrize("text", ["NaN", "Infinity", "[-Infinity]"])
def test_numbers_that_json_does_not_have_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a JSON number"):
        loads(text)


def test_a_name_given_twice_is_refused_and_named() -> None:
    with pytest.raises(DuplicateKeyError) as caught:
        loads('{"a": 1, "b": {"c": 1, "c": 2}}')
    assert caught.value.key == "c"


def test_what_is_no_json_says_where() -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        loads('{"a": }')
    assert caught.value.pos == 6
