"""How a case stands, as lists show it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.plan.state import OPENED, CaseState, StepState
from keyaccount.cases.protocol import OPEN, OpenStep, Standing
from keyaccount.model.plans import RungAt


def standing(plan: CompiledPlan, state: CaseState) -> Standing:
    """The status, whose case it is, and what waits for whom."""
    subject = state.facts.get(plan.subject) if plan.subject else None
    title = plan.name if subject is None else str(subject)
    if state.status != OPEN:
        return Standing(state.status, title)
    opened = tuple(
        _open_step(plan, state, name, step)
        for name, step in state.steps.items()
        if step.status == OPENED
    )
    return Standing(state.status, title, opened)


def _open_step(plan: CompiledPlan, state: CaseState, name: str, step: StepState) -> OpenStep:
    assert step.opened is not None  # noqa: S101 # INVARIANT: what is open was opened
    next_rung = min(_rungs_to_come(plan, name, step), default=None)
    return OpenStep(name, _whose(step, state), step.opened, step.due, next_rung)


def _rungs_to_come(plan: CompiledPlan, name: str, step: StepState) -> Iterator[datetime]:
    yield from step.rungs.values()
    found = plan.step(name) if plan.has(name) else None
    if found is not None and step.due is not None and not step.overdue:
        yield from (step.due for each in found.rungs if each.at is RungAt.DUE)


def _whose(step: StepState, state: CaseState) -> str | None:
    """The next decider of an approval; of one returned for correction, the initiator."""
    if step.approval is None:
        return step.owner
    if step.approval.returned:
        return state.initiator
    deciding = [each for each in step.approval.slots if each.verdict is None]
    return deciding[0].assigned or deciding[0].role if deciding else step.owner
