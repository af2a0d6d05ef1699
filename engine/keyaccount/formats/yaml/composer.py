"""Events to nodes, within limits: nothing is built that has not been counted.

Collects what can be read past (duplicate keys, tags, missing values); stops at
what cannot (limits, aliases of nothing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, NoReturn

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from keyaccount.diagnostics import yaml_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError
from keyaccount.formats.yaml.events import events
from keyaccount.formats.yaml.nodes import Entry, Kind, MappingNode, Node, ScalarNode, SequenceNode
from keyaccount.formats.yaml.scalars import is_collection_tag, plain_kind, tagged_kind
from keyaccount.formats.yaml.slips import no_entry
from keyaccount.limits import Limits
from keyaccount.source import Source, Span

_MOST_ANCHORS_COMPARED = 100
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class _Open:
    """A collection that is being read; `nodes_before` were counted before it began."""

    node: MappingNode | SequenceNode
    anchor: str | None
    nodes_before: int
    is_flow: bool
    key: ScalarNode | None = None


class Composition:
    """The nodes of one document, and what is wrong with it."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.root: Node | None = None
        self.diagnostics: list[Diagnostic] = []
        self._source = source
        self._limits = limits
        self._open: list[_Open] = []
        self._anchored: dict[str, tuple[Node, int]] = {}
        self._tagged_at: set[int] = set()
        self._lost_end = 0
        self._nodes = 0
        self._aliases = 0
        self._documents = 0

    def read(self, stream: Iterable[Any]) -> None:
        """Build the nodes. Raises PolicyError where it is of no use to go on."""
        handlers = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._begin,
            SequenceStartEvent: self._begin,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
        }
        for event in stream:
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(messages.several_documents(self._span(event.start_mark.index, 3)))

    def _scalar(self, event: Any) -> None:
        start, end, value = event.start_mark.index, event.end_mark.index, event.value
        style = event.style or ""
        if event.tag is not None:
            kind = self._tagged(event, value, not style)
        else:
            kind = Kind.TEXT if style else plain_kind(value)
        if style == '"' and _SURROGATE.search(value):
            # ruamel's parser in C refuses this, the one in Python lets it in.
            self.diagnostics.append(
                messages.unknown_escape(self._span(start, end - start), "\\ud800")
            )
        if style in ("|", ">"):
            end = start + len(self._source.text[start:end].rstrip())
        node = ScalarNode(kind, value, style, start, end, self._source)
        self._count(1, start)
        if event.anchor:
            self._anchored[event.anchor] = (node, 1)
        self._place(node)

    def _tagged(self, event: Any, value: str, is_plain: bool) -> Kind:
        kind = tagged_kind(str(event.tag), value, is_plain)
        if kind is None:
            self._tagged_at.add(event.start_mark.index)
            self._refuse_tag(event)
            return Kind.TEXT
        return kind

    def _begin(self, event: Any) -> None:
        start = event.start_mark.index
        is_mapping = type(event) is MappingStartEvent
        if event.tag is not None and not is_collection_tag(
            str(event.tag), "map" if is_mapping else "seq"
        ):
            self._refuse_tag(event)
        self._count(1, start)
        if len(self._open) >= self._limits.yaml_nesting:
            self._stop(messages.too_deep(self._span(start, 1), self._limits.yaml_nesting))
        kind = MappingNode if is_mapping else SequenceNode
        node = kind(self._source, start, event.end_mark.index)
        self._open.append(_Open(node, event.anchor, self._nodes - 1, bool(event.flow_style)))

    def _end(self, event: Any) -> None:
        done = self._open.pop()
        if done.is_flow:
            done.node.end = event.end_mark.index
        if done.anchor:
            self._anchored[done.anchor] = (done.node, self._nodes - done.nodes_before)
        self._place(done.node)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        span = self._source.span(event.start_mark.index, event.end_mark.index)
        self._aliases += 1
        if self._aliases > self._limits.yaml_aliases:
            self._stop(messages.too_many_aliases(span, self._limits.yaml_aliases))
        if any(each.anchor == name for each in self._open):
            self._stop(messages.recursive_alias(span, name))
        if name not in self._anchored:
            self._stop(messages.unknown_alias(span, name, self._recent_anchors()))
        node, size = self._anchored[name]
        self._count(size, span.start)
        self._place(node)

    def _place(self, node: Node) -> None:
        """Put a finished node where it belongs: the root, an item, a key or a value."""
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent.node, SequenceNode):
            self._missing(node, None)
            parent.node.items.append(node)
        elif parent.key is None:
            parent.key = self._key(node)
            return
        else:
            self._entry(parent.node, parent.key, node)
            parent.key = None
        if not parent.is_flow:
            parent.node.end = max(parent.node.end, node.end)

    def _key(self, node: Node) -> ScalarNode:
        if isinstance(node, ScalarNode):
            return node
        self.diagnostics.append(messages.key_not_text(node.span))
        return ScalarNode(Kind.NULL, "", "", node.start, node.end, self._source)

    def _entry(self, mapping: MappingNode, key: ScalarNode, value: Node) -> None:
        if key.is_missing or (key.value == "<<" and not key.style):
            mapping.has_lost_entries = True
        if key.is_missing:
            if key.start == key.end:
                place = max(self._source.text.rfind(":", 0, key.start + 1), 0)
                self.diagnostics.append(messages.empty_key(self._span(place, 1)))
        elif key.value == "<<" and not key.style:
            self.diagnostics.append(messages.merge_key(key.span))
        elif key.value in mapping.entries:
            first = mapping.entries[key.value].key.span.position.line
            self.diagnostics.append(messages.duplicate_key(key.span, key.value, first))
        elif _is_missing(value) and self._is_no_entry(mapping, key):
            mapping.has_lost_entries = True
        else:
            self._missing(value, key)
            mapping.entries[key.value] = Entry(key, value)

    def _is_no_entry(self, mapping: MappingNode, key: ScalarNode) -> bool:
        """Whether a key without a value is the rest of something else, which is told once."""
        if self._source.text[self._lost_end : key.start].strip() != ",":
            found = no_entry(mapping, key)
            if found is None:
                return False
            self.diagnostics.append(found)
            if found.code == messages.COMMA:
                # Half a value means nothing; that there is one is all that is known.
                last, cut = mapping.entries.popitem()
                mapping.entries[last] = Entry(cut.key, _stand_in(cut.value))
        self._lost_end = key.end
        return True

    def _missing(self, node: Node, key: ScalarNode | None) -> None:
        if _is_missing(node) and node.start not in self._tagged_at:
            span = key.span if key else self._span(max(node.start - 1, 0), 1)
            self.diagnostics.append(messages.missing_value(span, key.value if key else None))

    def _recent_anchors(self) -> list[str]:
        """The names an alias may have meant; not all, as there may be very many."""
        return list(islice(reversed(self._anchored), _MOST_ANCHORS_COMPARED))

    def _count(self, nodes: int, place: int) -> None:
        self._nodes += nodes
        if self._nodes > self._limits.yaml_nodes:
            self._stop(messages.too_many_nodes(self._span(place, 1), self._limits.yaml_nodes))

    def _refuse_tag(self, event: Any) -> None:
        start = event.start_mark.index
        written = self._source.text[start:].split(maxsplit=1)[0]
        span = self._span(start, len(written))
        self.diagnostics.append(messages.unknown_tag(span, written))

    def _span(self, start: int, length: int) -> Span:
        return self._source.span(start, min(start + length, len(self._source.text)))

    def _stop(self, diagnostic: Diagnostic) -> NoReturn:
        raise PolicyError([*self.diagnostics, diagnostic])


def _is_missing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.is_missing


def _stand_in(node: Node) -> ScalarNode:
    return ScalarNode(Kind.TEXT, "null", '"', node.start, node.start, node.source)


def compose(source: Source, limits: Limits) -> tuple[MappingNode | None, list[Diagnostic]]:
    """The top mapping of a YAML text, and what is wrong with it as YAML.

    None where there is none (an empty file, a list), which the diagnostics say.

    Raises:
        PolicyError: not YAML, or beyond a limit.
    """
    composition = Composition(source, limits)
    composition.read(events(source))
    root = composition.root
    if isinstance(root, MappingNode):
        return root, composition.diagnostics
    if root is None or (isinstance(root, ScalarNode) and root.is_missing):
        return None, [*composition.diagnostics, messages.empty_file(source.span(0, 0))]
    return None, [*composition.diagnostics, messages.not_a_mapping(root.span)]
