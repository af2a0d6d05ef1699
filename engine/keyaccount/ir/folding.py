"""Fold what is constant, so that backends see plain literals."""

from __future__ import annotations

from decimal import Decimal

from keyaccount.feel.functions import function_named
from keyaccount.feel.operations import arithmetic, negate
from keyaccount.feel.types import ListType
from keyaccount.ir import core


def fold(node: core.Expression) -> core.Expression:
    """The node, or the literal that it comes to; its children are folded already."""
    match node:
        case core.Negate(_, _, core.Literal(value=Decimal() as number)):
            return core.Literal(node.type, node.span, negate(number))
        case core.Arithmetic(_, _, operator, core.Literal() as left, core.Literal() as right):
            value = arithmetic(operator, left.value, right.value)
            return node if value is None else core.Literal(node.type, node.span, value)
        case core.MakeList(_, _, items) if all(isinstance(each, core.Literal) for each in items):
            values = [each.value for each in items if isinstance(each, core.Literal)]
            return core.Literal(node.type, node.span, values)
        case core.Call():
            return _call(node)
        case _:
            return node


def _call(node: core.Call) -> core.Expression:
    values: list[object] = []
    for each in node.arguments:
        if not isinstance(each, core.Literal):
            return node
        values.append(each.value)
    if isinstance(node.type, ListType):
        return node
    value = function_named(node.function, node.names)(*values)
    return node if value is None else core.Literal(node.type, node.span, value)
