"""A compiled plan as the store takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from keyaccount.cases.live_plan import LivePlan, Share
from keyaccount.cases.plan.compiled import CompiledApproval, CompiledPlan
from keyaccount.cases.plan.run import Run
from keyaccount.cases.plan.state import CaseState, from_data
from keyaccount.cases.plan.transition import transition_in_memory, transition_of
from keyaccount.cases.protocol import Command, Data, State, TransitionFunction
from keyaccount.facts.conversion import converted
from keyaccount.feel.types import NUMBER
from keyaccount.model.plans import SecondFiling

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""A group is told by facts, not by time: any instant does."""


def live_plan(plan: CompiledPlan) -> LivePlan[Data]:
    """The plan with its transition, its subject, and what it adds up."""
    return _live(plan, transition_of(plan), lambda state: from_data(state).facts)


def plan_in_memory(plan: CompiledPlan) -> LivePlan[CaseState]:
    """The same for cases that are never written."""
    return _live(plan, transition_in_memory(plan), lambda state: state.facts)


def _live(
    plan: CompiledPlan,
    transition: TransitionFunction[State],
    facts_of: Callable[[State], Mapping[str, object]],
) -> LivePlan[State]:

    def subject(data: Data) -> str | None:
        if plan.second_filing is SecondFiling.ALLOW:
            return None
        facts = data.get("facts")
        found = facts.get(plan.subject) if plan.subject and isinstance(facts, Mapping) else None
        return None if found is None else str(found)

    def shares(state: State | None, command: Command) -> tuple[Share, ...]:
        return _shares(plan, lambda: {} if state is None else facts_of(state), command)

    return LivePlan(
        name=plan.name,
        version=plan.version,
        transition=transition,
        subject=subject,
        hands_over=plan.second_filing is SecondFiling.HAND_OVER,
        shares=shares,
    )


def _shares(
    plan: CompiledPlan, known: Callable[[], Mapping[str, object]], command: Command
) -> tuple[Share, ...]:
    """What a command that tells an amount, or whose it is, adds to the total of its group."""
    given = command.data.get("facts") or command.data.get("data")
    told: Mapping[str, object] = given if isinstance(given, Mapping) else {}
    found = []
    for step in plan.steps.values():
        approval = step.approval
        if approval is None or approval.per is None:
            continue
        if not told.keys().isdisjoint((approval.of, *approval.per.inputs)):
            share = _share(plan, step.name, approval, {**known(), **told})
            if share is not None:
                found.append(share)
    return tuple(found)


def _share(
    plan: CompiledPlan, step: str, approval: CompiledApproval, facts: Mapping[str, object]
) -> Share | None:
    amount = converted(facts.get(approval.of or ""), NUMBER, approval.of or "", [])
    assert approval.per is not None  # noqa: S101 # INVARIANT: a total has both
    case = CaseState(plan.version, BEGINNING, None, dict(facts))
    per = Run(plan, case, BEGINNING).evaluate(approval.per).value
    if not isinstance(amount, Decimal) or per is None:
        return None
    return Share(step, str(per), amount, approval.within)
