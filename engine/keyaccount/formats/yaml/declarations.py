"""Read what a policy declares beside its decisions: facts, parameters, functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from keyaccount.diagnostics import format_messages as messages
from keyaccount.feel.types import ANY
from keyaccount.formats.stand_in import null_at
from keyaccount.formats.yaml import fields
from keyaccount.formats.yaml.fields import Reading
from keyaccount.formats.yaml.nodes import Entry, Node, SequenceNode
from keyaccount.model.policy import (
    BusinessKnowledgeModel,
    DatedValue,
    FormalParameter,
    InputData,
    Parameter,
)
from keyaccount.source import Fragment, Span


def input_data(entry: Entry, reading: Reading) -> InputData:
    """An entry of `facts:`."""
    node = entry.value
    values = fields.declared_values(fields.child(node, "values"), reading)
    return InputData(
        name=entry.key.fragment,
        type=fields.declared_type(node, values) or ANY,
        title=fields.words(fields.child(node, "title")),
        unit=fields.text(fields.child(node, "unit")),
        allowed=fields.fragment(fields.child(node, "allowed")),
        value_titles=fields.value_titles(fields.child(node, "titles"), values, reading),
        aliases=fields.texts(fields.child(node, "aliases"), reading),
        nullable=fields.flag(fields.child(node, "nullable")),
        default=fields.fragment(fields.child(node, "default")),
        span=fields.extent(entry),
        description=fields.words(fields.child(node, "description")),
        sensitive=fields.flag(fields.child(node, "sensitive")),
    )


def business_knowledge_model(entry: Entry) -> BusinessKnowledgeModel:
    """An entry of `functions:`."""
    node = entry.value
    parameters = tuple(
        FormalParameter(each.key.fragment, fields.type_named(each.value) or ANY)
        for each in fields.entries(fields.child(node, "parameters"))
    )
    return BusinessKnowledgeModel(
        name=entry.key.fragment,
        parameters=parameters,
        result=fields.type_named(fields.child(node, "type")),
        body=fields.fragment(fields.child(node, "value")) or null_at(entry.key.span),
        span=fields.extent(entry),
        title=fields.words(fields.child(node, "title")),
        description=fields.words(fields.child(node, "description")),
    )


class _Dated(NamedTuple):
    """A value of a parameter as written, with the end of its validity where it says one."""

    since: date
    until: date | None
    value: Fragment
    span: Span


def parameter(entry: Entry, reading: Reading) -> Parameter:
    """An entry of `parameters:`."""
    node = entry.value
    values = fields.child(node, "values")
    last = fields.child(node, "until")
    until = fields.day(last, reading)
    if isinstance(values, SequenceNode):
        dated = [each for item in values.items if (each := _listed(item, reading))]
        until = _check_listed(dated, reading)
    else:
        dated = [each for item in fields.entries(values) if (each := _keyed(item, reading))]
        _check_keyed(dated, reading)
        if dated and until and last and until <= dated[-1].since:
            reading.report(messages.ends_before_it_begins(last.span, dated[-1].since, until))
    return Parameter(
        name=entry.key.fragment,
        type=fields.type_named(fields.child(node, "type")),
        title=fields.words(fields.child(node, "title")),
        unit=fields.text(fields.child(node, "unit")),
        values=tuple(DatedValue(each.since, each.value, each.span) for each in dated),
        until=until,
        span=fields.extent(entry),
        description=fields.words(fields.child(node, "description")),
    )


def _keyed(entry: Entry, reading: Reading) -> _Dated | None:
    since, value = fields.day(entry.key, reading), fields.fragment(entry.value)
    if since is None or value is None:
        return None
    return _Dated(since, None, value, entry.key.span)


def _listed(node: Node, reading: Reading) -> _Dated | None:
    begin, end = fields.child(node, "from"), fields.child(node, "until")
    since, until = fields.day(begin, reading), fields.day(end, reading)
    value = fields.fragment(fields.child(node, "value"))
    if begin is None or since is None or value is None:
        return None
    if end is not None and until is not None and until <= since:
        reading.report(messages.ends_before_it_begins(end.span, since, until))
    return _Dated(since, until, value, begin.span)


def _check_keyed(dated: Sequence[_Dated], reading: Reading) -> None:
    for before, after in pairwise(dated):
        if after.since <= before.since:
            reading.report(messages.dates_not_ascending(after.span, after.since, before.since))


def _check_listed(dated: Sequence[_Dated], reading: Reading) -> date | None:
    """Report what overlaps, leaves a gap or is out of order; the end of the last value."""
    for before, after in pairwise(dated):
        if after.since <= before.since:
            reading.report(messages.dates_not_ascending(after.span, after.since, before.since))
        elif before.until is None or before.until > after.since:
            reading.report(messages.overlapping_values(after.span, after.since, before.until))
        elif before.until < after.since:
            reading.report(messages.gap_in_values(after.span, before.until, after.since))
    return dated[-1].until if dated else None
