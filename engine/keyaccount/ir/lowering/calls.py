"""Lower calls: built-in functions, business knowledge models, function values.

A call of a business knowledge model unfolds to its body, the arguments bound
around it, so that no backend has to know such functions at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel import syntax
from keyaccount.feel.functions import FUNCTIONS
from keyaccount.feel.functions.builtin import Builtin, Signature
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression
from keyaccount.feel.types import ANY, BOOLEAN, DATE, DATE_AND_TIME, FunctionType, Type
from keyaccount.feel.values.duration import duration_from_text
from keyaccount.feel.values.typing import type_of
from keyaccount.ir import core
from keyaccount.ir.lowering.checks import failed, let_all, require
from keyaccount.ir.lowering.names import MAX_UNFOLDED, Bindings
from keyaccount.ir.lowering.unary_tests import Lower, is_simple
from keyaccount.model.policy import BusinessKnowledgeModel
from keyaccount.source import Span

_MOMENTS: dict[str, Type] = {"today": DATE, "now": DATE_AND_TIME}


def invocation(node: syntax.Invocation, bindings: Bindings, lower: Lower) -> core.Expression:
    """Any call; what is called decides how."""
    if isinstance(node.function, syntax.Name):
        name = node.function.name
        if bindings.resolve(name, node.span) is None and not _is_entry(name, node, bindings):
            return _named_call(name, node, bindings, lower)
    function = lower(node.function, bindings)
    arguments = tuple(lower(each.value, bindings) for each in node.arguments)
    names = [each.name for each in node.arguments if each.name is not None]
    return applied(node.span, function, arguments, tuple(names) or None)


def applied(
    span: Span,
    function: core.Expression,
    arguments: tuple[core.Expression, ...],
    names: tuple[str, ...] | None,
) -> core.Apply:
    """A function value, applied to arguments in order, or by names."""
    kind = function.type.result if isinstance(function.type, FunctionType) else ANY
    return core.Apply(kind, span, function, arguments, names)


def _is_entry(name: str, node: syntax.Invocation, bindings: Bindings) -> bool:
    """Whether only an item's own entry may be called here."""
    known = name in FUNCTIONS or name in _MOMENTS or name in bindings.functions
    return not known and bindings.resolve_dynamic(name, node.span) is not None


def named_function(node: syntax.Name, bindings: Bindings) -> core.Expression | None:
    """A built-in function as a value, to hand to another function."""
    builtin = FUNCTIONS.get(node.name)
    if builtin is None or builtin.signatures[0].variadic:
        return None
    signature = builtin.signatures[0]
    names = [bindings.unit.fresh_name(each.name) for each in signature.parameters]
    types = [each.type for each in signature.parameters]
    locals_ = tuple(
        core.Local(kind, node.span, name) for name, kind in zip(names, types, strict=True)
    )
    result = signature.result_type(types)
    call = core.Call(result, node.span, builtin.name, locals_)
    kind = FunctionType(tuple(types), result)
    return core.Lambda(kind, node.span, tuple(zip(names, types, strict=True)), call)


def _named_call(
    name: str, node: syntax.Invocation, bindings: Bindings, lower: Lower
) -> core.Expression:
    if name in bindings.functions:
        return _unfold(bindings.functions[name], node, bindings, lower)
    if name in _MOMENTS and not node.arguments:
        return core.Moment(_MOMENTS[name], node.span, "today" if name == "today" else "now")
    builtin = FUNCTIONS.get(name)
    if builtin is None:
        known = [*bindings.functions, *FUNCTIONS, *_MOMENTS]
        bindings.report(messages.unknown_function(node.function.span, name, known))
        return failed(node.span)
    return _built_in(builtin, node, bindings, lower)


def _built_in(
    builtin: Builtin, node: syntax.Invocation, bindings: Bindings, lower: Lower
) -> core.Expression:
    arguments = [lower(each.value, bindings) for each in node.arguments]
    names = [each.name for each in node.arguments if each.name is not None]
    return built_in_call(builtin, node.span, arguments, names, bindings)


def built_in_call(
    builtin: Builtin,
    span: Span,
    arguments: Sequence[core.Expression],
    names: Sequence[str],
    bindings: Bindings,
) -> core.Expression:
    """A call of a built-in function, by position or, where there are names, by these."""
    if names:
        found = builtin.by_names(names)
        if found is None:
            return _does_not_fit(builtin, span, bindings)
        named, order = found
        arguments = [arguments[index] for index in order]
        names = [names[index] for index in order] if named != builtin else ()
        builtin = named
    types = [each.type for each in arguments]
    if not builtin.signatures_for(len(arguments)):
        return _does_not_fit(builtin, span, bindings)
    if not builtin.may_take(types):
        misfit = _does_not_fit(builtin, span, bindings)
        if bindings.unit.strict:
            return misfit
    if builtin.name == "not":
        return core.Not(BOOLEAN, span, arguments[0])
    kind = _told_by_text(builtin, arguments) or builtin.result_type(types)
    return core.Call(kind, span, builtin.name, tuple(arguments), tuple(names))


def _told_by_text(builtin: Builtin, arguments: Sequence[core.Expression]) -> Type | None:
    """Which kind of duration a constant text is; None for any other call."""
    match arguments:
        case [core.Literal(value=str() as text)] if builtin.name == "duration":
            value = duration_from_text(text)
            return None if value is None else type_of(value)
        case _:
            return None


def _does_not_fit(builtin: Builtin, span: Span, bindings: Bindings) -> core.Expression:
    forms = [_form(builtin.name, each) for each in builtin.signatures]
    bindings.report(messages.wrong_arguments(span, builtin.name, forms))
    return failed(span)


def _form(name: str, signature: Signature) -> str:
    parts = [f"{each.name}: {each.type}" for each in signature.parameters]
    optional = [f"[{each}]" for each in parts[signature.required :]]
    dots = ["..."] if signature.variadic else []
    return f"{name}({', '.join([*parts[: signature.required], *optional, *dots])})"


def _unfold(
    model: BusinessKnowledgeModel, node: syntax.Invocation, bindings: Bindings, lower: Lower
) -> core.Expression:
    name = model.name.text
    if name in bindings.unfolding:
        circle = (*bindings.unfolding[bindings.unfolding.index(name) :], name)
        bindings.report(messages.cycle(node.function.span, circle))
        return failed(node.span)
    bindings.unit.unfolded += 1
    if bindings.unit.unfolded > MAX_UNFOLDED:
        if bindings.unit.unfolded == MAX_UNFOLDED + 1:
            bindings.report(messages.too_large(node.span))
        return failed(node.span)
    arguments = _arguments(model, node, bindings, lower)
    if arguments is None:
        forms = [", ".join(f"{each.name.text}: {each.type}" for each in model.parameters)]
        bindings.report(messages.wrong_arguments(node.span, name, [f"{name}({forms[0]})"]))
        return failed(node.span)
    return _body(model, arguments, bindings, lower)


def _arguments(
    model: BusinessKnowledgeModel, node: syntax.Invocation, bindings: Bindings, lower: Lower
) -> list[core.Expression] | None:
    """The arguments in the order of the parameters, None where they don't fit."""
    if len(node.arguments) != len(model.parameters):
        return None
    given: Sequence[syntax.Argument] = node.arguments
    if node.arguments and node.arguments[0].name is not None:
        by_name = {each.name: each for each in node.arguments}
        names = [each.name.text for each in model.parameters]
        if by_name.keys() != set(names):
            return None
        given = [by_name[each] for each in names]
    return [
        require(lower(argument.value, bindings, parameter.type), parameter.type, bindings)
        for argument, parameter in zip(given, model.parameters, strict=True)
    ]


def check_uncalled(bindings: Bindings, lower: Lower) -> None:
    """Report what is wrong in functions that nothing calls: their bodies are never unfolded."""
    for model in bindings.functions.values():
        if id(model) not in bindings.unit.called:
            arguments = [
                core.Local(each.type, each.name.span(), each.name.text) for each in model.parameters
            ]
            _body(model, arguments, bindings, lower)


def _body(
    model: BusinessKnowledgeModel,
    arguments: Sequence[core.Expression],
    bindings: Bindings,
    lower: Lower,
) -> core.Expression:
    bindings.unit.called.add(id(model))
    steps: list[tuple[str, core.Expression]] = []
    names: dict[str, core.Expression] = {}
    for parameter, argument in zip(model.parameters, arguments, strict=True):
        if is_simple(argument):
            names[parameter.name.text] = argument
            continue
        fresh = bindings.unit.fresh_name(parameter.name.text)
        steps.append((fresh, argument))
        names[parameter.name.text] = core.Local(parameter.type, parameter.name.span(), fresh)
    inside = replace(
        bindings,
        facts={},
        decisions={},
        locals=names,
        items=(),
        input_value=None,
        unfolding=(*bindings.unfolding, model.name.text),
        hidden=dict.fromkeys((*bindings.facts, *bindings.decisions), messages.HAND_IT_IN),
    )
    tree = _tree(model, inside)
    if tree is None:
        return failed(model.body.span())
    body = lower(tree, inside, model.result)
    if model.result is not None:
        body = require(body, model.result, inside)
    return let_all(steps, body)


def _tree(model: BusinessKnowledgeModel, bindings: Bindings) -> syntax.Expression | None:
    known = [*bindings.locals, *bindings.parameters, *bindings.functions]
    try:
        return parse_expression(model.body, Scope(known))
    except PolicyError as error:
        for problem in error.diagnostics:
            if problem not in bindings.unit.problems:
                bindings.report(problem)
        return None
