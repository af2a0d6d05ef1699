"""Read decisions: by expression, by steps, by table, by scorecard."""

from __future__ import annotations

from keyaccount.feel.types import Enumeration, Type
from keyaccount.formats.stand_in import null_at
from keyaccount.formats.yaml import fields
from keyaccount.formats.yaml.fields import Reading
from keyaccount.formats.yaml.nodes import Entry, MappingNode, Node
from keyaccount.formats.yaml.tables import decision_table, rule, table_type
from keyaccount.model.policy import (
    Band,
    BoxedContext,
    ContextStep,
    Criterion,
    Decision,
    DecisionTable,
    LiteralExpression,
    Logic,
    PointsEntry,
    Scorecard,
)
from keyaccount.source import Fragment


def decision(entry: Entry, reading: Reading) -> Decision:
    """An entry of `decisions:`."""
    node = entry.value
    values = fields.declared_values(fields.child(node, "values"), reading)
    logic = _logic(entry, values, reading)
    return Decision(
        name=entry.key.fragment,
        title=fields.words(fields.child(node, "title")),
        type=_type(node, values, logic),
        value_titles=fields.value_titles(fields.child(node, "titles"), values, reading),
        logic=logic,
        because=fields.templates(fields.child(node, "because")),
        span=fields.extent(entry),
        description=fields.words(fields.child(node, "description")),
    )


def _type(node: Node, values: tuple[str, ...], logic: Logic) -> Type | None:
    if isinstance(logic, DecisionTable):
        return table_type(logic)
    return fields.declared_type(node, values) or _type_of_bands(logic)


def _type_of_bands(logic: Logic) -> Type | None:
    """The values that the bands are named as, where each is its own result."""
    bands = logic.bands if isinstance(logic, Scorecard) else ()
    if not bands or any(each.then is not None for each in bands):
        return None
    return Enumeration(tuple(each.id.text for each in bands))


def _logic(entry: Entry, values: tuple[str, ...], reading: Reading) -> Logic:
    node = entry.value
    if fields.child(node, "rules") is not None:
        return decision_table(entry, values, reading)
    scorecard = fields.child(node, "scorecard")
    if any(fields.entries(fields.child(scorecard, "criteria"))):
        return _scorecard(entry, scorecard, reading)
    if (context := fields.child(node, "context")) is not None:
        return _boxed_context(context)
    text = fields.fragment(fields.child(node, "value"))
    return LiteralExpression(text or null_at(entry.key.span))


def _boxed_context(node: Node) -> BoxedContext:
    return BoxedContext(
        tuple(
            ContextStep(each.key.fragment, fields.fragment(each.value) or null_at(each.key.span))
            for each in fields.entries(node)
        )
    )


def _scorecard(entry: Entry, node: Node | None, reading: Reading) -> Scorecard:
    return Scorecard(
        criteria=tuple(map(_criterion, fields.entries(fields.child(node, "criteria")))),
        vetoes=tuple(rule(each, reading) for each in fields.entries(fields.child(node, "vetoes"))),
        bands=tuple(map(_band, fields.entries(fields.child(node, "bands")))),
        span=fields.extent(entry),
    )


def _criterion(entry: Entry) -> Criterion:
    node = entry.value
    return Criterion(
        id=entry.key.fragment,
        title=fields.words(fields.child(node, "title")),
        weight=fields.fragment(fields.child(node, "weight")),
        input=fields.fragment(fields.child(node, "input")),
        points=_points(entry, fields.child(node, "points")),
        span=fields.extent(entry),
    )


def _points(entry: Entry, node: Node | None) -> Fragment | tuple[PointsEntry, ...]:
    if isinstance(node, MappingNode):
        return tuple(
            PointsEntry(each.key.fragment, points)
            for each in fields.entries(node)
            if (points := fields.fragment(each.value))
        )
    return fields.fragment(node) or null_at(entry.key.span)


def _band(entry: Entry) -> Band:
    """An entry of `bands:`: unary tests alone, or with a result and a reason."""
    node = entry.value
    tests = fields.child(node, "when") if isinstance(node, MappingNode) else node
    return Band(
        id=entry.key.fragment,
        tests=fields.fragment(tests) or null_at(entry.key.span),
        then=fields.fragment(fields.child(node, "then")),
        because=fields.templates(fields.child(node, "because")),
        span=fields.extent(entry),
    )
