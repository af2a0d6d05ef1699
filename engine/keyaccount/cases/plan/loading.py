"""The plans of a set of policies, compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from keyaccount.backends.events import EventRules, derive_plainly
from keyaccount.backends.events.engines import Derive
from keyaccount.cases.plan.compiled import CompiledPlan, Rules, Trigger, compile_plan
from keyaccount.deadlines import Timekeeper
from keyaccount.diagnostics import case_messages as messages
from keyaccount.diagnostics.diagnostic import UnknownNameError
from keyaccount.ir import core
from keyaccount.ir.lowering.plans import events_of
from keyaccount.model.plans import Plan
from keyaccount.organisation import Organisation
from keyaccount.organisation.organisation import NOBODY
from keyaccount.policy_set import PolicySet


def plans_of(
    policies: PolicySet,
    organisation: Organisation = NOBODY,
    derive: Derive = derive_plainly,
) -> dict[str, CompiledPlan]:
    """Every plan by its name.

    Args:
        policies: free of mistakes.
        organisation: who holds the roles.
        derive: what runs the event rules.
    """
    calendars = {
        name: each
        for policy in policies.policies.values()
        for name, each in policy.calendars.items()
    }
    keeper = Timekeeper(calendars)
    version = f"{policies.version}.{organisation.version}"
    plans: dict[str, CompiledPlan] = {}
    for policy in policies.policies.values():
        for plan in policy.plans.values():
            rules = _rules(policies.program, policy.name.text, plan, derive)
            plans[plan.name.text] = compile_plan(
                policies.program, policy, plan, version, keeper, organisation, rules
            )
    return {name: replace(each, opens=_opens(each, plans)) for name, each in plans.items()}


def _opens(
    plan: CompiledPlan, plans: Mapping[str, CompiledPlan]
) -> dict[str, tuple[tuple[str, Trigger], ...]]:
    """The other plans that each event opens a case of."""
    found: dict[str, tuple[tuple[str, Trigger], ...]] = {}
    for other in plans.values():
        for trigger in other.opened_by if other is not plan else ():
            found[trigger.event] = (*found.get(trigger.event, ()), (other.name, trigger))
    return found


def _rules(program: core.Program, policy: str, plan: Plan, derive: Derive) -> Rules | None:
    """The event rules of a plan's policy, and those of events that it hears; None without any."""
    ready = EventRules(program, policy, {each.text for each in events_of(plan)})
    if not ready.program.event_rules:
        return None
    types = ready.program.event_types
    derived = frozenset(rule.derives for rule in ready.program.event_rules.values())
    return Rules(ready, derive, {name: types[name] for name in ready.kinds}, derived - types.keys())


def plan_named(plans: dict[str, CompiledPlan], name: str) -> CompiledPlan:
    """A plan by its name. Raises UnknownNameError."""
    if name not in plans:
        raise UnknownNameError([messages.unknown_plan(name, plans)])
    return plans[name]
