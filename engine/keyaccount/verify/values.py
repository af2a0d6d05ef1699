"""Find what can never come out as it is meant: nulls that cannot be, defaults not allowed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from keyaccount.backends.reference.interpreter import allows
from keyaccount.diagnostics import policy_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.diagnostics.table_messages import never_matches
from keyaccount.feel.types import ListType
from keyaccount.ir import core
from keyaccount.ir.boxes import box_of, domain
from keyaccount.ir.rewrite import descendants, rules_of


def defaults(program: core.Program) -> Iterator[Diagnostic]:
    """Defaults of facts that the fact's own tests refuse."""
    for fact in program.facts.values():
        if fact.default is not None and not allows(fact, fact.default.value, date.min):
            yield messages.default_not_allowed(fact.default.span, fact.name)


def null_tests(program: core.Program) -> Iterator[Diagnostic]:
    """Facts compared with null that are never null: not given, they are unknown."""
    for node in _nodes(program):
        match node:
            case core.Comparison(_, _, "=" | "!=", core.Input() as fact, core.Literal(value=None)):
                pass
            case core.Comparison(_, _, "=" | "!=", core.Literal(value=None), core.Input() as fact):
                pass
            case _:
                continue
        if not program.facts[fact.name].nullable:
            yield messages.never_null(node.span, fact.name)


def always_null(program: core.Program) -> Iterator[Diagnostic]:
    """Calculations of constants alone that give null, in a program bound to a date."""
    for node in _nodes(program):
        match node:
            case core.Arithmetic(_, _, "/", _, core.Literal(value=0)):
                yield messages.division_by_zero(node.span)
            case core.Call() if not isinstance(node.type, ListType) and _is_constant(node):
                # Folding has replaced every call of constants that gives a value.
                yield messages.always_null(node.span)
            case _:
                pass


def dead_rules(program: core.Program) -> Iterator[Diagnostic]:
    """Rules whose tests leave no value of something they look at, in a program bound to a date."""
    for decision in program.decisions.values():
        for rule in rules_of(decision.logic):
            regions = box_of(rule).regions.items()
            if any(not region & domain(subject, program.facts) for subject, region in regions):
                yield never_matches(rule.span, rule.id)


def _is_constant(call: core.Call) -> bool:
    return all(isinstance(each, core.Literal) and each.value is not None for each in call.arguments)


def _nodes(program: core.Program) -> Iterator[core.Expression]:
    for decision in program.decisions.values():
        yield from descendants(decision.logic)
