"""Built-in functions that take lists apart and put them together.

Source: DMN 1.5, 10.3.4.4 (table 74) and 10.3.4.8 (sort).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from functools import cmp_to_key

from keyaccount.feel.budget import spend, spend_on_list
from keyaccount.feel.functions import results
from keyaccount.feel.functions.builtin import Builtin, Parameter, function, overloaded, signature
from keyaccount.feel.operations.comparison import equality_key, less, same
from keyaccount.feel.operations.lists import position
from keyaccount.feel.types import ANY, BOOLEAN, NUMBER, FunctionType, ListType
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.number import truncated


def list_contains(values: list[object], element: object) -> bool:
    """Whether an item equals the element."""
    return any(same(each, element) for each in values)


def count(values: list[object]) -> Decimal:
    """How many items."""
    return Decimal(len(values))


def sublist(
    values: list[object], start: Decimal, length: Decimal | None = None
) -> list[object] | None:
    """From a position, all or `length` items; null where the list hasn't as many."""
    index = position(start, len(values))
    if index is None:
        return None
    if length is None:
        return values[index:]
    number = truncated(length)
    if number is None or not 0 <= number <= len(values) - index:
        return None
    return values[index : index + number]


def append(values: list[object], *items: object) -> list[object]:
    """The list, then the items."""
    return [*values, *items]


def concatenate(*lists: list[object]) -> list[object]:
    """All lists, one after another."""
    spend_on_list(sum(map(len, lists)))
    return [item for each in lists for item in each]


def insert_before(values: list[object], place: Decimal, new_item: object) -> list[object] | None:
    """The list with an item put in at a position; null where the list has no such place."""
    index = position(place, len(values))
    return None if index is None else [*values[:index], new_item, *values[index:]]


def remove(values: list[object], place: Decimal) -> list[object] | None:
    """The list without the item at a position; null where the list has no such place."""
    index = position(place, len(values))
    return None if index is None else values[:index] + values[index + 1 :]


def reverse(values: list[object]) -> list[object]:
    """From the last to the first."""
    return values[::-1]


def index_of(values: list[object], match: object) -> list[object]:
    """The positions, from 1, of the items that equal the match."""
    return [Decimal(index) for index, each in enumerate(values, 1) if same(each, match)]


def distinct_values(values: Iterable[object]) -> list[object]:
    """The items without repetition, each where it first stands."""
    first: dict[Hashable, object] = {}
    for value in values:
        first.setdefault(equality_key(value), value)
    return list(first.values())


def union(*lists: list[object]) -> list[object]:
    """The items of all lists without repetition."""
    return distinct_values(concatenate(*lists))


def flatten(values: list[object]) -> list[object]:
    """The items of nested lists, in order, however deep they stand."""
    flat: list[object] = []
    waiting = [iter(values)]
    while waiting:
        for item in waiting[-1]:
            if isinstance(item, list):
                spend(1 + (len(item) >> 2))
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    return flat


def list_replace_at(values: list[object], place: Decimal, new_item: object) -> list[object] | None:
    """The list with another item at a position; null where the list has no such place."""
    index = position(place, len(values))
    return None if index is None else [*values[:index], new_item, *values[index + 1 :]]


def list_replace_matching(
    values: list[object], match: FunctionValue, new_item: object
) -> list[object] | None:
    """The list with another item wherever `match(item, newItem)` is true.

    Null where the function doesn't take two arguments or gives no boolean.
    """
    if match.arity != 2:
        return None
    replaced = []
    for value in values:
        matches = match(value, new_item)
        if not isinstance(matches, bool):
            return None
        replaced.append(new_item if matches else value)
    return replaced


def sort(values: list[object], precedence: FunctionValue | None = None) -> list[object] | None:
    """In order of `precedence(a, b)`, or of `<`; items that neither precede stay as they stand.

    Null where the function doesn't take two arguments or gives no boolean.
    """
    if precedence is None:
        return _sorted(values, less)
    return _sorted(values, precedence) if precedence.arity == 2 else None


class _NoOrder(Exception):  # noqa: N818 - never leaves this module
    """Two items that the precedence doesn't decide on."""


def _sorted(
    values: list[object], precedes: Callable[[object, object], object]
) -> list[object] | None:
    def holds(left: object, right: object) -> bool:
        spend(1)
        result = precedes(left, right)
        if not isinstance(result, bool):
            raise _NoOrder
        return result

    def order(left: object, right: object) -> int:
        if holds(left, right):
            return -1
        return 1 if holds(right, left) else 0

    try:
        return sorted(values, key=cmp_to_key(order))
    except _NoOrder:
        return None


_LIST = ("list", ListType(ANY))
_POSITION = ("position", NUMBER)
_NEW_ITEM = Parameter("newItem", ANY, nullable=True)
_ITEM = Parameter("item", ANY, nullable=True)
_PRECEDENCE = FunctionType((ANY, ANY), ANY)

LIST_FUNCTIONS: tuple[Builtin, ...] = (
    function(
        "list contains", list_contains, BOOLEAN, _LIST, Parameter("element", ANY, nullable=True)
    ),
    function("count", count, NUMBER, _LIST),
    function(
        "sublist",
        sublist,
        results.list_of_first,
        _LIST,
        ("start position", NUMBER),
        ("length", NUMBER),
        optional=1,
    ),
    function("append", append, results.list_with_items, _LIST, _ITEM, variadic=True),
    function("concatenate", concatenate, results.list_of_all_items, _LIST, variadic=True),
    function("insert before", insert_before, results.list_with_last, _LIST, _POSITION, _NEW_ITEM),
    function("remove", remove, results.list_of_first, _LIST, _POSITION),
    function("reverse", reverse, results.list_of_first, _LIST),
    function("index of", index_of, ListType(NUMBER), _LIST, Parameter("match", ANY, nullable=True)),
    function("union", union, results.list_of_all_items, _LIST, variadic=True),
    function("distinct values", distinct_values, results.list_of_first, _LIST),
    function("flatten", flatten, results.list_of_innermost, _LIST),
    overloaded(
        "list replace",
        signature(list_replace_at, results.list_with_last, _LIST, _POSITION, _NEW_ITEM),
        signature(
            list_replace_matching,
            results.list_with_last,
            _LIST,
            ("match", _PRECEDENCE),
            _NEW_ITEM,
        ),
    ),
    overloaded(
        "sort",
        signature(sort, results.list_of_first, _LIST, ("precedes", _PRECEDENCE), optional=1),
        signature(sort, results.list_of_first, _LIST, ("precedence", _PRECEDENCE)),
    ),
)
