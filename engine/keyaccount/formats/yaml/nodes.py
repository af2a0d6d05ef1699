"""The node graph of a YAML file: what stands where, before it means anything.

Aliases are resolved: a node repeated by an alias is in the graph several times,
with the place where it was written. The graph has no circles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from keyaccount.formats.yaml.offsets import scalar_offsets
from keyaccount.source import Fragment, Source, Span


class Kind(Enum):
    """What a scalar is in YAML 1.2's core schema, by JSON Schema's names; integers are numbers."""

    TEXT = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"


class ScalarNode(NamedTuple):
    """A single value: its kind, its text as YAML reads it, its style and place.

    `style` is the opening character (one of `'"|>`) or empty for plain text.
    A named tuple, as a file holds thousands and they are cheap to make.
    """

    kind: Kind
    value: str
    style: str
    start: int
    end: int
    source: Source

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)

    @property
    def is_missing(self) -> bool:
        """Whether nothing at all stands there."""
        return not self.value and not self.style

    @property
    def fragment(self) -> Fragment:
        """The value as FEEL text, each character with its place in the file."""
        offsets = scalar_offsets(self.source.text, self.start, self.end, self.style, self.value)
        text = self.value
        if self.kind in (Kind.BOOLEAN, Kind.NULL):
            text = _FEEL_WORDS.get(text, text)
        return Fragment(text, self.source, offsets)


_FEEL_WORDS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"} | {
    "Null": "null",
    "NULL": "null",
}
"""YAML's spellings with FEEL's; all of the same length, so that the places stay right."""


class Entry(NamedTuple):
    """A key with its value."""

    key: ScalarNode
    value: Node


@dataclass(slots=True, eq=False)
class MappingNode:
    """`key: value` pairs in the author's order, by the text of the key.

    `has_lost_entries`: some key was none, so that others may only seem to be missing.
    """

    source: Source
    start: int
    end: int
    entries: dict[str, Entry] = field(default_factory=dict)
    has_lost_entries: bool = False

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)


@dataclass(slots=True, eq=False)
class SequenceNode:
    """A list."""

    source: Source
    start: int
    end: int
    items: list[Node] = field(default_factory=list)

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)


Node = ScalarNode | MappingNode | SequenceNode
