"""Bind a program to a date: parameters become constants, rules out of force go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.diagnostics.policy_messages import parameter_not_in_force
from keyaccount.ir import core
from keyaccount.ir.completeness import Sure, is_complete
from keyaccount.ir.disjointness import is_disjoint
from keyaccount.ir.event_rules import rebuilt
from keyaccount.ir.folding import fold
from keyaccount.ir.rewrite import Rewrite, rebuild, rebuild_reasons, rules_of
from keyaccount.model.policy import HitPolicy


def bind(program: core.Program, as_of: date) -> core.Program:
    """The program as it is in force on a date.

    Raises:
        PolicyError: a parameter that is used has no value on that date.
    """
    constants: dict[str, core.Literal] = {}
    problems = []
    for name, parameter in program.parameters.items():
        value = in_force(parameter, as_of)
        if value is None:
            problems.append(parameter_not_in_force(parameter.span, name, as_of))
        else:
            constants[name] = value
    if problems:
        raise PolicyError(problems)

    def at_date(node: core.Expression) -> core.Expression:
        if isinstance(node, core.ParameterValue):
            found = constants.get(node.name)
            # A reason may mention what `select` left out; it is never told then.
            return node if found is None else replace(found, span=node.span)
        if isinstance(node, core.Table):
            node = replace(node, rules=_rules_in_force(node, as_of, at_date))
        return fold(rebuild(node, at_date))

    facts = {
        name: replace(each, allowed=None if each.allowed is None else at_date(each.allowed))
        for name, each in program.facts.items()
    }
    decisions: dict[str, core.Decision] = {}
    sure = Sure(facts, frozenset())
    for name, each in program.decisions.items():
        logic = _with_proofs(at_date(each.logic), sure)
        because = rebuild_reasons(each.because, at_date)
        is_sure = sure.never_null(logic)
        decisions[name] = replace(each, logic=logic, because=because, never_null=is_sure)
        if is_sure:
            sure = Sure(facts, sure.names | {name})
    rules = {name: rebuilt(each, at_date) for name, each in program.event_rules.items()}
    functions = {
        name: replace(each, body=at_date(each.body)) for name, each in program.functions.items()
    }
    return core.Program(
        facts,
        {},
        decisions,
        functions=functions,
        event_types=program.event_types,
        event_rules=rules,
    )


def _with_proofs(logic: core.Expression, sure: Sure) -> core.Expression:
    """The logic, its table marked by what holds of its rules whatever the facts."""
    if isinstance(logic, core.Let):
        return replace(logic, body=_with_proofs(logic.body, sure.with_let(logic)))
    if isinstance(logic, core.Table):
        is_unique = logic.hit_policy is HitPolicy.UNIQUE
        return replace(
            logic,
            complete=is_complete(logic, sure),
            disjoint=is_unique and is_disjoint(logic, sure.facts),
        )
    return logic


def _rules_in_force(table: core.Table, as_of: date, at_date: Rewrite) -> tuple[core.Rule, ...]:
    return tuple(
        replace(rule, because=rebuild_reasons(rule.because, at_date))
        for rule in table.rules
        if rule.validity.covers(as_of)
    )


def in_force(parameter: core.DatedParameter, as_of: date) -> core.Literal | None:
    """The value on a date, or None where there is none."""
    if parameter.until is not None and as_of >= parameter.until:
        return None
    found = None
    for each in parameter.values:
        if each.since is None or each.since <= as_of:
            found = each.value
    return found


def break_points(program: core.Program) -> tuple[date, ...]:
    """The dates on which anything in the program begins or ceases to be in force, sorted.

    Between two of them every date binds to the same program.
    """
    dates: set[date | None] = set()
    for parameter in program.parameters.values():
        dates.update(each.since for each in parameter.values)
        dates.add(parameter.until)
    for decision in program.decisions.values():
        for rule in rules_of(decision.logic):
            dates.update((rule.validity.since, rule.validity.until))
    return tuple(sorted(each for each in dates if each is not None))
