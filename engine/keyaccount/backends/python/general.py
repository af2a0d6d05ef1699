"""Expressions on the general path: any value may be unknown, so all goes through helpers.

Operands are all evaluated: evaluation has no effects, and the causes of every
unknown operand are wanted. Only the branches of `if` and bodies run later, as
lambdas.
"""

from __future__ import annotations

import ast
from typing import assert_never

from keyaccount.backends.python import build, outcomes, runtime
from keyaccount.backends.python.scope import Locals, Plain, Scope
from keyaccount.feel.types import NUMBER
from keyaccount.ir import core
from keyaccount.ir.cost import cost, uses_partial

COMPARISONS = {"<": "less", "<=": "at_most", ">": "more", ">=": "at_least"}
ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power"}


Structured = (
    core.MakeList
    | core.MakeContext
    | core.MakeRange
    | core.Path
    | core.Filter
    | core.For
    | core.Quantified
    | core.Call
    | core.Lambda
    | core.Apply
    | core.NamedFunction
    | core.Membership
    | core.ScopedEntry
    | core.Conform
    | core.Table
)
"""Nodes that make and take apart lists, contexts, ranges and functions."""


class GeneralCompiler:
    """Compiles expressions for the general path."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def expression(  # noqa: C901 -- one arm a node
        self, node: core.Expression, locals_: Locals
    ) -> ast.expr:
        """Code for the node's value, known or an `Unknown`."""
        match node:
            case core.Literal():
                return self._scope.pool.refer("constant", node.value)
            case core.Input():
                return self._scope.facts[node.name].again().code
            case core.DecisionValue():
                return self._scope.decisions[node.name].again().code
            case core.Local():
                return locals_[node.name].again().code
            case core.Moment():
                return build.load("today" if node.which == "today" else "moment")
            case core.Arithmetic():
                return self._call(ARITHMETIC[node.operator], locals_, node.left, node.right)
            case core.Negate():
                return self._call("negate", locals_, node.operand)
            case core.Comparison():
                return self._comparison(node, locals_)
            case core.Not():
                return self._call("not_", locals_, node.operand)
            case core.And():
                return self._call("all_of", locals_, *node.operands)
            case core.Or():
                return self._call("any_of", locals_, *node.operands)
            case core.If():
                return self._if(node, locals_)
            case core.Let():
                return self._let(node, locals_)
            case core.InstanceOf():
                type_ = self._scope.pool.refer("type", node.of)
                return build.call(
                    self._helper("instance_of"), self.expression(node.operand, locals_), type_
                )
            case (
                core.MakeList()
                | core.MakeContext()
                | core.MakeRange()
                | core.Path()
                | core.Filter()
                | core.For()
                | core.Quantified()
                | core.Call()
                | core.Lambda()
                | core.Apply()
                | core.NamedFunction()
                | core.Membership()
                | core.ScopedEntry()
                | core.Conform()
                | core.Table()
            ):
                return self._structured(node, locals_)
            case core.ParameterValue():
                raise AssertionError(f"not an expression of a bound program: {node}")
            case _:
                assert_never(node)

    def _structured(  # noqa: C901 -- one arm a node
        self, node: Structured, locals_: Locals
    ) -> ast.expr:
        match node:
            case core.MakeList():
                return self._call("make_list", locals_, *node.items)
            case core.MakeContext():
                keys = build.tuple_(ast.Constant(name) for name, _ in node.entries)
                values = [self.expression(each, locals_) for _, each in node.entries]
                return build.call(self._helper("make_context"), keys, *values)
            case core.MakeRange():
                return self._range(node, locals_)
            case core.Path():
                base = self.expression(node.base, locals_)
                return build.call(self._helper("path"), base, ast.Constant(node.name))
            case core.Filter():
                return self._filter(node, locals_)
            case core.For():
                return self._for(node, locals_)
            case core.Quantified():
                return self._quantified(node, locals_)
            case core.Call():
                return self._built_in(node, locals_)
            case core.Lambda():
                return self._lambda(node, locals_)
            case core.Apply():
                return self._apply(node, locals_)
            case core.NamedFunction():
                return build.load(self._scope.functions[node.name])
            case core.Membership():
                helper = "passes_cell" if node.as_cell else "in_test"
                return self._call(helper, locals_, node.value, node.test)
            case core.ScopedEntry():
                base = self.expression(node.base, locals_)
                otherwise = self.expression(node.otherwise, locals_)
                name = ast.Constant(node.name)
                return build.call(self._helper("scoped_entry"), base, otherwise, name)
            case core.Conform():
                return self._conform(node, locals_)
            case core.Table():
                return self._table(node, locals_)
            case _:
                assert_never(node)

    def _helper(self, name: str) -> ast.expr:
        return self._scope.pool.helper(name, runtime.HELPERS[name])

    def _call(self, helper: str, locals_: Locals, *operands: core.Expression) -> ast.expr:
        return build.call(self._helper(helper), *(self.expression(e, locals_) for e in operands))

    def _comparison(self, node: core.Comparison, locals_: Locals) -> ast.expr:
        if node.operator not in ("=", "!="):
            return self._call(COMPARISONS[node.operator], locals_, node.left, node.right)
        helper = "equal" if node.operator == "=" else "unequal"
        match node.left, node.right:
            case (core.DecisionValue() as decision, core.Literal() as literal) | (
                core.Literal() as literal,
                core.DecisionValue() as decision,
            ):
                return self._call(f"{helper}_to_constant", locals_, decision, literal)
            case _:
                return self._call(helper, locals_, node.left, node.right)

    def _if(self, node: core.If, locals_: Locals) -> ast.expr:
        """`if a then b else if c then d else e` as one flat call: chains may be long."""
        parts: list[ast.expr] = []
        rest: core.Expression = node
        while isinstance(rest, core.If):
            parts.append(build.lambda_([], self.expression(rest.condition, locals_)))
            parts.append(build.lambda_([], self.expression(rest.then, locals_)))
            rest = rest.otherwise
        parts.append(build.lambda_([], self.expression(rest, locals_)))
        return build.call(self._helper("choose"), *parts)

    def _let(self, node: core.Let, locals_: Locals) -> ast.expr:
        names, inner = self._scope.bound(locals_, node.name)
        body = build.lambda_(names, self.expression(node.body, inner))
        return build.call(body, self.expression(node.value, locals_))

    def _range(self, node: core.MakeRange, locals_: Locals) -> ast.expr:
        bounds = [
            build.none() if each is None else self.expression(each, locals_)
            for each in (node.low, node.high)
        ]
        how = (node.low_closed, node.high_closed, node.operator)
        return build.call(self._helper("make_range"), *bounds, *map(ast.Constant, how))

    def _filter(self, node: core.Filter, locals_: Locals) -> ast.expr:
        base = self.expression(node.base, locals_)
        if node.predicate.type == NUMBER:
            no_item = {**locals_, node.item: Plain(build.none())}
            position = self.expression(node.predicate, no_item)
            return build.call(self._helper("filter_by_position"), base, position)
        names, inner = self._scope.bound(locals_, node.item)
        predicate = build.lambda_(names, self.expression(node.predicate, inner))
        steps = ast.Constant(cost(node.predicate))
        return build.call(self._helper("filter_by_condition"), base, predicate, steps)

    def _for(self, node: core.For, locals_: Locals) -> ast.expr:
        sources, names, inner = self._iterators(node.iterators, locals_)
        partial, inner = self._scope.bound(inner, "partial")
        body = build.lambda_([*names, *partial], self.expression(node.body, inner))
        how = map(ast.Constant, (cost(node.body), uses_partial(node)))
        return build.call(self._helper("for_each"), sources, body, *how)

    def _quantified(self, node: core.Quantified, locals_: Locals) -> ast.expr:
        sources, names, inner = self._iterators(node.iterators, locals_)
        body = build.lambda_(names, self.expression(node.predicate, inner))
        steps = ast.Constant(cost(node.predicate))
        return build.call(self._helper(node.quantifier), sources, body, steps)

    def _iterators(
        self, iterators: tuple[core.Iterator, ...], locals_: Locals
    ) -> tuple[ast.expr, list[str], Locals]:
        """The sources, each a lambda over the variables before it; all variables."""
        sources: list[ast.expr] = []
        names: list[str] = []
        for each in iterators:
            source = self.expression(each.source, locals_)
            if each.end is not None:
                end = self.expression(each.end, locals_)
                source = build.call(self._helper("count_through"), source, end)
            else:
                source = build.call(self._helper("over"), source)
            sources.append(build.lambda_(names, source))
            added, locals_ = self._scope.bound(locals_, each.name)
            names = [*names, *added]
        return build.tuple_(sources), names, locals_

    def _built_in(self, node: core.Call, locals_: Locals) -> ast.expr:
        match node:
            case core.Call(
                function="list contains",
                arguments=(core.DecisionValue() as decision, core.Literal() as literal),
            ):
                return self._call("list_contains_constant", locals_, decision, literal)
            case _:
                function = runtime.built_in(node.function, node.names)
        arguments = [
            build.none() if each is None else self.expression(each, locals_)
            for each in node.arguments
        ]
        return build.call(self._scope.pool.refer("feel", function, node.function), *arguments)

    def _lambda(self, node: core.Lambda, locals_: Locals) -> ast.expr:
        names, inner = self._scope.bound(locals_, *(name for name, _ in node.parameters))
        body = build.lambda_(names, self.expression(node.body, inner))
        parameters = self._scope.pool.refer("parameters", node.signature)
        result = self._scope.pool.refer("type", node.result)
        steps = ast.Constant(cost(node.body))
        return build.call(self._helper("make_function"), parameters, result, body, steps)

    def _apply(self, node: core.Apply, locals_: Locals) -> ast.expr:
        if node.names is None:
            return self._call("apply", locals_, node.function, *node.arguments)
        names = build.tuple_(map(ast.Constant, node.names))
        operands = [self.expression(each, locals_) for each in (node.function, *node.arguments)]
        return build.call(self._helper("apply_by_names"), names, *operands)

    def _conform(self, node: core.Conform, locals_: Locals) -> ast.expr:
        operand = self.expression(node.operand, locals_)
        type_ = self._scope.pool.refer("type", node.type)
        test = build.none()
        if node.allowed is not None:
            names, inner = self._scope.bound(locals_, node.name)
            test = build.lambda_(names, self.expression(node.allowed, inner))
        return build.call(self._helper("conform"), operand, type_, test)

    def _table(self, table: core.Table, locals_: Locals) -> ast.expr:
        """A table inside an expression."""
        rules: list[ast.expr] = []
        condition = self._scope.pool.helper("condition", outcomes.condition)
        for rule in table.rules:
            tests = [self.expression(each, locals_) for each in rule.tests]
            holds = build.lambda_([], build.call(condition, *tests))
            output = build.lambda_([], self.expression(rule.output, locals_))
            rules.append(build.tuple_((ast.Constant(rule.id), holds, output)))
        combine = self._scope.pool.helper("nested_table", outcomes.nested_table)
        reference = self._scope.pool.refer("table", table)
        default = self.expression(table.default, locals_)
        return build.call(combine, reference, build.tuple_(rules), default)
