"""The types of values, and DMN's implicit conversions."""

from __future__ import annotations

import pytest

from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_AND_TIME,
    NULL,
    NUMBER,
    STRING,
    ContextType,
    Enumeration,
    FunctionType,
    ListType,
    RangeType,
    Type,
)
from keyaccount.feel.values import (
    FunctionValue,
    Range,
    conform,
    from_python,
    is_instance,
    temporal_from_text,
    type_of,
)
from keyaccount.feel.values.typing import checker

NUMBERS = ListType(NUMBER)
PERSON = ContextType((("name", STRING), ("age", NUMBER)))
TO_NUMBER = FunctionValue((("x", NUMBER),), lambda values: values[0], NUMBER)
FROM_ONE = Range(from_python(1), None, low_closed=True, high_closed=False)

INSTANCES: list[tuple[str, object, Type, bool]] = [
    ("a number is a number", 1, NUMBER, True),
    ("a boolean is no number", True, NUMBER, False),
    ("anything is of any type", 1, ANY, True),
    ("null is not of any type", None, ANY, False),
    ("null is null", None, NULL, True),
    ("a declared value", "media", Enumeration(("media",)), True),
    ("an undeclared value", "print", Enumeration(("media",)), False),
    ("a list of numbers", [1, 2], NUMBERS, True),
    ("a list of numbers and null", [1, None], NUMBERS, True),
    ("a list of numbers and texts", [1, "a"], NUMBERS, False),
    ("the empty list", [], NUMBERS, True),
    ("a context with more entries", {"name": "a", "age": 1, "x": 2}, PERSON, True),
    ("a context with fewer entries", {"name": "a"}, PERSON, False),
    ("a range with one end", FROM_ONE, RangeType(NUMBER), True),
    ("a range of another kind", FROM_ONE, RangeType(DATE), False),
    ("a function", TO_NUMBER, FunctionType((NUMBER,), ANY), True),
    ("a function of more arguments", TO_NUMBER, FunctionType((NUMBER, NUMBER), ANY), False),
    ("a date is no date and time", temporal_from_text("2024-01-01"), DATE_AND_TIME, False),
]


@pytest.mark.parametrize(
    ("value", "of", "expected"),
    [case[1:] for case in INSTANCES],
    ids=[case[0] for case in INSTANCES],
)
def test_instance(value: object, of: Type, expected: bool) -> None:
    assert is_instance(from_python(value), of) is expected
    if value is not None:
        assert checker(of)(from_python(value)) is expected


CONVERSIONS: list[tuple[str, object, Type, object]] = [
    ("a value of the type", 1, NUMBER, 1),
    ("a list of one to its item", ["a"], STRING, "a"),
    ("a list of two to an item", ["a", "b"], STRING, None),
    ("the empty list to an item", [], STRING, None),
    ("a list of another kind to an item", ["a"], NUMBER, None),
    ("an item to a list of one", 1, NUMBERS, [1]),
    ("an item of another kind to a list", "a", NUMBERS, None),
    ("null to a list", None, NUMBERS, None),
    ("a list with another kind in it", [1, "a"], NUMBERS, None),
    ("a list of one list to a list", [[1, 2]], NUMBERS, None),
    ("a date to its midnight in UTC", temporal_from_text("2024-01-01"), DATE_AND_TIME,
     temporal_from_text("2024-01-01T00:00:00Z")),
    ("a date and time to a date", temporal_from_text("2024-01-01T00:00:00Z"), DATE, None),
    ("a context that lacks an entry", {"name": "a"}, PERSON, None),
    ("anything stays as it is", ["a"], ANY, ["a"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "to", "expected"),
    [case[1:] for case in CONVERSIONS],
    ids=[case[0] for case in CONVERSIONS],
)
def test_implicit_conversion(value: object, to: Type, expected: object) -> None:
    assert conform(from_python(value), to) == from_python(expected)


def test_types_of_values() -> None:
    assert type_of(from_python([1, 2])) == NUMBERS
    assert type_of(from_python([1, "a"])) == ListType(ANY)
    assert type_of([]) == ListType(NULL)
    assert type_of(from_python({"a": True})) == ContextType((("a", BOOLEAN),))
    assert type_of(FROM_ONE) == RangeType(NUMBER)
    assert type_of(TO_NUMBER) == FunctionType((NUMBER,), NUMBER)
    assert type_of(None) == NULL
