"""How a call finds its signature, and what types are known beforehand."""

from __future__ import annotations

import pytest

from keyaccount.feel import types
from keyaccount.feel.functions import FUNCTIONS
from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_AND_TIME,
    NULL,
    NUMBER,
    STRING,
    Enumeration,
    FunctionType,
    ListType,
    Type,
)

RESULTS: list[tuple[str, str, tuple[Type, ...], Type]] = [
    ("min of numbers", "min", (ListType(NUMBER),), NUMBER),
    ("min of arguments", "min", (NUMBER, NUMBER), NUMBER),
    ("max of dates", "max", (ListType(DATE),), DATE),
    ("list contains", "list contains", (ListType(STRING), Enumeration(("a",))), BOOLEAN),
    ("append of one kind", "append", (ListType(NUMBER), NUMBER), ListType(NUMBER)),
    ("append of two kinds", "append", (ListType(NUMBER), STRING), ListType(ANY)),
    ("concatenate", "concatenate", (ListType(NUMBER), ListType(NUMBER)), ListType(NUMBER)),
    ("flatten", "flatten", (ListType(ListType(DATE)),), ListType(DATE)),
    ("split", "split", (STRING, STRING), ListType(STRING)),
    ("abs of a number", "abs", (NUMBER,), NUMBER),
    ("abs of anything", "abs", (ANY,), ANY),
    ("date of anything", "date", (ANY,), DATE),
    ("date of a text", "date", (STRING,), DATE),
    ("upper case of anything", "upper case", (ANY,), STRING),
    ("what no signature takes", "upper case", (NUMBER,), NULL),
    ("sum of one number", "sum", (NUMBER,), NUMBER),
]


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [case[1:] for case in RESULTS],
    ids=[case[0] for case in RESULTS],
)
def test_result_type(function: str, arguments: tuple[Type, ...], expected: Type) -> None:
    assert FUNCTIONS[function].result_type(arguments) == expected


FITTING: list[tuple[str, str, tuple[Type, ...], bool]] = [
    ("a text for a number", "abs", (STRING,), False),
    ("anything for a number", "abs", (ANY,), True),
    ("a list of numbers for a number", "abs", (ListType(NUMBER),), True),
    ("a number for a list", "count", (NUMBER,), True),
    ("a date for a date and time", "date and time", (DATE, types.TIME), True),
    ("a date and time for a date", "day of week", (DATE_AND_TIME,), True),
    ("too many arguments", "abs", (NUMBER, NUMBER), False),
    ("null for anything", "abs", (NULL,), True),
    ("a function of two arguments to sort by", "sort",
     (ListType(NUMBER), FunctionType((NUMBER, NUMBER), BOOLEAN)), True),
    ("a function of one argument to sort by", "sort",
     (ListType(NUMBER), FunctionType((NUMBER,), BOOLEAN)), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [case[1:] for case in FITTING],
    ids=[case[0] for case in FITTING],
)
def test_types_that_may_be_taken(
    function: str, arguments: tuple[Type, ...], expected: bool
) -> None:
    assert FUNCTIONS[function].may_take(arguments) is expected


def test_arguments_by_name_come_in_the_order_of_the_parameters() -> None:
    found = FUNCTIONS["substring"].by_names(["length", "string", "start position"])
    assert found is not None
    assert found[1] == (1, 2, 0)


def test_names_tell_signatures_apart() -> None:
    found = FUNCTIONS["context put"].by_names(["context", "key", "value"])
    assert found is not None
    assert found[0]({}, ["a"], None) == {"a": None}
    assert found[0]({}, ["a", "b"], None) is None


@pytest.mark.parametrize(
    "names",
    [["number"], ["n", "scale", "more"], ["scale"], []],
    ids=["other", "more", "less", "none"],
)
def test_names_that_no_signature_has(names: list[str]) -> None:
    assert FUNCTIONS["floor"].by_names(names) is None


def test_every_function_of_the_standard_is_there() -> None:
    standard = """
    date|date and time|time|number|string|duration|years and months duration|range|not|substring|
    string length|upper case|lower case|substring before|substring after|replace|contains|
    starts with|ends with|matches|split|string join|list contains|count|min|max|sum|mean|all|any|
    sublist|append|concatenate|insert before|remove|list replace|reverse|index of|union|
    distinct values|flatten|product|median|stddev|mode|decimal|floor|ceiling|round up|round down|
    round half up|round half down|abs|modulo|sqrt|log|exp|odd|even|is|before|after|meets|met by|
    overlaps|overlaps before|overlaps after|finishes|finished by|includes|during|starts|started by|
    coincides|day of year|day of week|month of year|week of year|sort|get value|get entries|
    context|context put|context merge
    """
    names = {each.strip() for each in standard.split("|")}
    assert names == set(FUNCTIONS)
