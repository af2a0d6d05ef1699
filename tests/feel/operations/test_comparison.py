"""Comparisons, membership and paths."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feel.operations.test_arithmetic import KINDS, value_of
from keyaccount.feel.operations import (
    by_condition,
    by_position,
    compare,
    equal,
    greater,
    in_range,
    in_test,
    less,
    make_range,
    path,
)
from keyaccount.feel.operations.comparison import ComparisonOperator, equality_key
from keyaccount.feel.values import Range, from_python, to_text
from keyaccount.feel.values.range import RangeOperator, comparison_range

ORDERED = [
    ("1", "2"),
    ("-1E+3", "0.5"),
    ('"a', '"b'),
    ('"a', '"aa'),
    ('"\uffff', '"🐎'),
    ("-0044-03-15", "2024-01-01"),
    ("9999-12-31", "10000-01-01"),
    ("10:30:00", "10:30:01"),
    ("10:30:00+02:00", "10:30:00Z"),
    ("2024-01-01T10:00:00+02:00", "2024-01-01T10:00:00@Europe/Paris"),
    ("2024-01-01T10:00:00", "2024-01-01T10:00:01"),
    ("P1D", "PT25H"),
    ("P11M", "P1Y"),
]


@pytest.mark.parametrize(("low", "high"), ORDERED)
def test_order(low: str, high: str) -> None:
    one, two = value_of(low), value_of(high)
    expected = {"=": False, "!=": True, "<": True, "<=": True, ">": False, ">=": False}
    turned = {"=": False, "!=": True, "<": False, "<=": False, ">": True, ">=": True}
    assert {each: compare(each, one, two) for each in OPERATORS} == expected
    assert {each: compare(each, two, one) for each in OPERATORS} == turned
    itself = {"=": True, "!=": False, "<": False, "<=": True, ">": False, ">=": True}
    assert {each: compare(each, one, one) for each in OPERATORS} == itself


SMALL_VALUES = st.recursive(
    st.sampled_from(
        [
            None,
            True,
            "1",
            *map(value_of, ["1", "1.0", "0", "10:00:00", "10:00:00Z", "11:00:00+01:00", "P1D"]),
            *map(value_of, ["PT24H", "P1Y", "2024-01-01", "2024-01-01T00:00:00Z"]),
            comparison_range("<", Decimal(1)),
            comparison_range("<", Decimal("1.0")),
        ]
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("a"), inner),
    max_leaves=3,
)


@given(SMALL_VALUES, SMALL_VALUES)
def test_equal_values_and_no_others_share_a_key(one: object, other: object) -> None:
    assert (equality_key(one) == equality_key(other)) is (equal(one, other) is True)


OPERATORS: tuple[ComparisonOperator, ...] = ("=", "!=", "<", "<=", ">", ">=")

EQUAL = [
    ("1", "1.00"),
    ("P1D", "PT24H"),
    ("P1Y", "P12M"),
    ("10:30:00Z", "10:30:00+00:00"),
    ("10:30:00.0001", "10:30:00.0002"),
    ("2018-10-08T00:00:00+02:00", "2018-10-08T00:00:00@Europe/Paris"),
    ("2002-04-02T12:00:00-01:00", "2002-04-02T17:00:00+04:00"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal(left: str, right: str) -> None:
    assert equal(value_of(left), value_of(right)) is True


def test_kinds_do_not_compare_with_each_other() -> None:
    for index, one in enumerate(KINDS):
        for other in KINDS[index + 1 :]:
            null = one is None or other is None
            assert equal(one, other) is (False if null else None)
            assert compare("!=", one, other) is (True if null else None)
            assert less(one, other) is None
            assert greater(other, one) is None


def test_a_local_time_does_not_compare_with_another() -> None:
    for local, other in (
        ("10:00:00", "10:00:00Z"),
        ("2024-01-01T00:00:00", "2024-01-01T00:00:00Z"),
    ):
        assert equal(value_of(local), value_of(other)) is None
        assert less(value_of(local), value_of(other)) is None


DEEP = [
    ([1, [2, 3]], [1, [2, 3]], True),
    ([1, 2], [2, 1], False),
    ([1], [1, 1], False),
    ([1], [True], False),
    ([None], [None], True),
    ({"a": 1, "b": [2]}, {"b": [2], "a": 1}, True),
    ({"a": 1}, {"a": 1, "b": None}, False),
    ({"a": 1}, {"b": 1}, False),
    ([], {}, None),
    ([], None, False),
]


@pytest.mark.parametrize(("left", "right", "expected"), DEEP)
def test_equality_goes_deep(left: object, right: object, expected: bool | None) -> None:
    assert equal(from_python(left), from_python(right)) is expected


def ends(low: object, high: object, brackets: str = "[]") -> Range:
    return Range(
        from_python(low), from_python(high), low_closed=brackets[0] == "[",
        high_closed=brackets[1] == "]",
    )  # fmt: skip


def beyond(operator: RangeOperator, bound: object) -> Range:
    return comparison_range(operator, from_python(bound))


MEMBERSHIP: dict[str, tuple[object, object, bool | None]] = {
    "a closed start": (1, ends(1, 2), True),
    "an open start": (1, ends(1, 2, "(]"), False),
    "a closed end": (2, ends(1, 2), True),
    "an open end": (2, ends(1, 2, "[)"), False),
    "null in a range": (None, ends(1, 2), None),
    "another kind in a range": ("a", ends(1, 2), None),
    "a null end": (5, ends(None, 10, "(]"), None),
    "no end": (5, beyond(">=", 5), True),
    "under an end": (5, beyond("<", 5), False),
    "all but one": (5, beyond("!=", 5), False),
    "just one": (5, beyond("=", 5), True),
    "an item of a list": (1, [2, 1], True),
    "no item of a list": (1, [2, 3], False),
    "a list of ranges": (1, [ends(2, 4), ends(1, 3)], True),
    "a list of other kinds": (True, [False, 2, 3], False),
    "a list in a list of lists": ([1], [[2], [1]], True),
    "a list not in a list of lists": ([1, 2], [[1], [2]], False),
    "a list in itself": ([1, 2], [1, 2], True),
    "a value in itself": ("a", "a", True),
    "null in a list": (None, [1, None], True),
}


@pytest.mark.parametrize(("value", "test", "expected"), MEMBERSHIP.values(), ids=MEMBERSHIP.keys())
def test_in(value: object, test: object, expected: bool | None) -> None:
    assert in_test(from_python(value), from_python(test)) is expected


def test_ranges_are_equal_as_they_are_written() -> None:
    assert equal(ends(1, 2), ends(1, 2)) is True
    assert equal(ends(1, 2), ends(1, 2, "[)")) is False
    assert equal(beyond("<", 10), ends(None, 10, "()")) is False
    assert equal(beyond("=", 10), ends(10, 10)) is False
    assert equal(beyond("<", 10), beyond("<", 10)) is True


def test_a_range_that_cannot_be() -> None:
    one, two = from_python(1), from_python(2)
    assert make_range(two, one, low_closed=True, high_closed=True) is None
    assert make_range(one, "a", low_closed=True, high_closed=True) is None
    assert make_range(None, one, low_closed=False, high_closed=True) == ends(None, 1, "(]")


@given(st.integers(), st.integers(), st.integers())
def test_a_range_holds_what_lies_between(value: int, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert in_range(from_python(value), ends(low, high)) is (low <= value <= high)
    assert in_range(from_python(value), ends(low, high, "()")) is (low < value < high)


MOMENT = "2018-12-10T10:30:01.5+05:00"
PATHS = [
    ("2018-12-10", "year", "2018"),
    ("2018-12-10", "month", "12"),
    ("2018-12-10", "day", "10"),
    ("2018-12-10", "weekday", "1"),
    ("2018-12-10", "hour", None),
    (MOMENT, "weekday", "1"),
    (MOMENT, "hour", "10"),
    (MOMENT, "minute", "30"),
    (MOMENT, "second", "1.5"),
    (MOMENT, "time offset", "PT5H"),
    (MOMENT, "timezone", None),
    ("2018-07-10T10:30:00@Europe/Paris", "timezone", "Europe/Paris"),
    ("2018-07-10T10:30:00@Europe/Paris", "time offset", "PT2H"),
    ("10:30:00", "time offset", None),
    ("10:30:00@Europe/Paris", "time offset", "PT1H"),
    ("10:30:00@Australia/Melbourne", "time offset", "PT10H"),
    ("-P1DT2H3M4.5S", "days", "-1"),
    ("-P1DT2H3M4.5S", "hours", "-2"),
    ("-P1DT2H3M4.5S", "minutes", "-3"),
    ("-P1DT2H3M4.5S", "seconds", "-4.5"),
    ("P1D", "years", None),
    ("-P1Y2M", "years", "-1"),
    ("-P1Y2M", "months", "-2"),
    ("P1Y", "days", None),
    ("1", "year", None),
]


@pytest.mark.parametrize(("base", "name", "expected"), PATHS)
def test_path(base: str, name: str, expected: str | None) -> None:
    assert to_text(path(value_of(base), name)) == expected


def test_paths_of_other_values() -> None:
    assert path(from_python({"a": 1}), "a") == 1
    assert path(from_python({"a": 1}), "b") is None
    assert path(from_python([{"a": 1}, {"b": 2}, 3]), "a") == from_python([1, None, None])
    closed_end = ends(1, 10, "(]")
    parts = {name: path(closed_end, name) for name in ("start", "end")}
    assert parts == {"start": 1, "end": 10}
    assert path(closed_end, "start included") is False
    assert path(closed_end, "end included") is True
    assert path(None, "a") is None


def test_positions_in_lists() -> None:
    values: list[object] = ["a", "b", "c"]
    places = {
        "1": "a",
        "3": "c",
        "-1": "c",
        "-3": "a",
        "0": None,
        "4": None,
        "-4": None,
        "2.9": "b",
    }
    for place, expected in places.items():
        assert by_position(values, Decimal(place)) == expected
    assert by_position(values, Decimal("1E+6000")) is None


def test_a_filter_keeps_what_is_true_alone() -> None:
    values: list[object] = [True, None, False, "a"]
    assert by_condition(values, lambda value: value) == [True]
