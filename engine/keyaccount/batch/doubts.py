"""What in a list's headers deserves a second look: units, columns that were left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from keyaccount.batch.mapping import Columns, folded
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.ir.core import Fact

_WITH_UNIT: Final = re.compile(r"(.+?) ?[(\[]([^()\[\]]+)[)\]]")
"""A folded header: what it is about, and its unit in brackets."""


def doubts(
    headers: Sequence[str], facts: Mapping[str, Fact], columns: Columns
) -> tuple[Diagnostic, ...]:
    """Warnings about headers; nothing is converted, and nothing guessed.

    Args:
        headers: the columns' headers, in order.
        facts: all facts that the policy declares.
        columns: which column holds which fact.
    """
    found = (*_other_units(headers, facts, columns), *_left_out(headers, facts, columns))
    if not found and columns.absent and not columns.by_fact:
        return (batch_messages.no_fact_columns(headers),)
    return found


def _other_units(
    headers: Sequence[str], facts: Mapping[str, Fact], columns: Columns
) -> Iterator[Diagnostic]:
    """Columns whose header says another unit than the fact has."""
    for name, index in columns.by_fact.items():
        found = _WITH_UNIT.fullmatch(folded(headers[index]))
        unit = facts[name].unit
        if found and unit is not None and found[2] not in _units(facts[name], unit):
            yield batch_messages.unit_differs(headers[index], found[2], name, unit)


def _left_out(
    headers: Sequence[str], facts: Mapping[str, Fact], columns: Columns
) -> Iterator[Diagnostic]:
    """Columns that would be a fact's, but for what their header says in brackets."""
    used = set(columns.by_fact.values())
    absent = {_stem(each): name for name in columns.absent for each in _names(facts[name])}
    for index, header in enumerate(headers):
        found = None if index in used else _WITH_UNIT.fullmatch(folded(header))
        name = absent.get(found[1]) if found else None
        if found and name is not None:
            yield batch_messages.left_out(header, found[2], name, facts[name].unit)


def _names(fact: Fact) -> tuple[str, ...]:
    return tuple(folded(each) for each in (fact.name, *fact.aliases, *fact.title.values()))


def _stem(name: str) -> str:
    found = _WITH_UNIT.fullmatch(name)
    return found[1] if found else name


def _units(fact: Fact, unit: str) -> set[str]:
    """The fact's unit, and all that stands in brackets behind one of its names."""
    found = (_WITH_UNIT.fullmatch(each) for each in _names(fact))
    return {folded(unit), *(each[2] for each in found if each)}
