"""Built-in functions that sum a list up in one value.

All take a list, or the items as arguments. Source: DMN 1.5, 10.3.4.4 (table 74).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException

from keyaccount.feel.functions import results
from keyaccount.feel.functions.builtin import (
    Builtin,
    Implementation,
    Parameter,
    ResultRule,
    overloaded,
    signature,
)
from keyaccount.feel.operations.comparison import greater, less
from keyaccount.feel.operations.numbers import add_numbers, divide_numbers, multiply_numbers
from keyaccount.feel.types import ANY, BOOLEAN, NUMBER, ListType, Type
from keyaccount.feel.values.number import WIDE_CONTEXT, rounded

_Numbers = list[Decimal | None]


def minimum(values: list[object]) -> object:
    """The least item; null for an empty list and for items that don't compare."""
    return _extreme(values, less)


def maximum(values: list[object]) -> object:
    """The greatest item; null for an empty list and for items that don't compare."""
    return _extreme(values, greater)


def _extreme(values: list[object], beats: Callable[[object, object], bool | None]) -> object:
    best = values[0] if values else None
    for value in values:
        better = beats(value, best)
        if better is None:
            return None
        if better:
            best = value
    return best


def total(values: _Numbers) -> Decimal | None:
    """The sum; null for an empty list, and where an item is null."""
    return _folded(values, add_numbers)


def product(values: _Numbers) -> Decimal | None:
    """The product; null for an empty list, and where an item is null."""
    return _folded(values, multiply_numbers)


def _folded(
    values: _Numbers, combine: Callable[[Decimal, Decimal], Decimal | None]
) -> Decimal | None:
    result = values[0] if values else None
    for value in values[1:]:
        if value is None or result is None:
            return None
        result = combine(result, value)
    return result


def mean(values: _Numbers) -> Decimal | None:
    """The sum by the count; null for an empty list, and where an item is null."""
    whole = total(values)
    return None if whole is None else divide_numbers(whole, Decimal(len(values)))


def median(values: _Numbers) -> Decimal | None:
    """The middle one, or the mean of the two middle ones; null for an empty list."""
    numbers = _known(values)
    if not numbers:
        return None
    numbers.sort()
    middle = len(numbers) // 2
    return numbers[middle] if len(numbers) % 2 else mean([*numbers[middle - 1 : middle + 1]])


def standard_deviation(values: _Numbers) -> Decimal | None:
    """Of a sample (by the count less one); null for fewer than two numbers."""
    numbers = _known(values)
    if numbers is None or len(numbers) < 2:
        return None
    try:
        return _deviation(numbers)
    except DecimalException:
        return None


def _deviation(numbers: list[Decimal]) -> Decimal | None:
    wide, size = WIDE_CONTEXT, Decimal(len(numbers))
    whole = Decimal(0)
    for number in numbers:
        whole = wide.add(whole, number)
    centre = wide.divide(whole, size)
    squares = Decimal(0)
    for number in numbers:
        distance = wide.subtract(number, centre)
        squares = wide.add(squares, wide.multiply(distance, distance))
    return rounded(wide.sqrt(wide.divide(squares, size - 1)))


def mode(values: _Numbers) -> list[object] | None:
    """The most frequent numbers, the least first; null where an item is null."""
    numbers = _known(values)
    if numbers is None:
        return None
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return [*sorted(number for number, times in counts.items() if times == most)]


def _known(values: _Numbers) -> list[Decimal] | None:
    """The numbers; None where one is null."""
    numbers = [value for value in values if value is not None]
    return numbers if len(numbers) == len(values) else None


def all_true(values: list[bool | None]) -> bool | None:
    """False when one is false; else true when all are; else null. True for none."""
    if False in values:
        return False
    return None if None in values else True


def any_true(values: list[bool | None]) -> bool | None:
    """True when one is true; else false when all are; else null. False for none."""
    if True in values:
        return True
    return None if None in values else False


def _variadic(implementation: Callable[..., object]) -> Implementation:
    return lambda *items: implementation([*items])


def _aggregate(
    name: str,
    implementation: Callable[..., object],
    item: Type,
    result: Type | ResultRule,
    result_of_items: Type | ResultRule | None = None,
) -> Builtin:
    """The two signatures of an aggregate: by a list, and by the items themselves."""
    return overloaded(
        name,
        signature(implementation, result, ("list", ListType(item))),
        signature(
            _variadic(implementation),
            result_of_items or result,
            Parameter("item", item, nullable=True),
            variadic=True,
        ),
    )


AGGREGATE_FUNCTIONS: tuple[Builtin, ...] = (
    _aggregate("min", minimum, ANY, results.first_item, results.any_argument),
    _aggregate("max", maximum, ANY, results.first_item, results.any_argument),
    _aggregate("sum", total, NUMBER, NUMBER),
    _aggregate("product", product, NUMBER, NUMBER),
    _aggregate("mean", mean, NUMBER, NUMBER),
    _aggregate("median", median, NUMBER, NUMBER),
    _aggregate("stddev", standard_deviation, NUMBER, NUMBER),
    _aggregate("mode", mode, NUMBER, ListType(NUMBER)),
    _aggregate("all", all_true, BOOLEAN, BOOLEAN),
    _aggregate("any", any_true, BOOLEAN, BOOLEAN),
)
