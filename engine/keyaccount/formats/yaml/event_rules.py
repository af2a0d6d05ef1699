"""Read events and event rules."""

from __future__ import annotations

from keyaccount.feel.types import ANY
from keyaccount.formats.stand_in import null_at
from keyaccount.formats.yaml import fields
from keyaccount.formats.yaml.fields import Reading
from keyaccount.formats.yaml.nodes import Entry, MappingNode, Node
from keyaccount.model.event_rules import (
    EventCollection,
    EventField,
    EventPattern,
    EventRule,
    EventType,
)
from keyaccount.source import Fragment


def event_type(entry: Entry, reading: Reading) -> EventType:
    """An entry of `events:`."""
    declared = fields.entries(fields.child(entry.value, "fields"))
    is_more = isinstance(entry.value, MappingNode)
    return EventType(
        name=entry.key.fragment,
        title=fields.words(fields.child(entry.value, "title") if is_more else entry.value),
        fields={each.key.value: _field(each, reading) for each in declared},
        working_day_of=fields.fragment(fields.child(entry.value, "each working day of")),
        span=fields.extent(entry),
    )


def _field(entry: Entry, reading: Reading) -> EventField:
    node = entry.value
    values = fields.declared_values(fields.child(node, "values"), reading)
    return EventField(
        name=entry.key.fragment,
        type=fields.type_named(node) or fields.declared_type(node, values) or ANY,
        title=fields.words(fields.child(node, "title")),
        value_titles=fields.value_titles(fields.child(node, "titles"), values, reading),
        nullable=fields.flag(fields.child(node, "nullable")),
    )


def event_rule(entry: Entry) -> EventRule:
    """An entry of `event rules:`."""
    node = entry.value
    return EventRule(
        name=entry.key.fragment,
        title=fields.words(fields.child(node, "title")),
        when=tuple(map(_pattern, fields.entries(fields.child(node, "when")))),
        unless=tuple(map(_pattern, fields.entries(fields.child(node, "unless")))),
        wait=fields.fragment(fields.child(node, "wait")),
        collect=tuple(map(_collection, fields.entries(fields.child(node, "collect")))),
        condition=fields.fragment(fields.child(node, "if")),
        derive=_or_null(fields.child(node, "derive"), entry),
        fields={
            each.key.value: (each.key.fragment, _or_null(each.value, each))
            for each in fields.entries(fields.child(node, "with"))
        },
        value=fields.fragment(fields.child(node, "value")),
        span=fields.extent(entry),
    )


def _pattern(entry: Entry) -> EventPattern:
    node = entry.value
    return EventPattern(
        name=entry.key.fragment,
        event=fields.fragment(node) or _or_null(fields.child(node, "event"), entry),
        where=fields.fragment(fields.child(node, "where")),
        after=fields.fragment(fields.child(node, "after")),
        before=fields.fragment(fields.child(node, "before")),
    )


def _collection(entry: Entry) -> EventCollection:
    return EventCollection(
        pattern=_pattern(entry),
        within=fields.fragment(fields.child(entry.value, "within")),
        in_a_row=fields.fragment(fields.child(entry.value, "in a row")),
    )


def _or_null(node: Node | None, entry: Entry) -> Fragment:
    return fields.fragment(node) or null_at(entry.key.span)
