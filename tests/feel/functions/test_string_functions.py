"""Built-in functions on strings, those with regular expressions apart."""

from __future__ import annotations

import pytest

from feel.functions.calling import Case, outcome, written

CASES: list[Case] = [
    ("substring from a position", "substring", ("foobar", 3), "obar"),
    ("substring of a length", "substring", ("foobar", 3, 3), "oba"),
    ("substring counts from the end", "substring", ("foobar", -2, 1), "a"),
    ("substring cuts off fractions", "substring", ("foobar", 3, 3.8), "oba"),
    ("substring from position 0 is null", "substring", ("foobar", 0), None),
    ("substring from beyond the end is null", "substring", ("foobar", 7), None),
    ("substring of no length is null", "substring", ("foobar", 3, 0), None),
    (
        "substring takes a character beyond the basic plane as one",
        "substring",
        ("a🐎b", 2, 1),
        "🐎",
    ),
    ("string length counts characters", "string length", ("大🐎",), 2),
    ("upper case", "upper case", ("aBc4",), "ABC4"),
    ("lower case", "lower case", ("aBc4",), "abc4"),
    ("upper case of a list of one", "upper case", (["bob"],), "BOB"),
    ("upper case of null is null", "upper case", (None,), None),
    ("substring before a match", "substring before", ("foobar", "bar"), "foo"),
    ("substring before no match is empty", "substring before", ("foobar", "x"), ""),
    ("substring before nothing is empty", "substring before", ("foobar", ""), ""),
    ("substring after the first match", "substring after", ("foobar", "o"), "obar"),
    ("substring after no match is empty", "substring after", ("foobar", "x"), ""),
    ("substring after nothing is all", "substring after", ("foobar", ""), "foobar"),
    ("contains", "contains", ("foobar", "ob"), True),
    ("contains not", "contains", ("foobar", "of"), False),
    ("starts with", "starts with", ("foobar", "fo"), True),
    ("ends with", "ends with", ("foobar", "r"), True),
    ("string join", "string join", (["a", "b"], " and "), "a and b"),
    ("string join leaves nulls out", "string join", (["a", None, "c"], "X"), "aXc"),
    ("string join with a null delimiter", "string join", (["a", "b"], None), "ab"),
    ("string join of no strings is empty", "string join", ([],), ""),
    ("string join of numbers is null", "string join", ([1, 2], "X"), None),
    ("string join of a text", "string join", ("a", "X"), "a"),
    ("one argument too many is null", "string length", ("a", "b"), None),
]


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_function(function: str, arguments: tuple[object, ...], expected: object) -> None:
    assert written(outcome(function, arguments)) == written(expected)
