"""Read single fields of a node, tolerantly.

The schema has already told the author what has a wrong shape; what is not of
the shape expected is simply not there for the reader, so that the rest of the
file can still be read and its other mistakes be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from keyaccount.diagnostics import format_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.feel.types import ANY, SIMPLE_TYPES, STRING, Enumeration, ListType, Type
from keyaccount.formats.stand_in import null_at
from keyaccount.formats.yaml.nodes import (
    Entry,
    Kind,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
)
from keyaccount.limits import Limits
from keyaccount.model.policy import Titles
from keyaccount.source import Fragment, Span

_FULL_WIDTH_COMMA = re.compile("[，、；]")
_LANGUAGES = ("en", "zh")
_MOST_STRANGERS = 50
_LIST = re.compile(r"list<(.*)>\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


@dataclass(slots=True)
class Reading:
    """What a file's reading needs at hand, and what it finds wrong on the way.

    `folder` is the policy's own; None where it does not come from a file.
    `beside` are the texts of tables by name, where they come along with the policy's.
    """

    limits: Limits
    folder: Path | None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    beside: Mapping[str, str] = field(default_factory=dict)

    def report(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)


def child(node: Node | None, name: str) -> Node | None:
    """The value under a key, where the node is a mapping that has it."""
    if isinstance(node, MappingNode):
        entry = node.entries.get(name)
        return entry.value if entry else None
    return None


def entries(node: Node | None) -> Iterator[Entry]:
    """The entries of a mapping; none for anything else."""
    if isinstance(node, MappingNode):
        yield from node.entries.values()


def items(node: Node | None) -> Iterable[Node]:
    """The items of a list; none for anything else."""
    return node.items if isinstance(node, SequenceNode) else ()


def extent(entry: Entry) -> Span:
    """From an entry's key to the end of its value, unless that is an alias of something above."""
    whole = entry.key.span.to(entry.value.span)
    return whole if whole.end > whole.start else entry.key.span


def fragment(node: Node | None) -> Fragment | None:
    """A single value as FEEL text, numbers and booleans as they are written."""
    if isinstance(node, ScalarNode) and not node.is_missing:
        # An empty text is told by the schema already.
        return node.fragment if node.value else null_at(node.span)
    return None


def text(node: Node | None) -> str | None:
    """A single value as plain text."""
    return node.value if isinstance(node, ScalarNode) and not node.is_missing else None


def texts(node: Node | None, reading: Reading) -> tuple[str, ...]:
    """A list of texts, each of which may stand once."""
    found: dict[str, None] = {}
    for item in items(node):
        value = text(item)
        if value is None:
            continue
        if value in found:
            reading.report(messages.repeated_value(item.span, value))
        found[value] = None
    return tuple(found)


def declared_values(node: Node | None, reading: Reading) -> tuple[str, ...]:
    """The texts under `values:`; those that a full-width comma joins in brackets are apart."""
    if not isinstance(node, SequenceNode) or not node.span.text.startswith("["):
        return texts(node, reading)
    found: list[str] = []
    for item in node.items:
        value = text(item)
        if value is None:
            continue
        comma = _FULL_WIDTH_COMMA.search(value)
        if comma is None or not isinstance(item, ScalarNode) or item.style:
            found.append(value)
            continue
        place = item.start + comma.start()
        span = item.source.span(place, place + 1)
        reading.report(messages.full_width_comma(span, comma.group()))
        found += [each.strip() for each in _FULL_WIDTH_COMMA.split(value) if each.strip()]
    texts(node, reading)  # says which stand twice
    return tuple(dict.fromkeys(found))


def flag(node: Node | None) -> bool:
    """Whether `true` stands there."""
    return (
        isinstance(node, ScalarNode) and node.kind is Kind.BOOLEAN and node.value.lower() == "true"
    )


def words(node: Node | None) -> Titles:
    """Words by language; one text alone serves for every language."""
    return {language: each.value for language, each in _by_language(node)}


def templates(node: Node | None) -> Mapping[str, Fragment]:
    """Words by language with their places, as `because` has FEEL in it."""
    return {language: each.fragment for language, each in _by_language(node)}


def _by_language(node: Node | None) -> Iterator[tuple[str, ScalarNode]]:
    if isinstance(node, ScalarNode):
        if not node.is_missing:
            yield from ((language, node) for language in _LANGUAGES)
        return
    for entry in entries(node):
        if isinstance(entry.value, ScalarNode) and entry.key.value in _LANGUAGES:
            yield entry.key.value, entry.value


def value_titles(
    node: Node | None, values: tuple[str, ...], reading: Reading
) -> Mapping[str, Titles]:
    """Titles by declared value."""
    declared = frozenset(values)
    titles = list(entries(node))
    strangers = (each.key for each in titles if values and each.key.value not in declared)
    for key in islice(strangers, _MOST_STRANGERS):
        reading.report(messages.title_of_no_value(key.span, key.value, values))
    return {each.key.value: words(each.value) for each in titles}


def type_named(node: Node | None) -> Type | None:
    """The type that a text names; None where it names none or is not there."""
    name = text(node)
    if name is None:
        return None
    inner = _LIST.match(name)
    if inner:
        item = SIMPLE_TYPES.get(inner.group(1))
        return ListType(item) if item else None
    return SIMPLE_TYPES.get(name)


def declared_type(node: Node | None, values: tuple[str, ...]) -> Type | None:
    """The type that a declaration's `type` and `values` make together."""
    named = type_named(child(node, "type"))
    if not values:
        return named
    if named == ListType(STRING):
        return ListType(Enumeration(values))
    return Enumeration(values) if named in (STRING, None) else ANY


def day(node: Node | None, reading: Reading) -> date | None:
    """A date; what is none is reported, unless the schema saw that already."""
    if not isinstance(node, ScalarNode) or not _DATE.match(node.value):
        return None
    try:
        return date.fromisoformat(node.value)
    except ValueError:
        reading.report(messages.bad_date(node.span, node.value))
        return None
