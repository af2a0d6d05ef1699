"""A changed plan or calendar on an open case: keep, switch, or the better of both."""

from __future__ import annotations

from datetime import timedelta

from keyaccount.cases.plan import clocks
from keyaccount.cases.plan.compiled import CompiledStep
from keyaccount.cases.plan.run import Run, forget_deadlines
from keyaccount.cases.plan.state import CANCELLED, OPENED, RESTING, WAITING, StepState
from keyaccount.cases.protocol import Command
from keyaccount.model.plans import PolicyChange

_MICROSECOND = timedelta(microseconds=1)


def amend(run: Run, command: Command) -> None:
    """Go over to the plan of the run.

    `mode` in the command's data goes before what the plan says. Under `keep`
    nothing changes but the version noted; under `switch` every pending deadline
    is reckoned anew; under `better of both` the later of both stands.
    """
    mode = PolicyChange(str(command.data.get("mode") or run.plan.policy_change.value))
    run.note("amended", None, mode=mode.value, version=run.plan.version)
    if mode is PolicyChange.KEEP:
        return
    run.state.version = run.plan.version
    for name, state in run.state.steps.items():
        if not run.plan.has(name):
            if state.status in (OPENED, WAITING, RESTING):
                state.status = CANCELLED
                state.closed = run.now
                run.note("cancelled", name, reason="no longer in the plan")
            forget_deadlines(state)
            continue
        step = run.plan.step(name)
        if state.status == OPENED:
            _move(run, step, state, mode)


def _move(run: Run, step: CompiledStep, state: StepState, mode: PolicyChange) -> None:
    """Reckon a step's limit anew; while its clock stands still, what it will go on with."""
    before, rungs = state.stood if state.is_paused else state.due, dict(state.rungs)
    state.extra = 0
    clocks.start_clock(run, step, state)
    after = clocks.due_but_for_pause(run, step, state)
    if mode is PolicyChange.BETTER and before and after and before > after:
        state.extra = (before - after) // _MICROSECOND
        if not state.is_paused:
            state.due, state.rungs = before, rungs
        after = before
    if state.is_paused:
        state.stood = after
    else:
        clocks.tell_moved(run, step.name, before, state.due)
