"""Lower what a policy declares: facts and dated parameters."""

from __future__ import annotations

from collections.abc import Mapping

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.feel.types import Enumeration, ListType, Type
from keyaccount.ir import core
from keyaccount.ir.folding import fold
from keyaccount.ir.lowering import unary_tests
from keyaccount.ir.lowering.checks import one_type, require
from keyaccount.ir.lowering.expressions import lower
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.texts import Texts
from keyaccount.ir.rewrite import rebuild
from keyaccount.model.policy import InputData, Parameter, Policy
from keyaccount.source import Fragment


def lower_fact(fact: InputData, bindings: Bindings, texts: Texts) -> core.Fact:
    """A fact with its allowed values as a test of `Local("?")`."""
    return core.Fact(
        fact.name.text,
        fact.type,
        fact.nullable,
        _default(fact, bindings, texts),
        _allowed(fact, bindings, texts),
        fact.title,
        fact.unit,
        fact.value_titles,
        fact.aliases,
        fact.name.span(),
        fact.sensitive,
    )


def _default(fact: InputData, bindings: Bindings, texts: Texts) -> core.Literal | None:
    if fact.default is None:
        return None
    return constant(fact.default, fact.type, bindings, texts)


def _allowed(fact: InputData, bindings: Bindings, texts: Texts) -> core.Expression | None:
    tree = None if fact.allowed is None else texts.tests(fact.allowed)
    if tree is None:
        return None
    value = core.Local(fact.type, tree.span, "?")
    return unary_tests.cell(tree, value, bindings.testing(value), lower)


def lower_parameter(
    policy: str, parameter: Parameter, bindings: Bindings, texts: Texts
) -> core.DatedParameter:
    """A parameter, each of its values a constant of one type."""
    values: list[core.DatedLiteral] = []
    for each in parameter.values:
        literal = constant(each.value, parameter.type, bindings, texts)
        if literal is not None:
            values.append(core.DatedLiteral(each.since, literal))
    return core.DatedParameter(
        f"{policy}.{parameter.name.text}",
        parameter.type or one_type([each.value for each in values], bindings),
        tuple(values),
        parameter.until,
        parameter.title,
        parameter.unit,
        parameter.name.span(),
    )


def constant(
    fragment: Fragment, wanted: Type | None, bindings: Bindings, texts: Texts
) -> core.Literal | None:
    """The literal that a text comes to; None after a message where it is none."""
    tree = texts.expression(fragment)
    if tree is None:
        return None
    found_before = len(bindings.unit.problems)
    node = _folded(lower(tree, bindings, wanted))
    if not isinstance(node, core.Literal):
        if len(bindings.unit.problems) == found_before:
            bindings.report(messages.not_constant(fragment.span()))
        return None
    if wanted is not None:
        require(node, wanted, bindings)
        if isinstance(wanted, Enumeration | ListType):
            return core.Literal(wanted, node.span, node.value)
    return node


def _folded(node: core.Expression) -> core.Expression:
    return fold(rebuild(node, _folded))


def merge_facts(
    policies: Mapping[str, Policy], lowered: Mapping[str, Mapping[str, core.Fact]], report: Bindings
) -> dict[str, core.Fact]:
    """All facts by name; one name in two policies must be one fact."""
    merged: dict[str, core.Fact] = {}
    owner: dict[str, str] = {}
    for policy in policies:
        for name, fact in lowered[policy].items():
            if name not in merged:
                merged[name], owner[name] = fact, policy
            elif _meaning(fact) != _meaning(merged[name]):
                report.report(messages.fact_differs(fact.span, name, owner[name]))
            else:
                merged[name] = _joined(merged[name], fact)
    return merged


def _meaning(fact: core.Fact) -> tuple[object, ...]:
    return (fact.type, fact.nullable, fact.default, fact.allowed)


def _joined(first: core.Fact, second: core.Fact) -> core.Fact:
    """The first, with what else the second has to tell people."""
    return core.Fact(
        first.name,
        first.type,
        first.nullable,
        first.default,
        first.allowed,
        {**second.title, **first.title},
        first.unit or second.unit,
        {**second.value_titles, **first.value_titles},
        tuple(dict.fromkeys(first.aliases + second.aliases)),
        first.span,
        first.sensitive or second.sensitive,
    )
