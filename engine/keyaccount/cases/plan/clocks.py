"""Limits on a case: when a step is due, when its rungs come, and what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import assert_never

from keyaccount.cases.plan.compiled import (
    CompiledRung,
    CompiledStep,
    Span,
    amount_of,
)
from keyaccount.cases.plan.conditions import Condition
from keyaccount.cases.plan.run import Run, utc
from keyaccount.cases.plan.state import OPENED, RESTING, CaseState, StepState, instant_text
from keyaccount.cases.protocol import OPEN
from keyaccount.deadlines import Limit, Pause
from keyaccount.diagnostics import case_messages as messages
from keyaccount.diagnostics.case_messages import CaseError
from keyaccount.ir.conditions import EVENT
from keyaccount.model.plans import OPENING, ApprovalMode, Recipient, RungAt

_HALF = Fraction(1, 2)
DUE = "due"
NEXT = "next"
WAKE = "wake"
EVENT_RULES = "event rules"
"""In place of a step, where something may follow from events by time alone."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A deadline of a case: of which step, and what there (`due`, `next`, a rung's number).

    One of the event rules is told by its instant: there is one at a time, and each comes once.
    """

    at: datetime
    step: str
    round: int
    what: str
    renewed: int = 0

    @property
    def key(self) -> str:
        """Unique in the case for ever."""
        return key_of(self.step, self.round, self.renewed, self.what)


def key_of(step: str, number: int, renewed: int, what: str) -> str:
    """`step#round:what`; of a limit set anew after it had passed, `step#round+renewed:what`."""
    again = f"+{renewed}" if renewed else ""
    return f"{step}#{number}{again}:{what}"


def pending(state: CaseState) -> Iterator[Pending]:
    """The deadlines of a case that have not come."""
    if state.status != OPEN:
        return
    if state.wake is not None:
        yield Pending(state.wake, EVENT_RULES, 0, f"{WAKE} {instant_text(state.wake)}")
    for name, step in state.steps.items():
        if step.status == RESTING:
            if step.next_round is not None:
                yield Pending(step.next_round, name, step.round, NEXT)
        elif step.status == OPENED and not step.is_paused:
            if step.due is not None and not step.overdue:
                yield Pending(step.due, name, step.round, DUE, step.renewed)
            for number, at in step.rungs.items():
                yield Pending(at, name, step.round, str(number), step.renewed)


def start_clock(run: Run, step: CompiledStep, state: StepState) -> None:
    """Measure a step's limit from its beginning, if that has come."""
    if step.amounts:
        state.as_of = utc(run.now)
        if any(EVENT in each.inputs for each in step.amounts):
            state.told = run.event or state.told
    if step.limit is not None:
        state.start = _beginning(run, step.limit, state)
        reckon(run, step, state)
    if step.repeat is not None and state.opened is not None:
        limit = _limit(run, step.repeat, state, step.name)
        state.next_round = run.plan.timekeeper.due(limit, state.opened)


def _beginning(run: Run, span: Span, state: StepState) -> datetime | None:
    if span.since is None:
        return state.opened
    if span.since == OPENING:
        return run.state.opened
    return run.state.happened.get(span.since)


def reckon(run: Run, step: CompiledStep, state: StepState) -> None:
    """Find a step's due instant and those of the rungs that have not been climbed."""
    state.rungs = {}
    if step.limit is None or state.start is None or state.status != OPENED:
        return
    limit = _limit_if_any(run, step.limit, state, step.name)
    due = state.due = None if limit is None else _due(run, limit, state, state.pauses)
    if state.overdue and (due is None or due > run.now):
        _renew(run, step, state, due)
    if limit is None or due is None:
        return
    for number, rung in enumerate(step.rungs):
        if number not in state.climbed and rung.at is not RungAt.DUE:
            state.rungs[number] = _rung_at(run, rung, limit, due, state)


def due_but_for_pause(run: Run, step: CompiledStep, state: StepState) -> datetime | None:
    """When a step would be due if its clock had not come to stand still, or had gone on now."""
    if step.limit is None or state.start is None:
        return None
    limit = _limit_if_any(run, step.limit, state, step.name)
    over = [each for each in state.pauses if each.until is not None]
    return None if limit is None else _due(run, limit, state, over)


def _due(run: Run, limit: Limit, state: StepState, pauses: Sequence[Pause]) -> datetime | None:
    due = run.plan.timekeeper.due(limit, state.start or run.now, pauses)
    return due and due + timedelta(microseconds=state.extra)


def _renew(run: Run, step: CompiledStep, state: StepState, due: datetime | None) -> None:
    """A limit that had passed ends later now: it falls due again, and each rung comes again."""
    state.overdue = False
    state.climbed = []
    state.renewed += 1
    run.note("due again", step.name, due=due and instant_text(due))


def _rung_at(
    run: Run, rung: CompiledRung, limit: Limit, due: datetime, state: StepState
) -> datetime:
    keeper = run.plan.timekeeper
    found: datetime | None
    match rung.at:
        case RungAt.HALF:
            found = keeper.part(limit, _HALF, state.start or due, state.pauses)
            found = found and found + timedelta(microseconds=state.extra // 2)
        case RungAt.BEFORE:
            assert rung.distance is not None  # noqa: S101 # INVARIANT: `before` has a distance
            # Where the limit is shorter than that, it comes at once, not before its step.
            distance = _limit(run, rung.distance, state, "ladder")
            found = max(keeper.before(distance, due), utc(run.now))
        case RungAt.AFTER:
            assert rung.distance is not None  # noqa: S101 # INVARIANT: `after` has a distance
            found = keeper.due(_limit(run, rung.distance, state, "ladder"), due)
        case RungAt.DUE:
            found = due
        case _:
            assert_never(rung.at)
    return found or due


def _limit(run: Run, span: Span, state: StepState, name: str) -> Limit:
    found = _limit_if_any(run, span, state, name)
    if found is None:
        raise CaseError([messages.bad_amount(name)])
    return found


def _limit_if_any(run: Run, span: Span, state: StepState, name: str) -> Limit | None:
    """The limit; None where its amount is null, as long as it is.

    Raises:
        CaseError: the amount waits for facts that were not given.
    """
    if isinstance(span.amount, Condition):
        told = {EVENT: dict(state.told or {})} if EVENT in span.amount.inputs else {}
        found = run.evaluate(span.amount, state.as_of, **told)
        if not found.is_known:
            raise CaseError([messages.bad_amount(name)])
        if found.value is None:
            return None
        amount = amount_of(found.value)
        if (amount.days if isinstance(amount, timedelta) else amount) < 0:
            raise CaseError([messages.negative_limit(name)])
        return span.limit(amount)
    return span.limit(span.amount)


def follow_facts(run: Run) -> None:
    """Move the limits whose amounts come to something else as facts or steps change."""
    for name, state in run.state.steps.items():
        if state.status != OPENED or state.start is None or not _hangs_on_more(run, name):
            continue
        before, step = state.due, run.plan.step(name)
        if state.extra and due_but_for_pause(run, step, state) == (before or state.stood):
            continue  # what an amendment left as it was stays so, the rungs too
        reckon(run, step, state)
        tell_moved(run, name, before, state.due)


def _hangs_on_more(run: Run, name: str) -> bool:
    """Whether an amount looks at anything but the event by which it was first found."""
    return run.plan.has(name) and any(each.inputs - {EVENT} for each in run.plan.step(name).amounts)


def tell_moved(run: Run, name: str, before: datetime | None, after: datetime | None) -> None:
    """A line in the case's log where a limit ends at another instant than before."""
    if after != before:
        moved = {"before": before, "after": after}
        run.note("moved", name, **{k: v and instant_text(v) for k, v in moved.items()})


def pause(run: Run, step: CompiledStep, state: StepState) -> None:
    """Let a step's clock stand still."""
    if not state.is_paused:
        state.stood = state.due
        state.pauses.append(Pause(utc(run.now)))
        run.note("paused", step.name)
        if step.limit is not None:
            reckon(run, step, state)


def resume(run: Run, step: CompiledStep, state: StepState) -> None:
    """Let it go on."""
    if state.is_paused:
        state.pauses[-1] = Pause(state.pauses[-1].since, utc(run.now))
        state.stood = None
        if step.limit is not None:
            reckon(run, step, state)
        run.note("resumed", step.name, due=state.due and instant_text(state.due))


Act = Callable[[Run, CompiledStep, CompiledRung], None]


def fall_due(run: Run, found: Pending, act: Act) -> None:
    """A step's limit has passed: it is overdue, and the rungs that stand there come."""
    step, state = run.plan.step(found.step), run.step(found.step)
    state.overdue = True
    run.note("overdue", found.step, due=instant_text(found.at), owner=state.owner)
    for number, rung in enumerate(step.rungs):
        if rung.at is RungAt.DUE and number not in state.climbed:
            climb(run, found, number, act)


def climb(run: Run, found: Pending, number: int, act: Act) -> None:
    """A rung comes, once: people are told, and what it does is done."""
    step, state = run.plan.step(found.step), run.step(found.step)
    state.climbed.append(number)
    state.rungs.pop(number, None)
    rung = step.rungs[number]
    to = _recipients(run, rung, step, state)
    if to:
        key = key_of(found.step, found.round, found.renewed, str(number))
        due = state.due and instant_text(state.due)
        run.tell(key, to, rung.at.value, found.step, due=due, rung=number)
    run.note("reminded", found.step, rung=number, at=rung.at.value, to=to)
    if rung.action is not None and run.is_open():
        act(run, step, rung)


def _recipients(run: Run, rung: CompiledRung, step: CompiledStep, state: StepState) -> list[str]:
    found: dict[str, None] = {}
    for each in rung.remind:
        found.update(dict.fromkeys(_people(run, each, step, state)))
    return list(found)


def _people(run: Run, recipient: str, step: CompiledStep, state: StepState) -> list[str]:
    owners = _deciders(step, state) or ([state.owner] if state.owner else [])
    match recipient:
        case Recipient.OWNER:
            return owners
        case Recipient.INITIATOR:
            return [run.state.initiator] if run.state.initiator else []
        case Recipient.SUPERIOR:
            tops = (next(run.plan.organisation.superiors(each), None) for each in owners)
            # Where nobody is known above, the owner is told again rather than nobody.
            return [top for top in tops if top is not None] or owners
        case _:
            return holders(run, recipient)


def _deciders(step: CompiledStep, state: StepState) -> list[str]:
    """Who is to decide now: people where they are known, else roles."""
    if state.approval is None or step.approval is None or state.approval.returned:
        return []
    undecided = [each for each in state.approval.slots if each.verdict is None]
    if step.approval.mode is ApprovalMode.SEQUENTIAL:
        undecided = undecided[:1]
    return [each.assigned or each.role for each in undecided]


def holders(run: Run, role: str) -> list[str]:
    """Who holds a role in the case's region today; the role itself where nobody is known to."""
    region = run.state.facts.get(run.plan.region) if run.plan.region else None
    found = run.plan.organisation.holders(role, str(region) if region else None, run.day)
    acting = (run.plan.organisation.acting(each, run.day) for each in found)
    return list(dict.fromkeys(each for each in acting if each)) or [role]
