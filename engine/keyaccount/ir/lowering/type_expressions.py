"""Lower the types that an author writes inside FEEL."""

from __future__ import annotations

from typing import assert_never

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.feel import syntax
from keyaccount.feel.types import (
    ANY,
    SIMPLE_TYPES,
    ContextType,
    FunctionType,
    ListType,
    RangeType,
    Type,
)
from keyaccount.ir.lowering.names import Bindings


def lower_type(node: syntax.TypeExpression, bindings: Bindings) -> Type:
    """The type that a type expression means; an unknown name is reported."""
    match node:
        case syntax.NamedType():
            found = bindings.item_type(node.name) or SIMPLE_TYPES.get(node.name)
            if found is None:
                bindings.report(messages.unknown_name(node.span, node.name, SIMPLE_TYPES))
                return ANY
            return found
        case syntax.ListTypeExpression():
            return ListType(lower_type(node.item, bindings))
        case syntax.RangeTypeExpression():
            return RangeType(lower_type(node.bound, bindings))
        case syntax.ContextTypeExpression():
            entries = tuple((name, lower_type(each, bindings)) for name, each in node.entries)
            return ContextType(entries)
        case syntax.FunctionTypeExpression():
            parameters = tuple(lower_type(each, bindings) for each in node.parameters)
            return FunctionType(parameters, lower_type(node.result, bindings))
        case _:
            assert_never(node)
