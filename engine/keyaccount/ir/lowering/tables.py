"""Lower decision tables.

Source: DMN 1.5, clause 8.
"""

from __future__ import annotations

from collections.abc import Sequence

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.diagnostics.table_messages import priority_without_order
from keyaccount.feel import syntax
from keyaccount.feel.types import (
    BOOLEAN,
    NULL,
    NUMBER,
    ContextType,
    Enumeration,
    ListType,
    Type,
)
from keyaccount.ir import core
from keyaccount.ir.lowering import unary_tests
from keyaccount.ir.lowering.checks import failed, let_all, one_type, require
from keyaccount.ir.lowering.expressions import condition, lower
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.reasons import Steps, lower_reasons
from keyaccount.ir.lowering.texts import Texts
from keyaccount.model.policy import (
    Aggregation,
    DecisionRule,
    DecisionTable,
    HitPolicy,
    InputEntry,
    OutputClause,
    OutputEntry,
)
from keyaccount.source import Fragment, Span


def lower_table(
    table: DecisionTable, declared: Type | None, bindings: Bindings, texts: Texts
) -> core.Expression:
    """The core of a table, its inputs that are more than a name bound around it.

    Args:
        table: as the author wrote it.
        declared: the type the decision declares for one result, if any.
        bindings: the names in sight.
        texts: the parsed texts of the policy.
    """
    outputs = _outputs(table, declared)
    inputs = Inputs(bindings, texts)
    for rule in table.rules:
        if not isinstance(rule.when, Fragment):
            inputs.note(rule.when)
    rules = tuple(lower_rule(each, outputs, inputs) for each in table.rules)
    default = lower_output(table.default, outputs, inputs, table.span)
    item = _item_type(outputs, [*(each.output for each in rules), default], bindings)
    core_table = core.Table(
        _table_type(table, item),
        table.span,
        table.hit_policy,
        table.aggregation,
        rules,
        default,
        tuple((each.name, _order(each.type)) for each in outputs),
    )
    _check_order(table, outputs, bindings)
    if table.aggregation in (Aggregation.SUM, Aggregation.MIN, Aggregation.MAX):
        for each in rules:
            require(each.output, NUMBER, bindings)
    return let_all(inputs.steps, core_table)


class Inputs:
    """The inputs of a table: each expression lowered once, however many cells test it."""

    def __init__(self, bindings: Bindings, texts: Texts) -> None:
        self.bindings = bindings
        self.texts = texts
        self.steps: Steps = []
        self._nodes: dict[str, core.Expression] = {}

    def note(self, cells: Sequence[InputEntry]) -> None:
        for cell in cells:
            self.node(cell.input)

    def node(self, fragment: Fragment) -> core.Expression:
        """What stands for an input in the cells."""
        key = fragment.text.strip()
        if key not in self._nodes:
            tree = self.texts.expression(fragment)
            lowered = failed(fragment.span()) if tree is None else lower(tree, self.bindings)
            self._nodes[key] = self._bound(lowered)
        return self._nodes[key]

    def _bound(self, value: core.Expression) -> core.Expression:
        if unary_tests.is_simple(value):
            return value
        name = self.bindings.unit.fresh_name("input")
        self.steps.append((name, value))
        return core.Local(value.type, value.span, name)


def lower_rule(rule: DecisionRule, outputs: Sequence[OutputClause], inputs: Inputs) -> core.Rule:
    """A rule's tests, one a cell, and its output."""
    return core.Rule(
        rule.id.text,
        _tests(rule.when, inputs),
        lower_output(rule.then, outputs, inputs, rule.span),
        rule.validity,
        lower_reasons(rule.because, inputs.bindings, inputs.texts, inputs.steps),
        rule.id.span(),
    )


def _tests(when: Fragment | tuple[InputEntry, ...], inputs: Inputs) -> tuple[core.Expression, ...]:
    if isinstance(when, Fragment):
        tree = inputs.texts.expression(when)
        if tree is None:
            return (failed(when.span()),)
        if isinstance(tree, syntax.BooleanLiteral) and tree.value:
            return ()
        return _conjuncts(condition(tree, inputs.bindings))
    cells = (_cell(each, inputs) for each in when)
    return tuple(each for each in cells if each is not None)


def _conjuncts(node: core.Expression) -> tuple[core.Expression, ...]:
    """`a and b` as two tests: the same condition, and a better explanation."""
    return node.operands if isinstance(node, core.And) else (node,)


def _cell(entry: InputEntry, inputs: Inputs) -> core.Expression | None:
    value = inputs.node(entry.input)
    tree = inputs.texts.tests(entry.tests)
    if tree is None:
        return failed(entry.tests.span())
    lowered = unary_tests.cell(tree, value, inputs.bindings, lower)
    return None if lowered is None else require(lowered, BOOLEAN, inputs.bindings)


def lower_output(
    entries: Sequence[OutputEntry],
    outputs: Sequence[OutputClause],
    inputs: Inputs,
    span: Span,
) -> core.Expression:
    """The one result, or the context of the named ones; what is left out is null."""
    if not entries:
        return core.Literal(NULL, span, None)
    types = {each.name: each.type for each in outputs}
    named = [
        (None if each.name is None else each.name.text, _entry(each, types, inputs))
        for each in entries
    ]
    if named[0][0] is None:
        return named[0][1]
    given = {name: node for name, node in named if name is not None}
    for name in types:
        if name is not None:
            given.setdefault(name, core.Literal(NULL, span, None))
    kind = ContextType(tuple((name, node.type) for name, node in given.items()))
    return core.MakeContext(kind, span, tuple(given.items()))


def _entry(
    entry: OutputEntry, types: dict[str | None, Type | None], inputs: Inputs
) -> core.Expression:
    name = None if entry.name is None else entry.name.text
    wanted = types.get(name)
    if entry.name is not None and name not in types and types.keys() - {None}:
        known = [each for each in types if each is not None]
        inputs.bindings.report(messages.unknown_entry(entry.name.span(), str(name), known))
    tree = inputs.texts.expression(entry.text)
    if tree is None:
        return failed(entry.text.span())
    lowered = lower(tree, inputs.bindings, wanted)
    return lowered if wanted is None else require(lowered, wanted, inputs.bindings)


def _outputs(table: DecisionTable, declared: Type | None) -> tuple[OutputClause, ...]:
    if table.outputs:
        return tuple(
            OutputClause(None, each.type or _single(declared)) if each.name is None else each
            for each in table.outputs
        )
    return (OutputClause(None, _single(declared)),)


def _single(declared: Type | None) -> Type | None:
    return declared.item if isinstance(declared, ListType) else declared


def _order(kind: Type | None) -> tuple[object, ...]:
    return kind.values if isinstance(kind, Enumeration) else ()


def _item_type(
    outputs: Sequence[OutputClause], results: Sequence[core.Expression], bindings: Bindings
) -> Type:
    """The type of one result: as declared, else what the rules' results have in common."""
    if outputs[0].name is None:
        return outputs[0].type or one_type(results, bindings)
    rows = [dict(each.entries) for each in results if isinstance(each, core.MakeContext)]
    entries = []
    for name in (each.name for each in outputs if each.name is not None):
        given = [row[name] for row in rows if name in row]
        declared = next(each.type for each in outputs if each.name == name)
        entries.append((name, declared or one_type(given, bindings)))
    return ContextType(tuple(entries))


def _table_type(table: DecisionTable, item: Type) -> Type:
    if table.aggregation is not None:
        return NUMBER
    if table.hit_policy in (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER):
        return ListType(item)
    return item


def _check_order(table: DecisionTable, outputs: Sequence[OutputClause], bindings: Bindings) -> None:
    ranked = table.hit_policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
    if ranked and not any(isinstance(each.type, Enumeration) for each in outputs):
        bindings.report(priority_without_order(table.span))
