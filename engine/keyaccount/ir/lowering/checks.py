"""What every part of the lowering checks and builds alike."""

from __future__ import annotations

from collections.abc import Sequence

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    NULL,
    STRING,
    Enumeration,
    ListType,
    RangeType,
    Type,
    conforms,
    join,
)
from keyaccount.ir import core
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.operators import comparable, is_dynamic
from keyaccount.source import Span


def require(node: core.Expression, wanted: Type, bindings: Bindings) -> core.Expression:
    """The node; where its type cannot be the wanted one, a message and what stands for it."""
    if fits(node.type, wanted):
        return node
    bindings.report(messages.wrong_type(node.span, str(node.type), str(wanted)))
    return failed(node.span)


def fits(kind: Type, wanted: Type) -> bool:
    """Whether a value of one type may be of the wanted one."""
    if is_dynamic(kind) or wanted == ANY or conforms(kind, wanted):
        return True
    return isinstance(wanted, Enumeration) and conforms(kind, STRING)


def failed(span: Span) -> core.Literal:
    """What stands where a mistake was."""
    return core.Literal(ANY, span, None)


def is_failed(node: core.Expression) -> bool:
    """Whether the node stands where a mistake was."""
    return isinstance(node, core.Literal) and node.type == ANY


def compare(
    operator: core.ComparisonOperator,
    left: core.Expression,
    right: core.Expression,
    span: Span,
    bindings: Bindings,
) -> core.Expression:
    """A comparison, after a message where the types have nothing in common."""
    for side, other in ((left, right), (right, left)):
        if isinstance(other.type, Enumeration) and _is_undeclared(side, other.type):
            value = str(side.value) if isinstance(side, core.Literal) else ""
            bindings.report(messages.undeclared_value(side.span, value, other.type.values))
            return failed(span)
    if not comparable(operator, left.type, right.type):
        bindings.report(messages.operand_mismatch(span, operator, str(left.type), str(right.type)))
    return core.Comparison(BOOLEAN, span, operator, left, right)


def _is_undeclared(side: core.Expression, kind: Enumeration) -> bool:
    return (
        isinstance(side, core.Literal)
        and isinstance(side.value, str)
        and side.value not in kind.values
    )


def item_type(kind: Type) -> Type:
    """The type of the items that iterating over a value of this type gives."""
    match kind:
        case ListType(item):
            return item
        case RangeType(bound):
            return bound
        case _:
            return kind


def one_type(nodes: Sequence[core.Expression], bindings: Bindings) -> Type:
    """The type that all the nodes have in common, after a message where they have none."""
    kind = NULL if not nodes else nodes[0].type
    for each in nodes[1:]:
        joined = join(kind, each.type)
        if joined == ANY and not (is_dynamic(kind) or is_dynamic(each.type)):
            bindings.report(messages.mixed_types(each.span, str(each.type), str(kind)))
            return ANY
        kind = joined
    return kind


def joined_type(nodes: tuple[core.Expression, ...]) -> Type:
    """The narrowest type that all the nodes' types conform to; `Null` for none."""
    kind: Type = nodes[0].type if nodes else NULL
    for each in nodes[1:]:
        kind = join(kind, each.type)
    return kind


def let_all(steps: list[tuple[str, core.Expression]], body: core.Expression) -> core.Expression:
    """The body with each step bound around it, the first outermost."""
    for name, value in reversed(steps):
        body = core.Let(body.type, body.span, name, value, body)
    return body
