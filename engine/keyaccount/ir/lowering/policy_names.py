"""The names that a policy declares: what its texts may use, and which of them clash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.feel.functions import FUNCTIONS
from keyaccount.feel.lexer import name_parts
from keyaccount.feel.names import Scope
from keyaccount.feel.types import Enumeration, Type
from keyaccount.model.policy import DecisionTable, Policy
from keyaccount.source import Fragment

_BEGINNINGS = frozenset(
    {"every", "false", "for", "function", "if", "not", "null", "some", "true"},
)
"""Words that begin an expression: a declared name wins over them, and hides them."""


def scope_of(policy: Policy, policies: Mapping[str, Policy]) -> Scope:
    """The names that may hold spaces or operators: all that is declared."""
    names = [
        *policy.facts,
        *policy.parameters,
        *policy.functions,
        *policy.decisions,
        *policies,
        *(each.name.text for f in policy.functions.values() for each in f.parameters),
        *declared_values(policy, policies.values()),
    ]
    members = [name for other in policies.values() for name in other.decisions]
    members += [
        clause.name
        for other in policies.values()
        for each in other.decisions.values()
        if isinstance(each.logic, DecisionTable)
        for clause in each.logic.outputs
        if clause.name is not None
    ]
    members += [name for each in policy.events.values() for name in each.fields]
    return Scope(names, members)


def declared_values(policy: Policy, policies: Iterable[Policy]) -> Iterator[str]:
    """What may be written bare; a word of FEEL itself, such as `not`, needs quotes."""
    types = [each.type for each in policy.facts.values()]
    types += [f.type for each in policy.events.values() for f in each.fields.values()]
    for kind in [*types, *(kind for each in policies for kind in _result_types(each))]:
        if isinstance(kind, Enumeration):
            yield from (each for each in kind.values if each not in _BEGINNINGS)


def _result_types(policy: Policy) -> Iterator[Type | None]:
    for decision in policy.decisions.values():
        yield decision.type
        if isinstance(decision.logic, DecisionTable):
            yield from (each.type for each in decision.logic.outputs)


def clashes(policy: Policy) -> Iterator[Diagnostic]:
    """Names that cannot be told apart, from each other or from FEEL's own words."""
    taken: dict[tuple[str, ...], Text] = {}
    for kind, name in _declared(policy):
        parts = tuple(name_parts(name.text))
        if name.text in _BEGINNINGS:
            yield messages.reserved_name(name.span(), name.text)
        elif parts in taken:
            yield messages.name_taken(name.span(), name.text, taken[parts])
        taken.setdefault(parts, kind)
    for function in policy.functions.values():
        if function.name.text in FUNCTIONS:
            kind = Text("built-in function", "内置函数")
            yield messages.name_taken(function.name.span(), function.name.text, kind)
    yield from _clashing_headers(policy)


def _declared(policy: Policy) -> Iterator[tuple[Text, Fragment]]:
    yield from ((Text("fact", "事实"), each.name) for each in policy.facts.values())
    yield from ((Text("parameter", "参数"), each.name) for each in policy.parameters.values())
    yield from ((Text("function", "函数"), each.name) for each in policy.functions.values())
    yield from ((Text("decision", "决策"), each.name) for each in policy.decisions.values())
    yield from ((Text("event", "事件"), each.name) for each in policy.events.values())


def _clashing_headers(policy: Policy) -> Iterator[Diagnostic]:
    """Two facts that one column of an account list would give."""
    owner = {name: name for name in policy.facts}
    for name, fact in policy.facts.items():
        for alias in fact.aliases:
            if owner.setdefault(alias, name) != name:
                yield messages.alias_taken(fact.name.span(), name, alias, owner[alias])
