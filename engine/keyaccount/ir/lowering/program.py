"""Lower a set of policies to one program."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import assert_never

from keyaccount.diagnostics import calendar_messages, event_messages
from keyaccount.diagnostics import policy_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, Severity
from keyaccount.feel import syntax
from keyaccount.feel.types import ANY, ContextType, Type
from keyaccount.ir import core
from keyaccount.ir.event_rules import needs
from keyaccount.ir.lowering.calls import check_uncalled
from keyaccount.ir.lowering.checks import let_all, require
from keyaccount.ir.lowering.declarations import lower_fact, lower_parameter, merge_facts
from keyaccount.ir.lowering.event_rules import (
    EventRuleLowering,
    check_facts_once,
    check_same,
    lower_event_type,
)
from keyaccount.ir.lowering.expressions import lower as lower_expression
from keyaccount.ir.lowering.names import Bindings, Unit
from keyaccount.ir.lowering.plan_checks import Surroundings, check_plan
from keyaccount.ir.lowering.plans import lower_plan
from keyaccount.ir.lowering.policy_names import clashes, declared_values, scope_of
from keyaccount.ir.lowering.reasons import Steps, lower_reasons
from keyaccount.ir.lowering.scorecards import lower_scorecard
from keyaccount.ir.lowering.tables import lower_table
from keyaccount.ir.lowering.texts import Texts, free_names
from keyaccount.ir.requirements import in_order, uses
from keyaccount.model import texts as model_texts
from keyaccount.model.policy import (
    BoxedContext,
    Decision,
    DecisionTable,
    LiteralExpression,
    Policy,
    Scorecard,
)
from keyaccount.source import Span


def lower(policies: Mapping[str, Policy]) -> core.Program:
    """The program of all policies; names across policies are `policy.decision`.

    Raises:
        PolicyError: with every mistake found, in the order of their places.
    """
    program, problems = lower_as_far(policies)
    if any(each.severity is Severity.ERROR for each in problems):
        raise PolicyError(problems)
    return program


def lower_as_far(
    policies: Mapping[str, Policy], unread: Container[str] = ()
) -> tuple[core.Program, list[Diagnostic]]:
    """The program as far as the policies can be understood, and all that can't be.

    Where there are mistakes the program is not fit for use; a null stands for each.

    Args:
        policies: by name.
        unread: policies that are there, but of which nothing is known.
    """
    unit = Unit(unread)
    types: dict[str, Type] = {}
    parts = {name: _Part(policy, policies, unit, types) for name, policy in policies.items()}
    for part in parts.values():
        part.declare()
    facts = merge_facts(policies, {n: part.facts for n, part in parts.items()}, Bindings(unit))
    owner = {full: part for part in parts.values() for full in part.decisions}
    types.update(dict.fromkeys(owner, ANY))
    decisions: dict[str, core.Decision] = {}
    for full in _order(owner):
        decisions[full] = owner[full].lower(full)
        types[full] = decisions[full].type
    conditions: dict[str, core.Decision] = {}
    roles = dict.fromkeys(name for each in policies.values() for name in each.roles)
    unit.problems.extend(_calendars_twice(policies.values()))
    calendars = dict.fromkeys(name for each in policies.values() for name in each.calendars)
    events = dict.fromkeys(name for each in policies.values() for name in each.events)
    for part in parts.values():
        conditions.update(part.conditions(roles, calendars, events))
    for part in parts.values():
        check_uncalled(part.bindings(), lower_expression)
    # Now it is known what each name stands for.
    order, circles = in_order({full: uses(decisions[full]).decisions for full in owner})
    for circle in circles:
        span = owner[circle[0]].mention_of(circle[1], circle[0])
        unit.problems.append(messages.cycle(span, circle))
    parameters = {each.name: each for part in parts.values() for each in part.parameters.values()}
    program = core.Program(facts, parameters, {n: decisions[n] for n in order}, conditions)
    return _with_events(program, parts, unit), unit.problems


def _calendars_twice(policies: Iterable[Policy]) -> Iterator[Diagnostic]:
    """A calendar's name is one for all policies: what it means must not hang on their order."""
    owner: dict[str, str] = {}
    for policy in policies:
        for name, calendar in policy.calendars.items():
            if name in owner:
                yield calendar_messages.declared_twice(calendar.name.span(), name, owner[name])
            owner.setdefault(name, policy.name.text)


def _with_events(program: core.Program, parts: Mapping[str, _Part], unit: Unit) -> core.Program:
    """The program with the event rules of all policies, each after those that it needs."""
    if not any(part.policy.events or part.policy.event_rules for part in parts.values()):
        return program
    types: dict[str, core.EventType] = {}
    rules: dict[str, core.EventRule] = {}
    for part in parts.values():
        lowering = part.event_rules()
        check_same(lowering.types, types, part.bindings())
        types = {**lowering.types, **types}
        for each in part.policy.event_rules.values():
            rule = lowering.lower(each)
            rules[rule.name] = rule
    check_facts_once(rules, types, unit.problems)
    whole = replace(program, event_types=types, event_rules=rules)
    order, circles = in_order(needs(whole))
    for circle in circles:
        unit.problems.append(event_messages.circle(rules[circle[0]].span, circle))
    return replace(whole, event_rules={name: rules[name] for name in order})


def _order(owner: Mapping[str, _Part]) -> list[str]:
    """All decisions, each after those that it seems to need, as far as there are no circles.

    In `outcome = approved` a name may be a declared value or a decision, which only the
    lowering tells: where all seem to run in a circle, such a name is taken for a value.
    """
    needs = {full: part.needs(full) for full, part in owner.items()}
    while True:
        order, circles = in_order(needs)
        doubtful = [
            (name, needed)
            for circle in circles
            for name, needed in pairwise(circle)
            if owner[name].may_mean_a_value(needed)
        ]
        if not doubtful:
            return order
        for name, needed in doubtful:
            needs[name] = [each for each in needs[name] if each != needed]


class _Part:
    """One policy on its way down, among the others."""

    def __init__(
        self,
        policy: Policy,
        policies: Mapping[str, Policy],
        unit: Unit,
        types: Mapping[str, Type],
    ) -> None:
        self.policy = policy
        self.unit = unit
        self.name = policy.name.text
        self.facts: dict[str, core.Fact] = {}
        self.parameters: dict[str, core.DatedParameter] = {}
        self.decisions = {f"{self.name}.{local}": each for local, each in policy.decisions.items()}
        self.texts = Texts(scope_of(policy, policies), unit)
        self._visible = {local: f"{self.name}.{local}" for local in policy.decisions} | {
            f"{other}.{local}": f"{other}.{local}"
            for other in policies
            for local in policies[other].decisions
        }
        self._values = frozenset(declared_values(policy, policies.values()))
        self._types = types
        self._calendars = {n: c for other in policies.values() for n, c in other.calendars.items()}

    def declare(self) -> None:
        """Facts and parameters, which need nothing else."""
        self.unit.problems.extend(clashes(self.policy))
        hidden = (*self.policy.facts, *self.policy.parameters, *self._visible)
        nothing = Bindings(self.unit, hidden=dict.fromkeys(hidden, messages.CONSTANTS_ONLY))
        for name, fact in self.policy.facts.items():
            self.facts[name] = lower_fact(fact, nothing, self.texts)
        for name, parameter in self.policy.parameters.items():
            self.parameters[name] = lower_parameter(self.name, parameter, nothing, self.texts)

    def needs(self, full: str) -> list[str]:
        """The full names of the decisions that a decision seems to mention."""
        found: dict[str, None] = {}
        for tree in self._trees(self.decisions[full]):
            for name, _ in free_names(tree):
                if name in self._visible and name not in self.policy.facts:
                    found[self._visible[name]] = None
        return list(found)

    def may_mean_a_value(self, full: str) -> bool:
        """Whether the bare name of a decision is a declared value too."""
        return full.partition(".")[2] in self._values

    def _trees(self, decision: Decision) -> Iterator[syntax.Expression]:
        names: tuple[str, ...] = ()
        for text in model_texts.of_logic(decision.logic):
            tree = (
                self.texts.tests(text.fragment, names)
                if text.is_tests
                else self.texts.expression(text.fragment, names)
            )
            names = (*names, *text.introduces)
            if tree is not None:
                yield tree

    def mention_of(self, needed: str, full: str) -> Span:
        """Where a decision mentions another."""
        for tree in self._trees(self.decisions[full]):
            for name, span in free_names(tree):
                if self._visible.get(name) == needed:
                    return span
        return self.decisions[full].name.span()

    def bindings(self) -> Bindings:
        return Bindings(
            self.unit,
            self.facts,
            self.parameters,
            self._visible,
            self._types,
            self.policy.functions,
        )

    def event_rules(self) -> EventRuleLowering:
        """What lowers the policy's event rules, all decisions being done."""
        bindings = self.bindings()
        types = {
            name: lower_event_type(each, bindings, self._calendars)
            for name, each in self.policy.events.items()
        }
        zone = self.policy.time_zone
        return EventRuleLowering(self.name, zone, bindings, self.texts, types)

    def lower(self, full: str) -> core.Decision:
        """One decision, those that it needs being done."""
        decision = self.decisions[full]
        bindings = self.bindings()
        steps: Steps = []
        logic = self._logic(decision, bindings, steps)
        kind = self._type(decision, logic, bindings)
        return core.Decision(
            full,
            self.name,
            kind,
            logic,
            decision.title,
            decision.value_titles,
            lower_reasons(decision.because, _named(bindings, steps), self.texts, steps),
            decision.name.span(),
        )

    def conditions(
        self, roles: Collection[str], calendars: Collection[str], events: Collection[str]
    ) -> dict[str, core.Decision]:
        """The expressions of the policy's plans, and what is wrong with the plans."""
        found: dict[str, core.Decision] = {}
        for plan in self.policy.plans.values():
            around = Surroundings(self.policy, roles, calendars, events)
            self.unit.problems.extend(check_plan(plan, around))
            lowered = lower_plan(self.name, plan, self.bindings(), self.texts)
            found.update((each.name, each) for each in lowered)
        return found

    def _logic(self, decision: Decision, bindings: Bindings, steps: Steps) -> core.Expression:
        match decision.logic:
            case LiteralExpression(text):
                tree = self.texts.expression(text)
                if tree is None:
                    return core.Literal(ANY, text.span(), None)
                return lower_expression(tree, bindings, decision.type)
            case BoxedContext():
                return self._context(decision.logic, decision, bindings, steps)
            case DecisionTable():
                return lower_table(decision.logic, decision.type, bindings, self.texts)
            case Scorecard():
                return lower_scorecard(decision.logic, decision.type, bindings, self.texts)
            case _:
                assert_never(decision.logic)

    def _context(
        self, boxed: BoxedContext, decision: Decision, bindings: Bindings, steps: Steps
    ) -> core.Expression:
        later = dict.fromkeys((each.name.text for each in boxed.steps), messages.COMES_LATER)
        bindings = replace(bindings, hidden=later)
        names: tuple[str, ...] = ()
        entries: list[tuple[str, core.Expression]] = []
        for step in boxed.steps:
            tree = self.texts.expression(step.text, names)
            is_result = step.name.text == "result"
            value: core.Expression = (
                core.Literal(ANY, step.text.span(), None)
                if tree is None
                else lower_expression(tree, bindings, decision.type if is_result else None)
            )
            if is_result:
                return let_all(steps, value)
            fresh = self.unit.fresh_name(step.name.text)
            steps.append((fresh, value))
            local = core.Local(value.type, step.name.span(), fresh)
            entries.append((step.name.text, local))
            bindings = bindings.bound({step.name.text: local})
            names = (*names, step.name.text)
        kind = ContextType(tuple((name, each.type) for name, each in entries))
        span = decision.span
        return let_all(steps, core.MakeContext(kind, span, tuple(entries)))

    def _type(self, decision: Decision, logic: core.Expression, bindings: Bindings) -> Type:
        declared = decision.type
        if isinstance(decision.logic, DecisionTable):
            return logic.type
        if declared is None:
            return logic.type
        require(logic, declared, bindings)
        return declared


def _named(bindings: Bindings, steps: Steps) -> Bindings:
    """With the steps of a context in sight under the names their author gave."""
    return bindings.bound(
        {name.partition("#")[0]: core.Local(value.type, value.span, name) for name, value in steps}
    )
