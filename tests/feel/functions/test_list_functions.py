"""Built-in functions on lists, and those that sum lists up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from feel.functions.calling import Case, at, outcome, written
from keyaccount.feel.functions import FUNCTIONS
from keyaccount.feel.types import ANY
from keyaccount.feel.values import FunctionValue, from_python


def of_two(function: Callable[[object, object], object]) -> FunctionValue:
    return FunctionValue((("x", ANY), ("y", ANY)), lambda values: function(values[0], values[1]))


def of_one(function: Callable[[object], object]) -> FunctionValue:
    return FunctionValue((("x", ANY),), lambda values: function(values[0]))


GREATER = of_two(lambda x, y: x > y)  # type: ignore[operator] # called with numbers only
NULL = of_two(lambda _x, _y: None)

CASES: list[Case] = [
    ("a list contains its item", "list contains", ([1, 2], 2), True),
    ("a list contains null", "list contains", ([1, None], None), True),
    ("true is not one", "list contains", ([1], True), False),
    ("a list contains an equal list", "list contains", ([[1, 2]], [1, 2]), True),
    ("null contains nothing", "list contains", (None, 1), None),
    ("count of items, null included", "count", ([1, None],), 2),
    ("count of one value", "count", ("a",), 1),
    ("count of null is null", "count", (None,), None),
    ("min of a list", "min", ([6, 14, -3],), -3),
    ("min of arguments", "min", (6, 14, -3), -3),
    ("min of dates", "min", ([at("2024-03-01"), at("2024-02-29")],), at("2024-02-29")),
    ("min of no items is null", "min", ([],), None),
    ("min of a text and a number is null", "min", ([1, "a"],), None),
    ("min with a null is null", "min", ([1, None, 2],), None),
    ("max of texts", "max", ("a", "c", "b"), "c"),
    ("sum of a list", "sum", ([0.1, 0.2],), Decimal("0.3")),
    ("sum of no items is null", "sum", ([],), None),
    ("sum with a text is null", "sum", ([1, "2"],), None),
    ("sum with a null is null", "sum", ([1, None],), None),
    ("mean", "mean", ([1, 2, 4, 5],), 3),
    ("product", "product", (2, 3, 4), 24),
    ("product of no items is null", "product", ([],), None),
    ("median of an odd count", "median", (8, 2, 5, 3, 4), 4),
    ("median of an even count", "median", ([6, 1, 2, 3],), Decimal("2.5")),
    ("median of no items is null", "median", ([],), None),
    ("stddev of one item is null", "stddev", ([47],), None),
    ("stddev of a sample", "stddev", (1, 3), Decimal("1.414213562373095048801688724209698")),
    ("mode", "mode", ([6, 3, 9, 6, 6],), [6]),
    ("mode of equals is sorted", "mode", ([6, 1, 9, 6, 1],), [1, 6]),
    ("mode of no items", "mode", ([],), []),
    ("all are true", "all", ([True, True],), True),
    ("all of none are true", "all", ([],), True),
    ("false beats null in all", "all", ([None, False],), False),
    ("null beats true in all", "all", ([None, True],), None),
    ("all of a number is null", "all", ([True, 1],), None),
    ("any is true", "any", (False, True), True),
    ("any of none is false", "any", ([],), False),
    ("true beats null in any", "any", ([None, True],), True),
    ("null beats false in any", "any", ([None, False],), None),
    ("sublist from a position", "sublist", ([1, 2, 3], 2), [2, 3]),
    ("sublist from the end", "sublist", ([1, 2, 3], -2, 1), [2]),
    ("sublist beyond the end is null", "sublist", ([1, 2, 3], 2, 3), None),
    ("sublist from position 0 is null", "sublist", ([1, 2, 3], 0), None),
    ("append items", "append", ([1], 2, 3), [1, 2, 3]),
    ("append null", "append", ([1], None), [1, None]),
    ("append a list as one item", "append", ([[1]], [2]), [[1], [2]]),
    ("append to null is null", "append", (None, 1), None),
    ("concatenate lists", "concatenate", ([1], [2, 3]), [1, 2, 3]),
    ("concatenate takes an item for a list", "concatenate", ([1], 2), [1, 2]),
    ("insert before", "insert before", ([1, 3], 1, 2), [2, 1, 3]),
    ("insert before the last", "insert before", ([1, 3], -1, 2), [1, 2, 3]),
    ("insert beyond the end is null", "insert before", ([1, 3], 3, 2), None),
    ("remove", "remove", ([1, 2, 3], 2), [1, 3]),
    ("remove from the end", "remove", ([1, 2, 3], -1), [1, 2]),
    ("remove position 0 is null", "remove", ([1, 2, 3], 0), None),
    ("reverse", "reverse", ([1, 2, 3],), [3, 2, 1]),
    ("index of", "index of", ([1, 2, 3, 2], 2), [2, 4]),
    ("index of null", "index of", ([1, None], None), [2]),
    ("index of what is not there", "index of", ([1], 2), []),
    ("union", "union", ([1, 2], [2, 3]), [1, 2, 3]),
    ("distinct values keep their order", "distinct values", ([2, 1, 2, None, None],), [2, 1, None]),
    ("distinct values take 1 and 1.0 as one", "distinct values", ([1, Decimal("1.0")],), [1]),
    ("distinct values tell true from 1", "distinct values", ([True, 1],), [True, 1]),
    ("distinct contexts", "distinct values", ([{"a": 1}, {"a": 1}],), [{"a": 1}]),
    ("flatten", "flatten", ([1, [2, [3, []]], [[4]]],), [1, 2, 3, 4]),
    ("list replace at a position", "list replace", ([1, 2, 3], 2, 4), [1, 4, 3]),
    ("list replace at 0 is null", "list replace", ([1, 2, 3], 0, 4), None),
    ("list replace with null", "list replace", ([1, 2], 1, None), [None, 2]),
    ("list replace by a function", "list replace", ([1, 9], GREATER, 5), [1, 5]),
    ("list replace by a function of one argument is null", "list replace",
     ([1], of_one(lambda _: True), 5), None),
    ("list replace by a function that gives null is null", "list replace", ([1], NULL, 5), None),
    ("sort by a function", "sort", ([1, 3, 2], GREATER), [3, 2, 1]),
    ("sort in natural order", "sort", (["b", "a"],), ["a", "b"]),
    ("sort by a function that gives null is null", "sort", ([1, 2], NULL), None),
    ("sort of one item asks nothing", "sort", ([1], NULL), [1]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_function(function: str, arguments: tuple[object, ...], expected: object) -> None:
    assert written(outcome(function, arguments)) == written(expected)


def test_sort_leaves_items_of_one_rank_as_they_stand() -> None:
    by_size = of_two(lambda x, y: x["size"] < y["size"])  # type: ignore[index] # contexts
    items = [
        {"size": size, "name": name} for size, name in ((2, "a"), (1, "b"), (2, "c"), (1, "d"))
    ]
    result = outcome("sort", (items, by_size))
    assert isinstance(result, list)
    assert [each["name"] for each in result] == ["b", "d", "a", "c"]


def test_flatten_reaches_the_bottom_of_ten_thousand_lists() -> None:
    nested: list[object] = [from_python(1)]
    for _ in range(10_000):
        nested = [nested]
    assert FUNCTIONS["flatten"](nested) == [1]


def test_a_list_given_is_never_changed() -> None:
    values = [from_python(each) for each in (3, 1, 2)]
    before = list(values)
    for name, more in (("sort", ()), ("reverse", ()), ("median", ()), ("append", (None,))):
        FUNCTIONS[name](values, *more)
    assert values == before
