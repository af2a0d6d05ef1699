"""Lower boxed expressions. Source: DMN 1.5, 7.3 and 10.2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from keyaccount.feel import syntax
from keyaccount.feel.functions import FUNCTIONS
from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    NULL,
    NUMBER,
    ContextType,
    FunctionType,
    ListType,
    Type,
    join,
)
from keyaccount.ir import core
from keyaccount.ir.lowering import external
from keyaccount.ir.lowering.calls import applied, built_in_call
from keyaccount.ir.lowering.checks import failed, item_type, joined_type, let_all
from keyaccount.ir.lowering.dmn.item_types import Item, ItemTypes, allows_all, conformed
from keyaccount.ir.lowering.dmn.tables import lower_table
from keyaccount.ir.lowering.dmn.words import Words
from keyaccount.ir.lowering.names import Bindings
from keyaccount.model import boxed
from keyaccount.source import Fragment, Span

Steps = list[tuple[str, core.Expression]]


@dataclass(frozen=True, slots=True)
class Boxes:
    """Lowers the boxed expressions of one model."""

    words: Words
    types: ItemTypes

    def lower(
        self, node: boxed.Expression | None, span: Span, bindings: Bindings
    ) -> core.Expression:
        """The core of a boxed expression, of the type that it declares; null for none."""
        if node is None:
            return core.Literal(NULL, span, None)
        return self.typed(self._bare(node, bindings), node.type, bindings)

    def typed(
        self, value: core.Expression, type_: Fragment | None, bindings: Bindings
    ) -> core.Expression:
        """The value, conformed to what a `typeRef` names."""
        return conformed(value, self.types.of(type_), bindings)

    def _bare(  # noqa: C901 # one arm a box
        self, node: boxed.Expression, bindings: Bindings
    ) -> core.Expression:
        match node:
            case boxed.LiteralExpression():
                return self.words.lowered(node.text, node.span, bindings)
            case boxed.Context():
                return self._context(node, bindings)
            case boxed.DecisionTable():
                return lower_table(node, bindings, self.words, self.types)
            case boxed.Invocation():
                return self._invocation(node, bindings)
            case boxed.FunctionDefinition():
                return self.function(node, bindings, None)
            case boxed.Relation():
                return self._relation(node, bindings)
            case boxed.List():
                items = tuple(self.lower(each, node.span, bindings) for each in node.items)
                return core.MakeList(ListType(joined_type(items)), node.span, items)
            case boxed.Conditional():
                return self._conditional(node, bindings)
            case boxed.Filter():
                return self._filter(node, bindings)
            case boxed.For() | boxed.Quantified():
                return self._iteration(node, bindings)
            case _:
                assert_never(node)

    def _context(self, node: boxed.Context, bindings: Bindings) -> core.Expression:
        steps: Steps = []
        entries: list[tuple[str, core.Expression]] = []
        for entry in node.entries:
            value = self.lower(entry.value, node.span, bindings)
            value = self.typed(value, entry.type, bindings)
            if entry.name is None:
                return let_all(steps, value)
            fresh = bindings.unit.fresh_name(entry.name.text)
            steps.append((fresh, value))
            local = core.Local(value.type, entry.name.span(), fresh)
            entries.append((entry.name.text, local))
            bindings = bindings.bound({entry.name.text: local})
        return let_all(steps, _context_of(entries, node.span))

    def _invocation(self, node: boxed.Invocation, bindings: Bindings) -> core.Expression:
        names = tuple(each.name.text for each in node.bindings)
        arguments = tuple(self.lower(each.value, node.span, bindings) for each in node.bindings)
        called = node.function
        if isinstance(called, boxed.LiteralExpression) and called.text is not None:
            tree = self.words.expression(called.text, bindings)
            is_free = (
                isinstance(tree, syntax.Name) and bindings.resolve(tree.name, tree.span) is None
            )
            if isinstance(tree, syntax.Name) and is_free and tree.name in FUNCTIONS:
                builtin = FUNCTIONS[tree.name]
                return built_in_call(builtin, node.span, arguments, names, bindings)
        function = self.lower(called, node.span, bindings)
        return applied(node.span, function, arguments, names or None)

    def function(
        self, node: boxed.FunctionDefinition, bindings: Bindings, result: Item | None
    ) -> core.Expression:
        """A function value; its result conforms to `result` besides."""
        if node.kind == "Java":
            return self._java(node, bindings)
        if node.kind == "PMML":
            return failed(node.span)
        parameters = [(each.name.text, self.types.of(each.type)) for each in node.parameters]
        named = fresh_parameters(parameters, bindings)
        inner = bindings.bound(named.locals(node.span))
        body = self.typed(self.lower(node.body, node.span, inner), node.type, inner)
        if result is not None:
            body = conformed(body, result, inner)
        return named.lambda_of(body)

    def _java(self, node: boxed.FunctionDefinition, bindings: Bindings) -> core.Expression:
        mapping: dict[str, str] = {}
        for entry in node.body.entries if isinstance(node.body, boxed.Context) else ():
            value = entry.value
            if entry.name is None or not isinstance(value, boxed.LiteralExpression):
                continue
            tree = None if value.text is None else self.words.expression(value.text, bindings)
            if isinstance(tree, syntax.StringLiteral):
                mapping[entry.name.text] = tree.value
        parameters = [(each.name.text, self.types.of(each.type).type) for each in node.parameters]
        return external.java_lambda(mapping, parameters, node.span, bindings)

    def _relation(self, node: boxed.Relation, bindings: Bindings) -> core.Expression:
        rows: list[core.Expression] = []
        for row in node.rows:
            cells = [
                (
                    column.name.text,
                    self.typed(self.lower(cell, node.span, bindings), column.type, bindings),
                )
                for column, cell in zip(node.columns, row, strict=False)
            ]
            rows.append(_context_of(cells, node.span))
        return core.MakeList(ListType(joined_type(tuple(rows))), node.span, tuple(rows))

    def _conditional(self, node: boxed.Conditional, bindings: Bindings) -> core.Expression:
        condition, then, otherwise = (
            self.lower(each, node.span, bindings)
            for each in (node.condition, node.then, node.otherwise)
        )
        kind = join(then.type, otherwise.type)
        chosen = core.If(kind, node.span, condition, then, otherwise)
        return self._if_boolean(condition, chosen, bindings)

    def _if_boolean(
        self, condition: core.Expression, chosen: core.If, bindings: Bindings
    ) -> core.Expression:
        """Null where the condition is neither a boolean nor null, as the TCK holds (1150)."""
        if condition.type == BOOLEAN:
            return chosen
        fresh = bindings.unit.fresh_name("condition")
        local = core.Local(condition.type, condition.span, fresh)
        null = core.Literal(NULL, condition.span, None)
        checked = core.If(
            chosen.type,
            chosen.span,
            _boolean_or_null(local),
            replace(chosen, condition=local),
            null,
        )
        return core.Let(chosen.type, chosen.span, fresh, condition, checked)

    def _filter(self, node: boxed.Filter, bindings: Bindings) -> core.Expression:
        base = self.lower(node.base, node.span, bindings)
        name = bindings.unit.fresh_name("item")
        item = core.Local(item_type(base.type), node.span, name)
        match = self.lower(node.match, node.span, bindings.inside_filter(item))
        if match.type in (BOOLEAN, NUMBER):
            return core.Filter(ANY, node.span, base, name, match)
        source = core.Local(base.type, node.span, bindings.unit.fresh_name("source"))
        found = core.Filter(ANY, node.span, source, name, match)
        iterators = (core.Iterator(name, source, None),)
        are = core.Quantified(BOOLEAN, node.span, "every", iterators, _test_or_null(match))
        checked = core.If(ANY, node.span, are, found, core.Literal(NULL, node.span, None))
        return core.Let(ANY, node.span, source.name, base, checked)

    def _iteration(self, node: boxed.For | boxed.Quantified, bindings: Bindings) -> core.Expression:
        source = self.lower(node.source, node.span, bindings)
        name = bindings.unit.fresh_name(node.variable.text)
        item = core.Local(item_type(source.type), node.span, name)
        inner = bindings.bound({node.variable.text: item})
        iterators = (core.Iterator(name, source, None),)
        if isinstance(node, boxed.Quantified):
            test = self.lower(node.predicate, node.span, inner)
            if test.type == BOOLEAN:
                return core.Quantified(BOOLEAN, node.span, node.quantifier, iterators, test)
            answers = core.For(ListType(test.type), node.span, iterators, test)
            return _of_booleans(node, answers, bindings)
        partial = core.Local(ListType(ANY), node.span, "partial")
        body = self.lower(node.body, node.span, inner.bound({"partial": partial}))
        return core.For(ListType(body.type), node.span, iterators, body)


def _of_booleans(node: boxed.Quantified, answers: core.For, bindings: Bindings) -> core.Expression:
    """`some` or `every` of the answers; null where one is no boolean, as the TCK holds (1153)."""
    span = node.span
    name, each = bindings.unit.fresh_name("answers"), bindings.unit.fresh_name("answer")
    iterators = (core.Iterator(each, core.Local(answers.type, span, name), None),)
    answer = core.Local(ANY, span, each)
    are = core.Quantified(BOOLEAN, span, "every", iterators, _boolean_or_null(answer))
    found = core.Quantified(BOOLEAN, span, node.quantifier, iterators, answer)
    checked = core.If(BOOLEAN, span, are, found, core.Literal(NULL, span, None))
    return core.Let(BOOLEAN, span, name, answers, checked)


def _boolean_or_null(value: core.Expression, *others: Type) -> core.Expression:
    span = value.span
    is_null = core.Comparison(BOOLEAN, span, "=", value, core.Literal(NULL, span, None))
    are = (core.InstanceOf(BOOLEAN, span, value, each) for each in (BOOLEAN, *others))
    return core.Or(BOOLEAN, span, (is_null, *are))


def _test_or_null(match: core.Expression) -> core.Expression:
    """A filter's condition, or its position; a filter of anything else is null."""
    return _boolean_or_null(match, NUMBER)


def _context_of(entries: Sequence[tuple[str, core.Expression]], span: Span) -> core.Expression:
    kind = ContextType(tuple((name, each.type) for name, each in entries))
    return core.MakeContext(kind, span, tuple(entries))


@dataclass(frozen=True, slots=True)
class FreshParameters:
    """Parameters under fresh names: author's name, fresh name, type."""

    parameters: tuple[tuple[str, str, Item], ...]

    def locals(self, span: Span) -> dict[str, core.Expression]:
        """What the author's names stand for in the body."""
        return {name: core.Local(item.type, span, fresh) for name, fresh, item in self.parameters}

    def lambda_of(self, body: core.Expression) -> core.Lambda:
        """The function; null where an argument is not allowed."""
        allowed = allows_all({fresh: item for _, fresh, item in self.parameters}, body.span)
        if allowed is not None:
            null = core.Literal(NULL, body.span, None)
            body = core.If(body.type, body.span, allowed, body, null)
        types = tuple(item.type for _, _, item in self.parameters)
        named = tuple((fresh, item.type) for _, fresh, item in self.parameters)
        return core.Lambda(FunctionType(types, body.type), body.span, named, body)


def fresh_parameters(parameters: Sequence[tuple[str, Item]], bindings: Bindings) -> FreshParameters:
    """Parameters by their author's names and types."""
    return FreshParameters(
        tuple((name, bindings.unit.fresh_name(name), item) for name, item in parameters)
    )


def function_type(parameters: Sequence[Item], result: Type) -> FunctionType:
    """The type of a function of such parameters."""
    return FunctionType(tuple(each.type for each in parameters), result)
