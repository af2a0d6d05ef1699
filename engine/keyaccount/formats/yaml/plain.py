"""Nodes as plain data: what tests give and expect."""

from __future__ import annotations

from datetime import date

from keyaccount.formats.yaml import schema
from keyaccount.formats.yaml.nodes import Entry, Kind, MappingNode, Node, ScalarNode, SequenceNode
from keyaccount.model.plain import Datum, PlainValue
from keyaccount.source import Span


def datum(entry: Entry) -> Datum:
    """An entry's value with its name and place."""
    place: Span = entry.value.span
    return Datum(entry.key.fragment, plain_value(entry.value), place)


def plain_value(node: Node) -> PlainValue:
    """A node as plain data: what is written as a date without quotes is one."""
    match node:
        case MappingNode(entries=entries):
            return {name: plain_value(entry.value) for name, entry in entries.items()}
        case SequenceNode(items=items):
            return tuple(map(plain_value, items))
        case ScalarNode():
            return _date(node) or schema.plain_scalar(node)


def _date(node: ScalarNode) -> date | None:
    if node.kind is not Kind.TEXT or node.style:
        return None
    try:
        return date.fromisoformat(node.value) if len(node.value) == 10 else None
    except ValueError:
        return None
