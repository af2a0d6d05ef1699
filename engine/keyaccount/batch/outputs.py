"""The columns that a batch adds to a list, and how an outcome is written in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.feel.values.number import number_text
from keyaccount.feel.values.text import nested_text
from keyaccount.ir.core import Decision
from keyaccount.ir.outcome import Outcome

BAR: Final = "|"
"""Parts the items of a list in CSV and XLSX."""


class Part(StrEnum):
    """What of an outcome a column holds."""

    VALUE = "value"
    RULES = "rules"
    STATUS = "status"
    MISSING = "missing"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column to be written: its header, and which part of which decision's outcome it holds."""

    header: str
    decision: Decision
    part: Part


def output_columns(decisions: Iterable[Decision], headers: Sequence[str]) -> list[OutputColumn]:
    """The columns for some decisions, none of which the list may have already.

    Raises:
        FactError: it has.
    """
    columns = [
        OutputColumn(_header(each.local_name, part), each, part)
        for each in decisions
        for part in Part
    ]
    folded = [column.header.casefold() for column in columns]
    alike = [each.header for each in columns if folded.count(each.header.casefold()) > 1]
    if alike:
        raise FactError([batch_messages.outputs_alike(alike)])
    ours = set(folded)
    taken = [header for header in headers if header.strip().casefold() in ours]
    if taken:
        raise FactError([batch_messages.output_collides(taken)])
    return columns


def _header(decision: str, part: Part) -> str:
    return decision if part is Part.VALUE else f"{decision}_{part}"


def part_text(outcome: Outcome, part: Part, *, lists_as_json: bool) -> str | None:
    """A part of an outcome as text; None where there is nothing.

    Lists are joined by a bar, or JSON arrays of texts. Outcomes that cannot be
    listed are nothing; an empty list is an empty text when joined.
    """
    match part:
        case Part.VALUE:
            value = outcome.value
            if isinstance(value, list | tuple):
                return _list_text(value, lists_as_json=lists_as_json)
            return value_text(value)
        case Part.RULES:
            return _list_text(outcome.rules, lists_as_json=lists_as_json)
        case Part.STATUS:
            return outcome.status.value
        case Part.MISSING:
            return _list_text(outcome.missing, lists_as_json=lists_as_json)
        case Part.POSSIBLE:
            if outcome.possible is None:
                return None
            return _list_text(outcome.possible, lists_as_json=lists_as_json)


def value_text(value: object) -> str | None:
    """A value as a cell shows it: texts bare, numbers plain, other values as FEEL writes them."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return number_text(value)
        case _:
            return nested_text(value)


def _list_text(values: Iterable[object], *, lists_as_json: bool) -> str | None:
    texts = [value_text(each) for each in values]
    if lists_as_json:
        return json.dumps(texts, ensure_ascii=False)
    return BAR.join("null" if each is None else each for each in texts) or None
