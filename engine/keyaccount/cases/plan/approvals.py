"""Approval chains: who decides, in which order; nobody twice, nobody on their own request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Protocol

from keyaccount.cases.plan import clocks
from keyaccount.cases.plan.compiled import CompiledApproval, CompiledStep
from keyaccount.cases.plan.conditions import Found
from keyaccount.cases.plan.run import Run, utc
from keyaccount.cases.plan.state import OPENED, ApprovalState, Slot, StepState
from keyaccount.cases.protocol import Command
from keyaccount.diagnostics import case_messages as messages
from keyaccount.diagnostics.case_messages import CaseError
from keyaccount.facts.conversion import converted
from keyaccount.feel.types import NUMBER
from keyaccount.model.plans import ApprovalMode, OnRejection

APPROVED = "approved"
REJECTED = "rejected"
RETURNED = "returned"
UNFILLED = "unfilled"


class Complete(Protocol):
    """How a step is completed; handed in, as steps and approvals need each other."""

    def __call__(
        self, run: Run, step: CompiledStep, by: str | None, outcome: str | None = None
    ) -> None: ...


def _approval(step: CompiledStep) -> CompiledApproval:
    assert step.approval is not None  # noqa: S101 # INVARIANT: callers look first
    return step.approval


def _chain(run: Run, step: CompiledStep) -> Found:
    """The roles that must approve; other requests of the group count with this one."""
    approval = _approval(step)
    if approval.of is None or step.name not in run.state.totals:
        return run.evaluate(approval.chain)
    own = converted(run.state.facts.get(approval.of), NUMBER, approval.of, [])
    if own is None:
        return run.evaluate(approval.chain)
    return run.evaluate(approval.chain, **{approval.of: own + run.state.totals[step.name]})  # type: ignore[operator]  # a Decimal


def missing(run: Run, step: CompiledStep) -> tuple[str, ...] | None:
    """What the chain waits for; None where it is known."""
    found = _chain(run, step)
    return None if found.is_known and found.value is not None else found.missing


def start(run: Run, step: CompiledStep, state: StepState, complete: Complete) -> None:
    """Lay the chain out and hand the request to the first."""
    roles = _roles(run, step) or []
    before = state.approval.round if state.approval else 0
    state.approval = ApprovalState([Slot(each) for each in roles], before + 1)
    run.note("chain", step.name, roles=roles)
    _go_on(run, step, state, complete)


def reach_further(run: Run, step: CompiledStep, complete: Complete) -> None:
    """Lay the chain out again, as requests of others count with this one now.

    The request itself is what it was: who has decided in a role of the chain has done so,
    and who has decided in a role that is asked for no more does not decide again.
    """
    state = run.step(step.name)
    found = _under_way(state)
    roles = _roles(run, step)
    if found is None or roles is None or roles == [each.role for each in found.slots]:
        return
    before = [*found.slots, *found.dropped]
    found.slots = [_taken(before, role) for role in roles]
    found.dropped = [each for each in before if each.verdict is not None]
    run.note("chain", step.name, roles=roles, others=run.state.totals.get(step.name))
    _go_on(run, step, state, complete)


def follow_facts(run: Run, complete: Complete) -> None:
    """Where changed facts call for another chain, it begins anew: the request is another."""
    for name, step in run.plan.steps.items():
        found = _under_way(run.step(name)) if step.approval is not None else None
        if found is not None and _roles(run, step) not in (None, [s.role for s in found.slots]):
            start(run, step, run.step(name), complete)


def _under_way(state: StepState) -> ApprovalState | None:
    """The approval of a step that waits for deciders, if it does."""
    found = state.approval
    return None if found is None or found.returned or state.status != OPENED else found


def _taken(slots: list[Slot], role: str) -> Slot:
    """The first slot of a role, taken out of the list; a new one where there is none."""
    for place, each in enumerate(slots):
        if each.role == role:
            return slots.pop(place)
    return Slot(role)


def _roles(run: Run, step: CompiledStep) -> list[str] | None:
    """The chain that is called for now; None where that can't be told."""
    value = _chain(run, step).value
    return [str(each) for each in value] if isinstance(value, list | tuple) else None


def _go_on(run: Run, step: CompiledStep, state: StepState, complete: Complete) -> None:
    """Complete the step where enough have approved; else hand the request on."""
    assert state.approval is not None  # noqa: S101 # INVARIANT: `start` made it
    slots = state.approval.slots
    approval = _approval(step)
    needed = _needed(approval, slots)
    approved = sum(each.verdict == APPROVED for each in slots)
    if approved >= needed:
        complete(run, step, _last(slots), APPROVED)
        return
    barred = _barred(run, state.approval)
    for slot in _turn(approval, slots):
        # Who has decided meanwhile in another slot can't be waited for in this one.
        is_lost = slot.assigned is None or slot.assigned in barred or slot.principal in barred
        if is_lost and run.plan.organisation.people:
            _assign(run, step, state, slot)
    possible = approved + sum(each.verdict is None for each in slots)
    if possible < needed:
        unfilled = [each.role for each in slots if each.verdict == UNFILLED]
        _reject(run, step, complete, None, f"nobody may decide as {', '.join(unfilled)}")


def _needed(approval: CompiledApproval, slots: list[Slot]) -> int:
    match approval.mode:
        case ApprovalMode.SEQUENTIAL | ApprovalMode.ALL_OF:
            return len(slots)
        case ApprovalMode.ANY_OF:
            return min(1, len(slots))
        case ApprovalMode.QUORUM:
            return min(approval.quorum, len(slots))


def _last(slots: list[Slot]) -> str | None:
    decided = [each for each in slots if each.verdict == APPROVED]
    return decided[-1].by if decided else None


def _turn(approval: CompiledApproval, slots: list[Slot]) -> list[Slot]:
    """The slots that may be decided now."""
    undecided = [each for each in slots if each.verdict is None]
    return undecided[:1] if approval.mode is ApprovalMode.SEQUENTIAL else undecided


def _assign(run: Run, step: CompiledStep, state: StepState, slot: Slot) -> None:
    assert state.approval is not None  # noqa: S101 # INVARIANT: `start` made it
    found = next(candidates(run, state.approval, slot), None)
    if found is None:
        slot.verdict = UNFILLED
        run.note("unfilled", step.name, role=slot.role)
        return
    slot.principal, slot.assigned = found
    acting = slot.principal if slot.principal != slot.assigned else None
    run.note("assigned", step.name, role=slot.role, to=slot.assigned, acting_for=acting)
    number = state.approval.slots.index(slot)
    key = f"{step.name}#{state.round}:approval {state.approval.round}.{number} {slot.assigned}"
    run.tell(key, [slot.assigned], "approval", step.name, role=slot.role)


def candidates(run: Run, approval: ApprovalState, slot: Slot) -> Iterator[tuple[str, str]]:
    """Who may decide in a slot, best first: whose role it is, and who acts for them.

    Holders of the role that are there; holders that are away, by their deputies;
    superiors upwards, those last whom a later slot needs.
    """
    organisation, day, slots = run.plan.organisation, run.day, approval.slots
    barred = _barred(run, approval)
    region = run.state.facts.get(run.plan.region) if run.plan.region else None
    where = str(region) if region else None
    holders = organisation.holders(slot.role, where, day)
    later = {
        name
        for each in slots
        if each is not slot and each.verdict is None
        for name in organisation.holders(each.role, where, day)
    }
    waiting = [each for each in slots if each is not slot and each.verdict is None]
    taken = {each.assigned for each in waiting if each.assigned}
    above = dict.fromkeys(
        name
        for start in (*holders, run.state.initiator)
        if start
        for name in organisation.superiors(start)
    )
    ranked = [
        *(each for each in holders if organisation.deputy_of(each, day) is None),
        *(each for each in holders if organisation.deputy_of(each, day) is not None),
        *(each for each in above if each not in later),
        *(each for each in above if each in later),
    ]
    for principal in ranked:
        line = organisation.line(principal, day)
        # Who stands in for somebody barred decides no more than that one.
        if not line or not barred.isdisjoint(line):
            continue
        acting = line[-1]
        if principal not in taken and acting not in taken:
            yield principal, acting


def _barred(run: Run, approval: ApprovalState) -> set[str]:
    """The initiator, and all who have decided or for whom it was decided."""
    found = {run.state.initiator}
    for each in approval.decided:
        found |= {each.by, each.principal}
    return {each for each in found if each is not None}


def decide(run: Run, command: Command, complete: Complete) -> None:
    """Approve, reject or return.

    Raises:
        CaseError: nothing is open, or it is not for this person to decide.
    """
    step = _step_of(run, command)
    state = run.step(step.name)
    approval = state.approval
    actor = command.actor
    if approval is None or approval.returned:
        raise CaseError([messages.no_approval_open()])
    if actor is None:
        raise CaseError([messages.nobody_acts()])
    slot = _slot_for(run, step, approval, actor)
    opinion = command.data.get("opinion")
    if _approval(step).opinion and not opinion:
        raise CaseError([messages.opinion_missing()])
    slot.by = actor
    slot.at = utc(run.now)
    slot.opinion = None if opinion is None else str(opinion)
    acting = slot.principal if slot.principal not in (None, actor) else None
    said = {"by": actor, "role": slot.role, "acting_for": acting, "opinion": slot.opinion}
    _VERDICTS[command.kind](run, step, state, slot, said, complete)


def _slot_for(run: Run, step: CompiledStep, approval: ApprovalState, actor: str) -> Slot:
    if actor == run.state.initiator:
        raise CaseError([messages.own_request(actor)])
    if actor in _barred(run, approval):
        raise CaseError([messages.decided_already(actor)])
    turn = _turn(_approval(step), approval.slots)
    for slot in sorted(turn, key=lambda each: each.assigned != actor):
        if slot.assigned is None or actor in _may_act(run, approval, slot):
            return slot
    raise CaseError([messages.not_theirs(actor, [each.assigned or each.role for each in turn])])


def _may_act(run: Run, approval: ApprovalState, slot: Slot) -> set[str]:
    """Who may decide in a slot today: whose it is, who acts for them, and delegates of these.

    None of them through somebody who may not.
    """
    barred = _barred(run, approval)
    people = {each for each in (slot.principal, slot.assigned) if each} - barred
    for each in tuple(people):
        stand_ins = run.plan.organisation.stand_ins(each, run.day)
        people.update(takewhile(lambda name: name not in barred, stand_ins))
    day = run.day.isoformat()
    reached = len(people) - 1
    while reached != len(people):
        reached = len(people)
        for given in run.state.delegations:
            inside = (given.since or day) <= day <= (given.through or day)
            if inside and given.person in people and given.deputy not in barred:
                people.add(given.deputy)
    return people


def _approve(
    run: Run,
    step: CompiledStep,
    state: StepState,
    slot: Slot,
    said: dict[str, str | None],
    complete: Complete,
) -> None:
    slot.verdict = APPROVED
    run.note("approved", step.name, **said)
    _go_on(run, step, state, complete)


def _refuse(
    run: Run,
    step: CompiledStep,
    state: StepState,
    slot: Slot,
    said: dict[str, str | None],
    complete: Complete,
) -> None:
    assert state.approval is not None  # noqa: S101 # INVARIANT: `decide` looked
    slot.verdict = REJECTED
    run.note("rejected", step.name, **said)
    slots = state.approval.slots
    possible = sum(each.verdict in (None, APPROVED) for each in slots)
    if possible < _needed(_approval(step), slots):
        _reject(run, step, complete, slot.by, REJECTED)


def _reject(run: Run, step: CompiledStep, complete: Complete, by: str | None, outcome: str) -> None:
    match _approval(step).on_rejection:
        case OnRejection.REJECT:
            run.close("rejected", f"{step.name}: {outcome}")
        case OnRejection.CANCEL:
            run.close("cancelled", f"{step.name}: {outcome}")
        case OnRejection.GO_ON:
            complete(run, step, by, REJECTED)


def _return(
    run: Run,
    step: CompiledStep,
    state: StepState,
    slot: Slot,
    said: dict[str, str | None],
    complete: Complete,
) -> None:
    assert state.approval is not None  # noqa: S101 # INVARIANT: `decide` looked
    slot.verdict = RETURNED
    state.approval.returned = True
    run.note("returned", step.name, **said)
    clocks.pause(run, step, state)
    if run.state.initiator is not None:
        key = f"{step.name}#{state.round}:returned {state.approval.round}"
        run.tell(key, [run.state.initiator], "returned", step.name, opinion=slot.opinion)


_Verdict = Callable[[Run, CompiledStep, StepState, Slot, dict[str, str | None], Complete], None]
_VERDICTS: dict[str, _Verdict] = {"approve": _approve, "reject": _refuse, "return": _return}


def resubmit(run: Run, command: Command, complete: Complete) -> None:
    """The initiator hands a returned request in again: the chain begins anew.

    Raises:
        CaseError: nothing was returned, or somebody else tries.
    """
    only_initiator(run, command)
    returned = [
        step
        for name, step in run.plan.steps.items()
        if (found := run.step(name)).approval and found.approval.returned
    ]
    if not returned:
        raise CaseError([messages.nothing_returned()])
    for step in returned:
        state = run.step(step.name)
        clocks.resume(run, step, state)
        run.note("resubmitted", step.name, by=command.actor)
        start(run, step, state, complete)


def only_initiator(run: Run, command: Command) -> None:
    """Raises CaseError where the actor is not the initiator."""
    if command.actor is None or command.actor != run.state.initiator:
        raise CaseError([messages.not_initiator(command.actor, run.state.initiator)])


def _step_of(run: Run, command: Command) -> CompiledStep:
    name = command.data.get("step")
    if name is not None:
        if name not in run.plan.steps:
            raise CaseError([messages.unknown_step(str(name), run.plan.steps)])
        return run.plan.steps[str(name)]
    found = [
        each
        for each in run.plan.steps.values()
        if each.approval is not None and run.step(each.name).status == OPENED
    ]
    if not found:
        raise CaseError([messages.no_approval_open()])
    if len(found) > 1:
        raise CaseError([messages.several_approvals(each.name for each in found)])
    return found[0]
