"""Lower external functions: `function(x) external {java: {class: "...", method signature: "..."}}`.

Source: DMN 1.5, 10.3.2.13.3.
"""

from __future__ import annotations

from collections.abc import Mapping

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.feel import syntax
from keyaccount.feel.functions.java import java_function
from keyaccount.feel.types import ANY, FunctionType, Type
from keyaccount.ir import core
from keyaccount.ir.lowering.checks import failed
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.type_expressions import lower_type
from keyaccount.source import Span


def function(node: syntax.FunctionDefinition, bindings: Bindings) -> core.Expression:
    """The function that an external definition in FEEL names."""
    mapping = _texts(_entry(node.body, "java"))
    types = [
        (each.name, ANY if each.type is None else lower_type(each.type, bindings))
        for each in node.parameters
    ]
    return java_lambda(mapping, types, node.span, bindings)


def java_lambda(
    mapping: Mapping[str, str],
    parameters: list[tuple[str, Type]],
    span: Span,
    bindings: Bindings,
) -> core.Expression:
    """A function that calls a Java method of the table; null where there is no such method."""
    name = f"{mapping.get('class')}.{mapping.get('method signature')}"
    found = java_function(mapping.get("class", ""), mapping.get("method signature", ""))
    if found is None:
        bindings.report(messages.unknown_function(span, name, ()))
        return failed(span)
    fresh = tuple((bindings.unit.fresh_name(each), kind) for each, kind in parameters)
    arguments = tuple(core.Local(kind, span, each) for each, kind in fresh)
    types = [kind for _, kind in fresh]
    result = found.result_type(types) if found.signatures_for(len(types)) else ANY
    body = core.Call(result, span, found.name, arguments)
    return core.Lambda(FunctionType(tuple(types), result), span, fresh, body)


def _entry(node: syntax.Expression | None, name: str) -> syntax.Expression | None:
    if isinstance(node, syntax.ContextLiteral):
        for each in node.entries:
            if each.key == name:
                return each.value
    return None


def _texts(node: syntax.Expression | None) -> dict[str, str]:
    """The entries of a context that are texts."""
    if not isinstance(node, syntax.ContextLiteral):
        return {}
    return {
        each.key: each.value.value
        for each in node.entries
        if isinstance(each.value, syntax.StringLiteral)
    }
