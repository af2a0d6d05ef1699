"""Big tables: which rules match is looked up column by column, not tried rule by rule."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

from keyaccount.backends.python.columns import NULL, Column
from keyaccount.backends.python.hits import constant, frozen, raw_of
from keyaccount.backends.python.scope import Kind
from keyaccount.ir import core
from keyaccount.ir.hit_policies import Candidate, combine, is_list_valued
from keyaccount.model.policy import HitPolicy
from keyaccount.result.results import RawDecision

LookUp = Callable[[Any], int]
"""The bits of the rules that a subject's value lets match."""


class IndexedTable:
    """A table of constants as a function of its subjects' values.

    A value that is not known raises, as it can't be compared or looked up.
    """

    __slots__ = (
        "_candidates",
        "_default",
        "_look_ups",
        "_outcomes",
        "_table",
        "_takes_first",
        "_takes_one",
    )

    def __init__(self, table: core.Table, columns: list[Column]) -> None:
        self._table = table
        self._look_ups = tuple(_look_up(each, len(table.rules)) for each in columns)
        self._candidates = [Candidate(each.id, constant(each.output)) for each in table.rules]
        self._outcomes = [(frozen(each.output), (each.id,)) for each in self._candidates]
        self._default = constant(table.default)
        self._takes_first = table.hit_policy is HitPolicy.FIRST
        self._takes_one = table.aggregation is None and not is_list_valued(table)

    def __call__(self, *values: object) -> RawDecision:
        matching = (1 << len(self._outcomes)) - 1
        for look_up, value in zip(self._look_ups, values, strict=True):
            matching &= look_up(value)
        lowest = matching & -matching
        if lowest and (self._takes_first or (lowest == matching and self._takes_one)):
            return self._outcomes[lowest.bit_length() - 1]
        candidates = [self._candidates[i] for i in _bits(matching)]
        return raw_of(combine(self._table, candidates, self._default))


def _bits(number: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _look_up(column: Column, rules: int) -> LookUp:
    anyway = sum(1 << i for i in range(rules) if i not in column.cells)
    masks = [anyway] * column.segments
    for rule, cell in column.cells.items():
        for segment in _bits(cell):
            masks[segment] |= 1 << rule
    if column.kind in (Kind.STRING, Kind.BOOLEAN) or not column.constants:
        return _by_value(column, masks)
    return _by_order(column, masks)


def _by_value(column: Column, masks: list[int]) -> LookUp:
    known = {value: masks[2 * i + 2] for i, value in enumerate(column.constants)}
    known[None] = masks[NULL]
    other = masks[1]
    return lambda value: known.get(value, other)


def _by_order(column: Column, masks: list[int]) -> LookUp:
    constants: tuple[Any, ...] = column.constants
    count = len(constants)

    def look_up(value: Any) -> int:
        if value is None:
            return masks[NULL]
        i = bisect_left(constants, value)
        is_constant = i < count and constants[i] == value
        return masks[2 * i + 2 if is_constant else 2 * i + 1]

    return look_up
