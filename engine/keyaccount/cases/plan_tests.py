"""Run a policy's tests of its plans: cases told line by line, in virtual time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.plan.loading import plan_named, plans_of
from keyaccount.cases.plan.standing import standing
from keyaccount.cases.plan.state import (
    DONE,
    OPENED,
    SKIPPED,
    WAITING,
    CaseState,
    Slot,
    StepState,
    from_data,
    to_data,
)
from keyaccount.cases.plan.transition import advance, catch_up
from keyaccount.cases.protocol import Command, Effect
from keyaccount.diagnostics import test_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, KeyaccountError
from keyaccount.model.plan_tests import Aspect, PlanTestCase, PlanTestLine
from keyaccount.model.policy_tests import PolicyTests
from keyaccount.organisation import read_organisation
from keyaccount.organisation.organisation import NOBODY
from keyaccount.policy_set import PolicySet


@dataclass(frozen=True, slots=True)
class PlanResult:
    """How a case came out; `problems` are empty where all was as expected."""

    policy: str
    case: PlanTestCase
    problems: tuple[Diagnostic, ...]

    @property
    def passed(self) -> bool:
        return not self.problems


def run_plans(policies: PolicySet, tests: PolicyTests) -> Iterator[PlanResult]:
    """Run the cases of plans, one by one."""
    folder = Path(tests.span.source.name).parent
    for case in tests.plan_cases:
        try:
            problems = tuple(_run(policies, case, folder))
        except KeyaccountError as error:
            problems = error.diagnostics
        yield PlanResult(tests.policy.text, case, problems)


@dataclass(slots=True)
class _Case:
    plan: CompiledPlan
    state: CaseState | None = None
    effects: list[Effect] = field(default_factory=list)


def _run(policies: PolicySet, case: PlanTestCase, folder: Path) -> Iterator[Diagnostic]:
    people = NOBODY
    if case.organisation is not None:
        people = read_organisation(folder / case.organisation.text)
    running = _Case(plan_named(plans_of(policies, people), case.plan.text))
    for line in case.lines:
        now = _moment(running.plan, line)
        if now is None:
            yield messages.not_a_moment(line.at.span(), line.at.text)
            return
        running.effects = []
        if running.state is not None:
            running.effects += catch_up(running.plan, running.state, now).effects
        yield from _happen(running, line, now)
        if running.state is not None:
            yield from _compare(running, line)


def _moment(plan: CompiledPlan, line: PlanTestLine) -> datetime | None:
    try:
        found = datetime.fromisoformat(line.at.text)
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or plan.zone).astimezone(UTC)


def _happen(running: _Case, line: PlanTestLine, now: datetime) -> Iterator[Diagnostic]:
    if line.kind is None:
        return
    command = Command(line.kind, _data(line), line.actor, line.at.text)
    # A refused command leaves the case as it was: it works on a copy.
    copy = None if running.state is None else from_data(to_data(running.state))
    try:
        run = advance(running.plan, copy, command, now)
    except KeyaccountError as error:
        found = error.diagnostics[0]
        if found.code != line.refused:
            yield messages.refused(line.span, found)
        return
    if line.refused is not None:
        yield messages.not_refused(line.span, line.refused)
    running.state = run.state
    running.effects += run.effects


def _data(line: PlanTestLine) -> dict[str, object]:
    data: dict[str, object] = {}
    match line.kind:
        case "open" | "facts" | "resubmit":
            data["facts"] = line.data
        case "event" if isinstance(line.data, Mapping):
            data.update(line.data)
        case "delegate":
            data["deputy"] = line.data
        case "cancel":
            data["reason"] = line.data
        case _ if isinstance(line.data, str):
            data["opinion"] = line.data
        case _:
            pass
    if line.step is not None:
        data["step"] = line.step
    if line.totals:
        data["totals"] = {step: Decimal(str(each)) for step, each in line.totals.items()}
    return data


def _compare(running: _Case, line: PlanTestLine) -> Iterator[Diagnostic]:
    for aspect, datum in line.expect.items():
        wanted = _plain(datum.value)
        found = _found(running, aspect)
        if aspect in _BY_STEP and isinstance(wanted, dict):
            assert isinstance(found, dict)  # noqa: S101 # INVARIANT: `_found` gives one here
            found = {name: found.get(name) for name in wanted}
        if wanted != found:
            yield messages.plan_differs(datum.span, aspect.value, _text(wanted), _text(found))


_BY_STEP = (Aspect.DUE, Aspect.OWNER, Aspect.FORM, Aspect.OUTPUT)
"""Told of those steps that the test names."""


def _found(running: _Case, aspect: Aspect) -> object:  # noqa: C901 # one arm an aspect
    state = running.state
    assert state is not None  # noqa: S101 # INVARIANT: the caller looked
    match aspect:
        case Aspect.STATUS:
            return state.status
        case Aspect.OUTCOME:
            return state.outcome
        case Aspect.OPEN:
            return _steps(running, OPENED)
        case Aspect.DONE:
            return _steps(running, DONE)
        case Aspect.WAITING:
            return _steps(running, WAITING)
        case Aspect.SKIPPED:
            return _steps(running, SKIPPED)
        case Aspect.OVERDUE:
            late = (name for name, each in state.steps.items() if each.overdue)
            return [name for name in late if state.steps[name].status == OPENED]
        case Aspect.DUE:
            return {name: _local(running.plan, each.due) for name, each in state.steps.items()}
        case Aspect.OWNER:
            opened = standing(running.plan, state).open_steps
            return {each.step: each.owner for each in opened}
        case Aspect.FORM:
            return {name: running.plan.steps[name].form for name in _steps(running, OPENED)}
        case Aspect.OUTPUT:
            return {name: dict(running.plan.steps[name].output) for name in _steps(running, OPENED)}
        case Aspect.CHAIN:
            return [slot.role for each in state.steps.values() for slot in _slots(each)]
        case Aspect.TOLD:
            return sorted({name for each in running.effects for name in _people(each)})


def _slots(step: StepState) -> Sequence[Slot]:
    return step.approval.slots if step.approval is not None and step.status == OPENED else ()


def _people(effect: Effect) -> list[str]:
    found = effect.data.get("to")
    return [str(each) for each in found] if isinstance(found, list) else []


def _steps(running: _Case, status: str) -> list[str]:
    assert running.state is not None  # noqa: S101 # INVARIANT: the caller looked
    steps = running.state.steps
    return [name for name in running.plan.steps if name in steps and steps[name].status == status]


def _local(plan: CompiledPlan, moment: datetime | None) -> str | None:
    if moment is None:
        return None
    text = moment.astimezone(plan.zone).replace(tzinfo=None).isoformat(" ")
    return text.removesuffix(":00")


def _plain(value: object) -> object:
    match value:
        case tuple() | list():
            return [_plain(each) for each in value]
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case _:
            return value


def _text(value: object) -> str:
    return f"`{_flow(value)}`"


def _flow(value: object) -> str:
    """A value as the test's author writes it."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{name}: {_flow(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case None:
            return "null"
        case _:
            return str(value)
