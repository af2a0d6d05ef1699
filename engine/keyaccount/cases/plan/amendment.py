"""A changed plan or calendar on an open case: keep, switch, or the better of both."""

from __future__ import annotations

from keyaccount.cases.plan import clocks
from keyaccount.cases.plan.run import Run, forget_deadlines
from keyaccount.cases.plan.state import CANCELLED, OPENED, RESTING, WAITING
from keyaccount.cases.protocol import Command
from keyaccount.model.plans import WHOLE_CASE, PolicyChange


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
        if name != WHOLE_CASE and name not in run.plan.steps:
            if state.status in (OPENED, WAITING, RESTING):
                state.status = CANCELLED
                state.closed = run.now
                run.note("cancelled", name, reason="no longer in the plan")
            forget_deadlines(state)
            continue
        step = run.plan.step(name)
        if state.status != OPENED or state.is_paused:
            continue
        before, rungs = state.due, dict(state.rungs)
        clocks.start_clock(run, step, state)
        if mode is PolicyChange.BETTER and before and state.due and before > state.due:
            state.due, state.rungs = before, rungs
        clocks.tell_moved(run, name, before, state.due)
