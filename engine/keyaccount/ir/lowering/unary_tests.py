"""Lower tests of a value: unary tests of a cell, `in`, `between`.

Source: DMN 1.5, 7.3.8 (unary tests) and table 55 (`in`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.feel import syntax
from keyaccount.feel.types import ANY, BOOLEAN, NULL, Enumeration, ListType, RangeType, Type
from keyaccount.ir import core
from keyaccount.ir.lowering.checks import compare, failed, is_failed
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.operators import plain
from keyaccount.source import Span


class Lower(Protocol):
    """`keyaccount.ir.lowering.expressions.lower`, handed in so that imports go one way."""

    def __call__(
        self, node: syntax.Expression, bindings: Bindings, expected: Type | None = None
    ) -> core.Expression: ...


def between(node: syntax.Between, bindings: Bindings, lower: Lower) -> core.Expression:
    """`x between low and high` as `x >= low and x <= high`."""

    def test(value: core.Expression) -> core.Expression:
        low = compare(">=", value, lower(node.low, bindings), node.span, bindings)
        high = compare("<=", value, lower(node.high, bindings), node.span, bindings)
        return core.And(BOOLEAN, node.span, (low, high))

    return over(lower(node.operand, bindings), bindings, test)


def membership(node: syntax.In, bindings: Bindings, lower: Lower) -> core.Expression:
    """`x in (test, test)` as the disjunction of the tests."""
    return over(
        lower(node.operand, bindings),
        bindings,
        lambda value: any_test(node.tests, value, bindings, lower, node.span),
    )


def cell(
    tests: syntax.UnaryTests, value: core.Expression, bindings: Bindings, lower: Lower
) -> core.Expression | None:
    """A cell's tests of a value; None for `-`, which any value passes.

    Args:
        tests: the cell.
        value: the input; a node that may stand several times.
        bindings: the names in sight.
        lower: how expressions inside are lowered.
    """
    if not tests.tests:
        return None
    lowered = any_test(tests.tests, value, bindings, lower, tests.span, as_cell=True)
    return core.Not(BOOLEAN, tests.span, lowered) if tests.negated else lowered


def over(
    value: core.Expression,
    bindings: Bindings,
    test: Callable[[core.Expression], core.Expression],
) -> core.Expression:
    """The test of a value that is worked out once."""
    if is_simple(value):
        return test(value)
    name = bindings.unit.fresh_name("value")
    body = test(core.Local(value.type, value.span, name))
    return core.Let(body.type, body.span, name, value, body)


def is_simple(node: core.Expression) -> bool:
    """Whether the node may stand several times at no cost."""
    return isinstance(
        node,
        core.Literal | core.Input | core.DecisionValue | core.ParameterValue | core.Local,
    )


def any_test(
    tests: Sequence[syntax.Expression],
    value: core.Expression,
    bindings: Bindings,
    lower: Lower,
    span: Span,
    *,
    as_cell: bool = False,
) -> core.Expression:
    """True where the value passes one of the tests; `as_cell`: those of a table's cell."""
    lowered = tuple(_test(each, value, bindings, lower, as_cell) for each in tests)
    return lowered[0] if len(lowered) == 1 else core.Or(BOOLEAN, span, lowered)


def _test(
    node: syntax.Expression,
    value: core.Expression,
    bindings: Bindings,
    lower: Lower,
    as_cell: bool,
) -> core.Expression:
    if bindings.unit.strict and is_failed(value) and bindings.may_be_value(node):
        return failed(node.span)
    match node:
        case syntax.UnaryComparison():
            right = lower(node.right, bindings, _hint(value.type))
            return compare(node.operator, value, right, node.span, bindings)
        case syntax.RangeLiteral():
            return _in_range(node, value, bindings, lower)
        case syntax.ListLiteral() if (
            bindings.unit.strict and node.items and not isinstance(value.type, ListType)
        ):
            return any_test(node.items, value, bindings, lower, node.span)
        case syntax.UnaryTests():
            return cell(node, value, bindings, lower) or core.Literal(
                BOOLEAN, node.span, value=True
            )
        case _:
            if bindings.unit.strict:
                return _expression_test(node, value, bindings, lower)
            return _dynamic_test(node, value, bindings, lower, as_cell)


def _hint(kind: Type) -> Type | None:
    return kind if isinstance(kind, Enumeration) else None


def _in_range(
    node: syntax.RangeLiteral, value: core.Expression, bindings: Bindings, lower: Lower
) -> core.Expression:
    tests: list[core.Expression] = []
    if _is_empty(node):
        bindings.report(messages.empty_range(node.span))
    if node.low is not None:
        low = lower(node.low, bindings)
        tests.append(compare(">=" if node.low_closed else ">", value, low, node.span, bindings))
    if node.high is not None:
        high = lower(node.high, bindings)
        tests.append(compare("<=" if node.high_closed else "<", value, high, node.span, bindings))
    return tests[0] if len(tests) == 1 else core.And(BOOLEAN, node.span, tuple(tests))


def _is_empty(node: syntax.RangeLiteral) -> bool:
    """Whether it is plain to see from its figures that a range holds nothing."""
    match node.low, node.high:
        case syntax.NumberLiteral(value=low), syntax.NumberLiteral(value=high):
            return low > high or (low == high and not (node.low_closed and node.high_closed))
        case _:
            return False


def _expression_test(
    node: syntax.Expression, value: core.Expression, bindings: Bindings, lower: Lower
) -> core.Expression:
    """Any other expression: true as it stands, or equal to the value, or holding it."""
    mistake = _mistaken(node, value.type)
    if mistake is not None:
        bindings.report(mistake)
        return failed(node.span)
    lowered = lower(node, bindings.testing(value), _hint(value.type))
    kind = lowered.type
    is_test = plain(value.type) != BOOLEAN and not isinstance(node, syntax.BooleanLiteral)
    if kind == BOOLEAN and (is_test or _mentions_input(node)):
        return lowered
    if isinstance(kind, ListType) and not isinstance(value.type, ListType):
        return core.Call(BOOLEAN, node.span, "list contains", (lowered, value))
    if isinstance(kind, RangeType):
        return core.Call(BOOLEAN, node.span, "includes", (lowered, value))
    return compare("=", value, lowered, node.span, bindings)


def _mistaken(node: syntax.Expression, kind: Type) -> Diagnostic | None:
    """What is wrong with a cell that FEEL takes for a calculation, and no author can mean so."""
    match node:
        case syntax.Arithmetic(_, "-", syntax.NumberLiteral(), syntax.NumberLiteral()):
            return messages.subtraction_for_range(node.span)
        case (
            syntax.Disjunction(left=syntax.Name(name=name))
            | syntax.Conjunction(left=syntax.Name(name=name))
        ) if isinstance(kind, Enumeration) and name in kind.values:
            return messages.joined_values(node.span)
        case _:
            return None


def _dynamic_test(
    node: syntax.Expression,
    value: core.Expression,
    bindings: Bindings,
    lower: Lower,
    as_cell: bool,
) -> core.Expression:
    """Any other expression, of a kind that the run finds out."""
    lowered = lower(node, bindings.testing(value))
    if lowered.type == BOOLEAN and _mentions_input(node):
        return lowered
    computed = not is_simple(lowered)
    return core.Membership(BOOLEAN, node.span, value, lowered, as_cell and computed)


def _mentions_input(node: syntax.Expression) -> bool:
    """Whether `?` stands anywhere in the expression."""
    return isinstance(node, syntax.InputValue) or any(map(_mentions_input, syntax_children(node)))


def syntax_children(node: object) -> list[syntax.Expression]:
    """The nodes directly below a surface node."""
    found: list[syntax.Expression] = []
    for name in getattr(type(node), "__dataclass_fields__", {}):
        if name == "span":
            continue
        held = getattr(node, name)
        parts = held if isinstance(held, tuple) else (held,)
        found.extend(each for each in parts if isinstance(each, syntax.Node))  # type: ignore[misc] # every Node but type expressions is an Expression
    return found


def standing_alone(
    node: syntax.UnaryComparison | syntax.UnaryTests | syntax.IterationRange,
    bindings: Bindings,
    lower: Lower,
) -> core.Expression:
    """A test where an expression is expected: `(>= 5)` is a range, of `?` it is a test."""
    match node:
        case syntax.UnaryComparison() if bindings.input_value is None:
            return _as_range(node, lower(node.right, bindings))
        case syntax.UnaryComparison() if bindings.input_value is not None:
            return _test(node, bindings.input_value, bindings, lower, as_cell=False)
        case syntax.UnaryTests() if bindings.input_value is not None:
            return _test(node, bindings.input_value, bindings, lower, as_cell=False)
        case _:
            return failed(node.span)


def _as_range(node: syntax.UnaryComparison, bound: core.Expression) -> core.Expression:
    kind = RangeType(bound.type if bound.type != NULL else ANY)
    low = None if node.operator in ("<", "<=") else bound
    high = bound if low is None else None
    closed = node.operator in (">=", "<=", "=")
    return core.MakeRange(
        kind,
        node.span,
        low,
        high,
        closed and low is not None,
        closed and high is not None,
        node.operator,
    )
