"""Rules for the types of results that follow from the types of arguments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from keyaccount.feel import types
from keyaccount.feel.types import ListType, Type


def item_of(of: Type) -> Type:
    """The type of the items where a value of that type stands for a list."""
    return of.item if isinstance(of, ListType) else of


def first(arguments: Sequence[Type]) -> Type:
    """That of the first argument."""
    return arguments[0]


def first_item(arguments: Sequence[Type]) -> Type:
    """That of the items of the first argument."""
    return item_of(arguments[0])


def any_argument(arguments: Sequence[Type]) -> Type:
    """What all arguments conform to."""
    return _joined(arguments)


def list_of_first(arguments: Sequence[Type]) -> Type:
    """A list of the first argument's items."""
    return ListType(item_of(arguments[0]))


def list_with_items(arguments: Sequence[Type]) -> Type:
    """A list of the first argument's items and of the other arguments."""
    return ListType(_joined((item_of(arguments[0]), *arguments[1:])))


def list_with_last(arguments: Sequence[Type]) -> Type:
    """A list of the first argument's items and of the last argument."""
    return ListType(types.join(item_of(arguments[0]), arguments[-1]))


def list_of_all_items(arguments: Sequence[Type]) -> Type:
    """A list of the items of all arguments."""
    return ListType(_joined(list(map(item_of, arguments))))


def list_of_innermost(arguments: Sequence[Type]) -> Type:
    """A list of what stands in nested lists, however deep."""
    item = item_of(arguments[0])
    while isinstance(item, ListType):
        item = item.item
    return ListType(item)


def _joined(of: Sequence[Type]) -> Type:
    start: Type = types.NULL
    return reduce(types.join, of, start)
