"""Steps of a case: opened when those before are done and the gate is met, completed, sent back."""

from __future__ import annotations

from enum import Enum

from keyaccount.cases.plan import approvals, clocks
from keyaccount.cases.plan.compiled import CompiledRung, CompiledStep
from keyaccount.cases.plan.run import Run, forget_deadlines, utc
from keyaccount.cases.plan.state import (
    CANCELLED,
    DONE,
    OPENED,
    PENDING,
    RESTING,
    SETTLED,
    SKIPPED,
    WAITING,
    StepState,
)
from keyaccount.model.plans import RungAction, Unmet


class Way(Enum):
    """Whether those before a step let it open."""

    CLEAR = "clear"
    BLOCKED = "blocked"
    DEAD = "dead"


_TO_COME = frozenset((PENDING, WAITING))
_UNDER_WAY = frozenset((OPENED, WAITING, RESTING))


def settle(run: Run) -> None:
    """Open whatever can open, until nothing more follows; end the case where nothing is left."""
    moved = True
    while moved and run.is_open():
        moved = False
        for name in run.plan.order:
            state = run.state.steps.get(name)
            if state is None or state.status in _TO_COME:
                moved = _consider(run, run.plan.steps[name]) or moved
                if not run.is_open():
                    return
    if not run.is_open():
        return
    if _is_over(run):
        run.close("completed", None)
    else:
        clocks.follow_facts(run)


def _consider(run: Run, step: CompiledStep) -> bool:
    """Whether anything became of a step that is not open yet."""
    state = run.step(step.name)
    if step.opened_by and state.status == PENDING:
        return False
    match way(run, step):
        case Way.BLOCKED:
            return False
        case Way.DEAD:
            pass_by(run, step, "nothing leads there")
            return True
        case Way.CLEAR:
            return enter(run, step)


def way(run: Run, step: CompiledStep) -> Way:
    """Whether a step may open as far as those before it go."""
    clear = not step.after
    for name in step.after:
        status = run.step(name).status
        if status not in SETTLED:
            return Way.BLOCKED
        clear = clear or status == DONE
    return Way.CLEAR if clear else Way.DEAD


def _is_over(run: Run) -> bool:
    """Nothing is under way, and what is still to come may come or not."""
    over = False
    for name in run.plan.steps:
        status = run.step(name).status
        if status in _UNDER_WAY:
            return False
        if name not in run.plan.optional:
            if status == PENDING:
                return False
            over = True
    return over


def enter(run: Run, step: CompiledStep) -> bool:
    """Open a step if its gate is met; whether anything became of it."""
    state = run.step(step.name)
    if step.when is not None:
        found = run.evaluate(step.when)
        if found.value is False and found.is_known:
            return _unmet(run, step, state)
        if found.value is not True:
            return _wait(run, step, state, found.missing)
    if step.approval is not None:
        missing = approvals.missing(run, step)
        if missing is not None:
            return _wait(run, step, state, missing)
    open_step(run, step)
    return True


def _wait(run: Run, step: CompiledStep, state: StepState, missing: tuple[str, ...]) -> bool:
    if state.status != WAITING:
        state.status = WAITING
        run.note("waiting", step.name, missing=list(missing) or None)
    return False


def _unmet(run: Run, step: CompiledStep, state: StepState) -> bool:
    match step.otherwise:
        case Unmet.WAIT:
            return _wait(run, step, state, ())
        case Unmet.SKIP:
            pass_by(run, step, "gate")
        case Unmet.END:
            pass_by(run, step, "gate")
            run.close("completed", f"not {step.name}")
        case Unmet.REJECT:
            pass_by(run, step, "gate")
            run.close("rejected", f"not {step.name}")
        case Unmet.CANCEL:
            pass_by(run, step, "gate")
            run.close("cancelled", f"not {step.name}")
    return True


def pass_by(run: Run, step: CompiledStep, why: str) -> None:
    """A step that is not taken."""
    state = run.step(step.name)
    state.status = SKIPPED
    state.closed = utc(run.now)
    run.note("skipped", step.name, why=why)


def open_step(run: Run, step: CompiledStep) -> None:
    """Open a step, or its next round."""
    state = run.step(step.name)
    fresh = StepState(OPENED, state.round + 1, opened=utc(run.now), owner=owner_of(run, step))
    run.begin(step.name, fresh)
    clocks.start_clock(run, step, fresh)
    due = fresh.due and fresh.due.isoformat()
    run.note("opened", step.name, owner=fresh.owner, due=due, round=fresh.round)
    if step.approval is not None:
        approvals.start(run, step, fresh, complete)
    elif step.is_milestone:
        complete(run, step, None)


def owner_of(run: Run, step: CompiledStep) -> str | None:
    """Who is to see to a step: a person where one is known, else the role."""
    if step.owner is None:
        return None
    if step.owner_is_fact:
        value = run.state.facts.get(step.owner)
        return None if value is None else str(value)
    return clocks.holders(run, step.owner)[0]


def complete(run: Run, step: CompiledStep, by: str | None, outcome: str | None = None) -> None:
    """A step, or a round of one, is done."""
    state = run.step(step.name)
    state.closed = utc(run.now)
    state.by = by
    state.outcome = outcome
    run.note("completed", step.name, by=by, outcome=outcome, late=state.overdue or None)
    if step.repeat is None:
        state.status = DONE
        forget_deadlines(state)
        return
    state.status = RESTING
    state.rungs = {}
    if state.next_round is None or state.next_round <= run.now:
        open_step(run, step)


def finish(run: Run, step: CompiledStep, by: str | None) -> None:
    """A repeated step comes to its end."""
    state = run.step(step.name)
    if state.status == OPENED:
        state.closed = utc(run.now)
        state.by = by
    state.status = DONE
    forget_deadlines(state)
    run.note("finished", step.name, by=by, rounds=state.round)


def cancel(run: Run, step: CompiledStep, by: str | None) -> None:
    """A step is given up; the case goes on."""
    state = run.step(step.name)
    if state.status == RESTING:
        state = run.apart(step.name)
    state.status = CANCELLED
    state.closed = utc(run.now)
    state.by = by
    forget_deadlines(state)
    run.note("cancelled", step.name, by=by)


def go_back(run: Run, step: CompiledStep, target: str, by: str | None) -> None:
    """The case goes back to an earlier step: that one opens anew, all behind it is undone."""
    run.note("sent back", step.name, to=target, by=by)
    for name in (step.name, target, *run.plan.downstream[target]):
        before = run.step(name)
        state = run.apart(name, status=PENDING, closed=None, outcome=None)
        if before.status == OPENED:
            before.status, before.closed = CANCELLED, utc(run.now)
        forget_deadlines(state)
    open_step(run, run.plan.steps[target])


def act(run: Run, step: CompiledStep, rung: CompiledRung) -> None:
    """What a rung does beside telling people."""
    match rung.action:
        case RungAction.COMPLETE_STEP:
            complete(run, step, None, "overdue")
        case RungAction.CANCEL_STEP:
            cancel(run, step, None)
        case RungAction.CANCEL_CASE:
            run.close("cancelled", f"{step.name} overdue")
        case RungAction.REJECT_CASE:
            run.close("rejected", f"{step.name} overdue")
        case None:
            pass
