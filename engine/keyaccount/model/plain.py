"""Plain data as YAML writes it: what tests give and expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keyaccount.model.policy import Scalar
from keyaccount.source import Fragment, Span

PlainValue = Scalar | tuple["PlainValue", ...] | Mapping[str, "PlainValue"]
"""Plain data: exact numbers, text, dates, lists, mappings."""


@dataclass(frozen=True, slots=True)
class Datum:
    """A piece of plain data with its name and place."""

    name: Fragment
    value: PlainValue
    span: Span
