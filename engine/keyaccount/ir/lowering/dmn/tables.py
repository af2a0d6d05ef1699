"""Lower the decision tables of DMN XML. Source: DMN 1.5, clause 8."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from keyaccount.feel.types import ANY, BOOLEAN, NULL, NUMBER, ContextType, ListType, Type
from keyaccount.ir import core
from keyaccount.ir.lowering import unary_tests
from keyaccount.ir.lowering.checks import let_all
from keyaccount.ir.lowering.dmn.item_types import Item, ItemTypes, conformed, listed
from keyaccount.ir.lowering.dmn.words import Words
from keyaccount.ir.lowering.expressions import lower
from keyaccount.ir.lowering.names import Bindings
from keyaccount.model import boxed
from keyaccount.model.policy import Aggregation, HitPolicy, Validity
from keyaccount.source import Fragment, Span

_EXTREMES: dict[Aggregation | None, str] = {Aggregation.MIN: "min", Aggregation.MAX: "max"}
_LISTS = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


def lower_table(
    node: boxed.DecisionTable, bindings: Bindings, words: Words, types: ItemTypes
) -> core.Expression:
    """The core of a table, its inputs bound around it."""
    lowering = _Lowering(node, bindings, words, types)
    steps = [lowering.input(each) for each in node.inputs]
    values = [core.Local(value.type, value.span, name) for name, value in steps]
    outputs = [lowering.item(each) for each in node.outputs]
    rules = tuple(
        core.Rule(
            str(number),
            lowering.tests(rule, values),
            lowering.output(rule.results, outputs, rule.span),
            Validity(),
            {},
            rule.span,
        )
        for number, rule in enumerate(node.rules, 1)
    )
    table = core.Table(
        _type(node),
        node.span,
        node.hit_policy,
        node.aggregation,
        rules,
        lowering.default(outputs),
        tuple(
            (_name(each, node), item.order)
            for each, item in zip(node.outputs, outputs, strict=True)
        ),
    )
    return let_all(steps, _of_any_kind(table))


def _of_any_kind(table: core.Table) -> core.Expression:
    """The least and greatest of results that may be no numbers: FEEL's own `min` and `max`."""
    function = _EXTREMES.get(table.aggregation)
    has_default = not isinstance(table.default, core.Literal) or table.default.value is not None
    if function is None or has_default or all(e.output.type == NUMBER for e in table.rules):
        return table
    results = replace(table, type=ListType(ANY), aggregation=None)
    return core.Call(ANY, table.span, function, (results,))


@dataclass(frozen=True, slots=True)
class _Lowering:
    """One table, on its way down."""

    node: boxed.DecisionTable
    bindings: Bindings
    words: Words
    types: ItemTypes

    def input(self, clause: boxed.InputClause) -> tuple[str, core.Expression]:
        """What a column looks at, worked out once."""
        expression = clause.expression
        value = self.words.lowered(expression.text, expression.span, self.bindings)
        value = conformed(value, self.types.of(expression.type), self.bindings)
        return self.bindings.unit.fresh_name("input"), value

    def item(self, clause: boxed.OutputClause) -> Item:
        """The type of a column of results, and what is allowed there."""
        item = self.types.of(clause.type)
        if clause.values is None:
            return item
        tree = self.words.tests(clause.values, self.bindings)
        return item if tree is None else replace(item, order=listed(tree))

    def tests(
        self, rule: boxed.DecisionRule, values: Sequence[core.Expression]
    ) -> tuple[core.Expression, ...]:
        """A rule's cells; those that any value passes are left out."""
        cells = (
            self._cell(cell, value)
            for cell, value in zip(rule.tests, values, strict=True)
            if cell is not None
        )
        return tuple(each for each in cells if each is not None)

    def _cell(self, cell: Fragment, value: core.Expression) -> core.Expression | None:
        tree = self.words.tests(cell, self.bindings)
        if tree is None:
            return core.Literal(BOOLEAN, cell.span(), value=False)
        return unary_tests.cell(tree, value, self.bindings.testing(value), lower)

    def output(
        self, results: Sequence[boxed.LiteralExpression], outputs: Sequence[Item], span: Span
    ) -> core.Expression:
        """A rule's one result, or the context of all."""
        values = [self._result(each, item) for each, item in zip(results, outputs, strict=True)]
        return self._joined(values, span)

    def default(self, outputs: Sequence[Item]) -> core.Expression:
        """What no match gives."""
        if all(each.default is None for each in self.node.outputs):
            return core.Literal(NULL, self.node.span, None)
        null = core.Literal(NULL, self.node.span, None)
        values = [
            null if each.default is None else self._result(each.default, item)
            for each, item in zip(self.node.outputs, outputs, strict=True)
        ]
        return self._joined(values, self.node.span)

    def _result(self, entry: boxed.LiteralExpression, item: Item) -> core.Expression:
        value = self.words.lowered(entry.text, entry.span, self.bindings)
        return conformed(value, item, self.bindings)

    def _joined(self, values: Sequence[core.Expression], span: Span) -> core.Expression:
        if len(values) == 1:
            return values[0]
        named = tuple(
            (_name(clause, self.node) or f"output {number}", value)
            for number, (clause, value) in enumerate(zip(self.node.outputs, values, strict=True), 1)
        )
        kind = ContextType(tuple((name, value.type) for name, value in named))
        return core.MakeContext(kind, span, named)


def _name(clause: boxed.OutputClause, table: boxed.DecisionTable) -> str | None:
    """The name of a column of results; the only one needs none."""
    if len(table.outputs) == 1 or clause.name is None:
        return None
    return clause.name.text


def _type(table: boxed.DecisionTable) -> Type:
    if table.aggregation is not None:
        return NUMBER
    return ListType(ANY) if table.hit_policy in _LISTS else ANY
