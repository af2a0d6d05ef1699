"""The plans of a set of policies, compiled."""

from __future__ import annotations

from keyaccount.cases.plan.compiled import CompiledPlan, compile_plan
from keyaccount.deadlines import Timekeeper
from keyaccount.diagnostics import case_messages as messages
from keyaccount.diagnostics.diagnostic import UnknownNameError
from keyaccount.organisation import Organisation
from keyaccount.organisation.organisation import NOBODY
from keyaccount.policy_set import PolicySet


def plans_of(policies: PolicySet, organisation: Organisation = NOBODY) -> dict[str, CompiledPlan]:
    """Every plan by its name."""
    calendars = {
        name: each
        for policy in policies.policies.values()
        for name, each in policy.calendars.items()
    }
    keeper = Timekeeper(calendars)
    version = f"{policies.version}.{organisation.version}"
    return {
        plan.name.text: compile_plan(policies.program, policy, plan, version, keeper, organisation)
        for policy in policies.policies.values()
        for plan in policy.plans.values()
    }


def plan_named(plans: dict[str, CompiledPlan], name: str) -> CompiledPlan:
    """A plan by its name. Raises UnknownNameError."""
    if name not in plans:
        raise UnknownNameError([messages.unknown_plan(name, plans)])
    return plans[name]
