"""Read decision tables: outputs, rules, defaults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from keyaccount.diagnostics import format_messages as messages
from keyaccount.diagnostics.suggest import nearest
from keyaccount.feel.types import NUMBER, ListType, Type
from keyaccount.formats.csv_rules import read_csv_rules
from keyaccount.formats.stand_in import null_at, text_at
from keyaccount.formats.yaml import fields
from keyaccount.formats.yaml.fields import Reading
from keyaccount.formats.yaml.nodes import Entry, Kind, MappingNode, Node, ScalarNode
from keyaccount.formats.yaml.tables_beside import csv_source
from keyaccount.model.policy import (
    Aggregation,
    DecisionRule,
    DecisionTable,
    HitPolicy,
    InputEntry,
    OutputClause,
    OutputEntry,
    Validity,
)
from keyaccount.source import Fragment, Span

_KEY = "hit policy"
_COLLECT = "collect "
_LISTING = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


def decision_table(entry: Entry, values: tuple[str, ...], reading: Reading) -> DecisionTable:
    """A decision with `rules:`. `values`: the decision's declared ones."""
    node = entry.value
    rules = _rules(fields.child(node, "rules"), reading)
    hit_policy, aggregation = _hit_policy(node)
    default = fields.child(node, "default")
    default_entries = output_entries(default, entry.key.span) if default else ()
    outputs = _outputs(node, values, rules, reading)
    rules = tuple(
        replace(each, then=_completed(each.then, each.id.text, each.id.span(), outputs, reading))
        for each in rules
    )
    if default_entries and default:
        default_entries = _completed(default_entries, "default", default.span, outputs, reading)
    return DecisionTable(
        hit_policy=hit_policy,
        aggregation=aggregation,
        outputs=outputs,
        rules=rules,
        default=default_entries,
        span=fields.extent(entry),
    )


def table_type(table: DecisionTable) -> Type | None:
    """The declared type of a table's value; None where it has several outputs or no type."""
    if len(table.outputs) != 1 or table.outputs[0].name is not None:
        return None
    declared = table.outputs[0].type
    if table.aggregation is Aggregation.COUNT:
        return NUMBER
    if declared is not None and table.aggregation is None and table.hit_policy in _LISTING:
        return ListType(declared)
    return declared


def _hit_policy(node: Node) -> tuple[HitPolicy, Aggregation | None]:
    """What is declared; `first` where that can't be read, as with it no rules overlap."""
    written = fields.text(fields.child(node, _KEY))
    if written is None:
        return HitPolicy.UNIQUE, None
    if written.startswith(_COLLECT):
        aggregators = {each.value: each for each in Aggregation}
        return HitPolicy.COLLECT, aggregators.get(written.removeprefix(_COLLECT))
    policies = {each.value: each for each in HitPolicy}
    return policies.get(written, HitPolicy.FIRST), None


def _rules(node: Node | None, reading: Reading) -> tuple[DecisionRule, ...]:
    file = fields.child(node, "from")
    if isinstance(file, ScalarNode):
        source = csv_source(file, reading)
        return read_csv_rules(source, reading.report) if source else ()
    return tuple(rule(entry, reading) for entry in fields.entries(node))


def rule(entry: Entry, reading: Reading) -> DecisionRule:
    """An entry of `rules:`, or of a scorecard's `vetoes:`."""
    node = entry.value
    return DecisionRule(
        id=entry.key.fragment,
        when=condition(fields.child(node, "when")),
        then=output_entries(fields.child(node, "then"), entry.key.span),
        because=fields.templates(fields.child(node, "because")),
        validity=_validity(fields.child(node, "valid"), reading),
        title=fields.words(fields.child(node, "title")),
        span=fields.extent(entry),
    )


def condition(node: Node | None) -> Fragment | tuple[InputEntry, ...]:
    """`when:`, in either form; nothing and `true` always hold."""
    if isinstance(node, MappingNode):
        return tuple(
            InputEntry(entry.key.fragment, tests)
            for entry in fields.entries(node)
            if (tests := fields.fragment(entry.value))
        )
    if isinstance(node, ScalarNode) and node.kind is Kind.BOOLEAN and fields.flag(node):
        return ()
    return fields.fragment(node) or ()


def output_entries(node: Node | None, place: Span) -> tuple[OutputEntry, ...]:
    """`then:` or `default:`, in either form. `place`: for null where there is nothing."""
    if isinstance(node, MappingNode):
        return tuple(
            OutputEntry(entry.key.fragment, fields.fragment(entry.value) or null_at(place))
            for entry in fields.entries(node)
        )
    return (OutputEntry(None, fields.fragment(node) or null_at(place)),)


def _validity(node: Node | None, reading: Reading) -> Validity:
    end = fields.child(node, "until")
    since, until = fields.day(fields.child(node, "from"), reading), fields.day(end, reading)
    if end is not None and since is not None and until is not None and until <= since:
        reading.report(messages.ends_before_it_begins(end.span, since, until))
    return Validity(since, until)


def _outputs(
    node: Node, values: tuple[str, ...], rules: Sequence[DecisionRule], reading: Reading
) -> tuple[OutputClause, ...]:
    """The outputs as declared; else those that the rules name; else the only one."""
    declared = fields.child(node, "outputs")
    if isinstance(declared, MappingNode):
        return tuple(_output(entry, reading) for entry in fields.entries(declared))
    named = dict.fromkeys(each.name.text for rule in rules for each in rule.then if each.name)
    if named:
        return tuple(OutputClause(name, None) for name in named)
    return (OutputClause(None, fields.declared_type(node, values)),)


def _output(entry: Entry, reading: Reading) -> OutputClause:
    values = fields.declared_values(fields.child(entry.value, "values"), reading)
    return OutputClause(entry.key.value, fields.declared_type(entry.value, values))


def _completed(
    given: tuple[OutputEntry, ...],
    giver: str,
    place: Span,
    outputs: Sequence[OutputClause],
    reading: Reading,
) -> tuple[OutputEntry, ...]:
    """Results for just the outputs that there are; reports those too many and those missing."""
    names = [each.name for each in outputs if each.name is not None]
    if not names:
        return given
    found = {each.name.text: each for each in given if each.name}
    misspelt = {nearest(name, names) for name in found.keys() - set(names)}
    for each in given:
        if each.name is None:
            reading.report(messages.outputs_expected(each.text.span(), names))
        elif each.name.text not in names:
            reading.report(messages.unknown_output(each.name.span(), each.name.text, names))
    is_told = not found or len(found) < len(given)  # that names are needed at all
    for name in names:
        if name not in found:
            if not is_told and name not in misspelt:
                reading.report(messages.missing_output(place, giver, name))
            found[name] = OutputEntry(text_at(name, place), null_at(place))
    return tuple(found[name] for name in names)
