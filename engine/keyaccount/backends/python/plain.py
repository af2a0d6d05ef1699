"""Expressions on the fast path: plain Python operators wherever they are surely right.

Whatever is not plainly right (nulls, values of unsure kind, calls) goes
through the general helpers, which give the same answers. Values that are not
known may be carried about but not looked at (`keyaccount.backends.python.pending`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import Decimal
from typing import assert_never

from keyaccount.backends.python import build
from keyaccount.backends.python.general import GeneralCompiler
from keyaccount.backends.python.pending import looked_at
from keyaccount.backends.python.scope import (
    ORDERED,
    Kind,
    Locals,
    Plain,
    Scope,
    computed,
    joined,
    kind_of_value,
)
from keyaccount.feel.values.number import CONTEXT
from keyaccount.ir import core

ORDERING: dict[str, type[ast.cmpop]] = {"<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE}
EQUALITY: dict[str, type[ast.cmpop]] = {"=": ast.Eq, "!=": ast.NotEq}
TRAPPING: dict[str, tuple[str, Callable[..., Decimal]]] = {
    "+": ("plus", CONTEXT.add),
    "-": ("minus", CONTEXT.subtract),
    "*": ("times", CONTEXT.multiply),
    "/": ("divided_by", CONTEXT.divide),
}
"""Arithmetic in 34 digits; what has no result raises."""


class PlainCompiler:
    """Compiles expressions for the fast path.

    What must run before the code that it gives is collected; `take_before`
    hands it out.
    """

    def __init__(self, scope: Scope, general: GeneralCompiler) -> None:
        self._scope = scope
        self._general = general
        self._before: list[ast.stmt] = []

    def value(  # noqa: C901 -- one arm a node
        self, node: core.Expression, locals_: Locals
    ) -> Plain:
        """Code for the node's value."""
        match node:
            case core.Literal(value=value):
                code = self._scope.pool.refer("number", value)
                return Plain(code, kind_of_value(value), nullable=value is None, carried=False)
            case core.Input():
                return self._scope.facts[node.name].again()
            case core.DecisionValue():
                return self._scope.decisions[node.name].again()
            case core.Local():
                return locals_[node.name].again()
            case core.Moment(which="today"):
                return computed(build.load("today"), Kind.DATE)
            case core.Comparison():
                left, right = self.value(node.left, locals_), self.value(node.right, locals_)
                return self._compared(node, left, right, locals_)
            case core.And() | core.Or():
                return self._junction(node, locals_)
            case core.Not():
                operand = self.value(node.operand, locals_)
                if operand.sure and operand.kind is Kind.BOOLEAN:
                    return computed(build.not_(operand.code), Kind.BOOLEAN)
                return self._by_helper(node, locals_)
            case core.Arithmetic():
                return self._arithmetic(node, locals_)
            case core.Negate():
                operand = self.value(node.operand, locals_)
                if operand.sure and operand.kind is Kind.NUMBER:
                    helper = self._scope.pool.helper("negated", CONTEXT.minus)
                    return computed(build.call(helper, operand.code), Kind.NUMBER)
                return self._by_helper(node, locals_)
            case core.If():
                return self._if(node, locals_)
            case core.Let():
                return self.value(node.body, self.let(node, locals_))
            case _:
                return self._by_helper(node, locals_)

    def looked_at(self, value: Plain) -> ast.expr:
        """Code for a value that leaves the expression: one that is not known raises."""
        return self._look(value.code) if value.carried else value.code

    def test(self, node: core.Expression, locals_: Locals) -> ast.expr:
        """Code that is true in Python exactly where the node's value is true."""
        match node:
            case core.And():
                return self._all_true(node, locals_)
            case core.Or():
                return build.any_([self.test(each, locals_) for each in node.operands])
            case core.Comparison():
                return self._comparison_test(node, locals_)
            case _:
                return self._as_test(self.value(node, locals_))

    def _all_true(self, node: core.And, locals_: Locals) -> ast.expr:
        """`and` as a test: what may be null comes last, and is looked at together.

        `null and unknown` is unknown, not false: so a null must not keep what
        stands beside it from being looked at.
        """
        tests: list[ast.expr] = []
        together: list[ast.expr] = []
        for each in node.operands:
            may_be_null = self.value(each, locals_).nullable
            (together if may_be_null else tests).append(self.test(each, locals_))
        return build.all_([*tests, *([build.both(together)] if together else [])])

    def let(self, node: core.Let, locals_: Locals) -> Locals:
        """Bind the variable in a statement before; gives the locals with it."""
        value = self.value(node.value, locals_)
        name = self._scope.fresh(node.name)
        self._before.append(build.assign(name, value.code))
        bound = Plain(build.load(name), value.kind, value.nullable, value.carried)
        return {**locals_, node.name: bound}

    def take_before(self) -> list[ast.stmt]:
        """The statements that must run before all code given since the last time."""
        before, self._before = self._before, []
        return before

    def _look(self, code: ast.expr) -> ast.expr:
        return build.call(self._scope.pool.helper("looked_at", looked_at), code)

    def _by_helper(self, node: core.Expression, locals_: Locals, kind: Kind = Kind.OTHER) -> Plain:
        if isinstance(node, _GIVES_BOOLEAN):
            kind = Kind.BOOLEAN
        code = self._look(self._general.expression(node, locals_))
        return Plain(code, kind, carried=False)

    def _as_test(self, value: Plain) -> ast.expr:
        if value.kind is not Kind.BOOLEAN:
            return build.is_(self.looked_at(value), True)
        if not value.nullable:
            return value.code
        if value.repeatable:
            return build.all_([build.is_not(value.code, None), value.again().code])
        return build.is_(self.looked_at(value), True)

    def _compared(self, node: core.Comparison, left: Plain, right: Plain, locals_: Locals) -> Plain:
        if _comparable(node.operator, left, right):
            return computed(_compare(node.operator, left, right), Kind.BOOLEAN)
        return self._by_helper(node, locals_)

    def _comparison_test(self, node: core.Comparison, locals_: Locals) -> ast.expr:
        match node:
            case core.Comparison(operator="=", left=tested, right=core.Literal(value=True)):
                return self.test(tested, locals_)
            case _:
                pass
        left, right = self.value(node.left, locals_), self.value(node.right, locals_)
        if node.operator in ORDERING and left.kind is right.kind and left.kind in ORDERED:
            guards = _null_guards(left, right)
            if guards:
                return build.all_([*guards, _compare(node.operator, left, right)])
        return self._as_test(self._compared(node, left, right, locals_))

    def _junction(self, node: core.And | core.Or, locals_: Locals) -> Plain:
        operands = [self.value(each, locals_) for each in node.operands]
        if all(each.sure and each.kind is Kind.BOOLEAN for each in operands):
            join = build.all_ if isinstance(node, core.And) else build.any_
            code = join([each.code for each in operands])
            return Plain(code, Kind.BOOLEAN, nullable=False, carried=operands[-1].carried)
        return self._by_helper(node, locals_)

    def _arithmetic(self, node: core.Arithmetic, locals_: Locals) -> Plain:
        left, right = self.value(node.left, locals_), self.value(node.right, locals_)
        numbers = left.kind is Kind.NUMBER and right.kind is Kind.NUMBER
        if numbers and left.sure and right.sure and node.operator in TRAPPING:
            helper = self._scope.pool.helper(*TRAPPING[node.operator])
            return computed(build.call(helper, left.code, right.code), Kind.NUMBER)
        return self._by_helper(node, locals_, Kind.NUMBER if numbers else Kind.OTHER)

    def _if(self, node: core.If, locals_: Locals) -> Plain:
        test = self.test(node.condition, locals_)
        then, otherwise = self.value(node.then, locals_), self.value(node.otherwise, locals_)
        return joined(then, otherwise, build.choice(test, then.code, otherwise.code))


_GIVES_BOOLEAN = (core.And, core.Or, core.Not, core.Comparison, core.InstanceOf, core.Quantified)


def _comparable(operator: core.ComparisonOperator, left: Plain, right: Plain) -> bool:
    """Whether Python's operator gives FEEL's answer, null included."""
    if operator in EQUALITY and (left.is_null or right.is_null):
        return True
    if left.kind is not right.kind or left.kind is Kind.OTHER:
        return False
    if operator in EQUALITY:
        return True  # null equals only null, in Python as in FEEL
    return left.kind in ORDERED and left.sure and right.sure


def _null_guards(left: Plain, right: Plain) -> list[ast.expr]:
    """Tests that neither side is null; none where they would hide an unknown value.

    A comparison of null with an unknown value is unknown: so where one side
    may be null, the other must be such that it needs no looking at.
    """
    guards: list[ast.expr] = []
    for one, other in ((left, right), (right, left)):
        if one.nullable:
            if not one.repeatable or not other.repeatable or other.carried:
                return []
            guards.append(build.is_not(one.again().code, None))
    return guards


def _compare(operator: core.ComparisonOperator, left: Plain, right: Plain) -> ast.expr:
    match operator:
        case "=" | "!=":
            return build.compare(left.code, EQUALITY[operator](), right.code)
        case "<" | "<=" | ">" | ">=":
            return build.compare(left.code, ORDERING[operator](), right.code)
        case _:
            assert_never(operator)
