"""Filters and positions in lists, on known values.

Source: DMN 1.5, 10.3.2.13 (table 67, filters).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from keyaccount.feel.values.number import truncated


def as_list(value: object) -> list[object]:
    """What a filter or a loop runs over: a list itself, any other value as a list of it.

    Null becomes the empty list.
    """
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def position(number: Decimal, length: int) -> int | None:
    """The Python index of a FEEL position: from 1, or from the end if negative.

    A fraction is cut off. None where the list has no such place.
    """
    place = truncated(number)
    if place is None or not 1 <= abs(place) <= length:
        return None
    return place - 1 if place > 0 else length + place


def by_position(values: list[object], number: Decimal) -> object:
    """`values[number]`; null where there is no such place."""
    index = position(number, len(values))
    return None if index is None else values[index]


def by_condition(values: list[object], holds: Callable[[object], object]) -> list[object]:
    """The items for which the condition is true."""
    return [value for value in values if holds(value) is True]
