"""The transition: a case before a command, the command, now; the case after it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from keyaccount.backends.reference.interpreter import allows
from keyaccount.cases.plan import amendment, approvals, clocks, steps
from keyaccount.cases.plan.compiled import CompiledPlan, CompiledStep, Triggers
from keyaccount.cases.plan.openings import open_others
from keyaccount.cases.plan.run import Run, utc
from keyaccount.cases.plan.standing import standing
from keyaccount.cases.plan.state import (
    CANCELLED,
    OPENED,
    PENDING,
    RESTING,
    WAITING,
    CaseState,
    Delegation,
    Happening,
    StepState,
    copied,
    from_data,
    to_data,
)
from keyaccount.cases.protocol import (
    TOTALS,
    Command,
    Data,
    Deadline,
    State,
    Transition,
    TransitionFunction,
)
from keyaccount.diagnostics import case_messages as messages
from keyaccount.diagnostics.case_messages import CaseError
from keyaccount.facts import check_facts
from keyaccount.model.plans import SECOND_FILING, WHOLE_CASE, Again


def transition_of(plan: CompiledPlan) -> TransitionFunction[Data]:
    """The transition function of a plan, on plain data."""

    def transition(state: Data | None, command: Command, now: datetime) -> Transition[Data]:
        before = None if state is None else from_data(state)
        run = advance(plan, before, command, utc(now))
        return _outcome(run, to_data(run.state))

    return transition


def transition_in_memory(plan: CompiledPlan) -> TransitionFunction[CaseState]:
    """The same on states that are never written: each command works on a copy."""

    def transition(
        state: CaseState | None, command: Command, now: datetime
    ) -> Transition[CaseState]:
        before = None if state is None else copied(state)
        run = advance(plan, before, command, utc(now))
        return _outcome(run, run.state)

    return transition


def _outcome(run: Run, state: State) -> Transition[State]:
    return Transition(
        state=state,
        standing=standing(run.plan, run.state),
        deadlines=tuple(
            Deadline(each.key, each.at)
            for each in sorted(clocks.pending(run.state), key=lambda each: (each.at, each.key))
        ),
        effects=tuple(run.effects),
        entries=tuple(run.entries),
    )


def advance(plan: CompiledPlan, state: CaseState | None, command: Command, now: datetime) -> Run:
    """Work a command on the working copy of a case.

    Args:
        plan: of the case's version (for `amend`: of the new one).
        state: changed in place; None before the first command.
        command: what happened.
        now: in UTC.

    Raises:
        CaseError: the case does not allow it; the working copy is then worth nothing.
        FactError: facts do not fit what is declared.
    """
    if state is None:
        run = Run(plan, CaseState(plan.version, now, command.actor, {}, reached=now), now)
        _open(run, command)
        return run
    run = Run(plan, state, now)
    if command.kind != "due" and not run.is_open():
        raise CaseError([messages.closed(state.status)])
    _catch_up(run, now)
    run.at(now)
    if command.kind != "due":
        state.reached = now
    if not run.is_open():
        if command.kind == "due":
            return run
        # What had fallen due before ended it.
        raise CaseError([messages.closed(state.status)])
    if command.kind != TOTALS:
        _take_totals(run, command.data)
    _KINDS[command.kind](run, command)
    return run


def catch_up(plan: CompiledPlan, state: CaseState, now: datetime) -> Run:
    """What falls due before an instant, on the working copy of a case."""
    run = Run(plan, state, now)
    _catch_up(run, now)
    run.at(now)
    return run


def _catch_up(run: Run, now: datetime) -> None:
    """What fell due before this command comes first, each at its own instant.

    So the state does not depend on how late a worker is. What is set for an instant
    that is over, as where a limit is shortened, comes at once: time never goes back.
    """
    while run.is_open():
        late = [each for each in clocks.pending(run.state) if each.at < now]
        if not late:
            return
        first = min(late, key=lambda each: (each.at, each.key))
        run.state.reached = max(first.at, run.state.reached or first.at)
        run.at(run.state.reached, over=True)
        _fire(run, first)


def _fire(run: Run, found: clocks.Pending) -> None:
    if found.what == clocks.DUE:
        clocks.fall_due(run, found, steps.act)
    elif found.what == clocks.NEXT:
        steps.open_step(run, run.plan.step(found.step))
    elif found.step == clocks.EVENT_RULES:
        _derive(run)
    else:
        clocks.climb(run, found, int(found.what), steps.act)
    steps.settle(run)


def _open(run: Run, command: Command) -> None:
    _take_facts(run, command.data.get("facts"))
    _take_totals(run, command.data)
    _derive(run)
    run.note("opened", None, by=command.actor)
    if run.plan.whole.limit is not None:
        owner = steps.owner_of(run, run.plan.whole)
        state = StepState(OPENED, 1, opened=run.now, owner=owner)
        run.begin(WHOLE_CASE, state)
        clocks.start_clock(run, run.plan.whole, state)
    for name in run.plan.steps:
        run.step(name)
    steps.settle(run)


def _take_facts(run: Run, given: object) -> None:
    """Check facts and keep them as they were given.

    Raises: FactError.
    """
    if not given:
        return
    check_facts(run.plan.facts, given, lambda fact, value: allows(fact, value, run.day))
    assert isinstance(given, Mapping)  # noqa: S101 # INVARIANT: else check_facts has raised
    for name, value in given.items():
        if value is None:
            run.state.facts.pop(name, None)
        else:
            run.state.facts[str(name)] = value


def _take_totals(run: Run, data: Data) -> None:
    totals: Any = data.get("totals")
    if totals:
        run.state.totals.update(totals)


def _derive(run: Run) -> None:
    """Run the event rules: facts that follow, and events that follow, each heard once."""
    for each in run.follow():
        if each.id in run.state.derived:
            continue
        run.state.derived.append(each.id)
        run.note("derived", None, event=each.kind, rule=each.rule)
        run.event = each.data
        run.state.happened[each.kind] = run.now
        open_others(run, each.kind, each.id)
        if run.is_open():
            _hear(run, each.kind, None)


def _on_facts(run: Run, command: Command) -> None:
    _take_facts(run, command.data.get("facts"))
    run.note("facts", None, by=command.actor, facts=command.data.get("facts"))
    _derive(run)
    approvals.follow_facts(run, steps.complete)
    steps.settle(run)


def _on_totals(run: Run, command: Command) -> None:
    """Others count together with this case now: a chain under way may reach further up.

    It never comes down by itself: that others were turned down since makes nothing of what
    was asked for together.
    """
    given: Any = command.data.get("totals") or {}
    for name, total in given.items():
        if total > run.state.totals.get(name, 0):
            run.state.totals[name] = total
            if name in run.plan.steps:
                approvals.reach_further(run, run.plan.steps[name], steps.complete)
    steps.settle(run)


def _on_event(run: Run, command: Command) -> None:
    name = command.data.get("event")
    if not isinstance(name, str):
        raise CaseError([messages.missing_data("event", "event")])
    if name not in run.plan.heard:
        raise CaseError([messages.unknown_event(name, run.plan.heard)])
    data: Any = command.data.get("data") or {}
    _take_facts(run, {field: value for field, value in data.items() if field in run.plan.facts})
    run.event = data
    run.state.happened[name] = run.now
    run.note("event", None, event=name, by=command.actor, data=data or None)
    kinds = run.plan.rules.kinds if run.plan.rules else {}
    if name in kinds:
        fields = {each for each, _ in kinds[name].type.entries}
        told = {each: value for each, value in data.items() if each in fields}
        run.state.events.append(Happening(name, run.now, told))
    if name == SECOND_FILING:
        _tell_of_second(run, command)
    open_others(run, name, command.key)
    _hear(run, name, command.actor)
    _derive(run)
    if run.is_open():
        approvals.follow_facts(run, steps.complete)
        steps.settle(run)


def _tell_of_second(run: Run, command: Command) -> None:
    """Whoever has the subject hears that it was filed again, and by whom."""
    owners = dict.fromkeys(each.owner for each in standing(run.plan, run.state).open_steps)
    has_it = run.state.initiator
    to = [each for each in ((has_it,) if has_it else owners) if each is not None]
    if to:
        run.tell(f"{SECOND_FILING}:{command.key}", to, SECOND_FILING, None, by=command.actor)


def _hear(run: Run, name: str, actor: str | None) -> None:
    """What an event does: first to what is open, then to what it opens."""
    if _matches(run, run.plan.cancelled_by, name):
        run.close("cancelled", name)
        return
    if _matches(run, run.plan.completed_by, name):
        run.close("completed", name)
        return
    under_way = [each for each in run.plan.order if run.step(each).status in _UNDER_WAY]
    opened = [each for each in under_way if run.step(each).status == OPENED]
    for each in under_way:
        _hear_step(run, run.plan.steps[each], name, actor)
    for step in run.plan.steps.values():
        if _matches(run, step.opened_by, name):
            _opened_by(run, step, restarts=step.name in opened)
    for step in (run.plan.whole, *run.plan.steps.values()):
        state = run.step(step.name)
        if step.limit is not None and step.limit.since == name and state.status == OPENED:
            clocks.start_clock(run, step, state)


_UNDER_WAY = (OPENED, RESTING, WAITING)


def _hear_step(run: Run, step: CompiledStep, name: str, actor: str | None) -> None:
    state = run.step(step.name)
    if state.status not in _UNDER_WAY:
        return  # another step's event has sent the case back
    if name in step.goes_back and state.status == OPENED:
        steps.go_back(run, step, step.goes_back[name], actor)
    elif _matches(run, step.until, name):
        steps.finish(run, step, actor)
    elif _matches(run, step.cancelled_by, name):
        steps.cancel(run, step, actor)
    elif state.status == OPENED and _matches(run, step.completed_by, name):
        steps.complete(run, step, actor)
    elif state.status == OPENED and _matches(run, step.paused_by, name):
        clocks.pause(run, step, state)
    elif state.status == OPENED and _matches(run, step.resumed_by, name):
        clocks.resume(run, step, state)


def _opened_by(run: Run, step: CompiledStep, *, restarts: bool) -> None:
    state = run.step(step.name)
    if state.status == OPENED:
        if restarts and step.again is Again.RESTART:
            run.note("restarted", step.name)
            state.status, state.closed = CANCELLED, run.now
            steps.open_step(run, step)
        return
    if steps.way(run, step) is steps.Way.CLEAR:
        run.apart(step.name, status=PENDING)
        steps.enter(run, step)


def _matches(run: Run, triggers: Triggers, name: str) -> bool:
    return any(each.event == name and run.holds(each) for each in triggers)


def _on_due(run: Run, command: Command) -> None:
    """A deadline: what fell due before was caught up already; this may be due this instant."""
    key = command.data.get("deadline")
    for each in list(clocks.pending(run.state)):
        if each.key == key and each.at <= run.now:
            run.at(run.now, over=True)
            _fire(run, each)
            return


def _on_verdict(run: Run, command: Command) -> None:
    approvals.decide(run, command, steps.complete)
    steps.settle(run)


def _on_resubmit(run: Run, command: Command) -> None:
    approvals.only_initiator(run, command)
    _take_facts(run, command.data.get("facts"))
    _derive(run)
    approvals.resubmit(run, command, steps.complete)
    steps.settle(run)


def _on_withdraw(run: Run, command: Command) -> None:
    approvals.only_initiator(run, command)
    run.note("withdrawn", None, by=command.actor)
    run.close("cancelled", "withdrawn")


def _on_delegate(run: Run, command: Command) -> None:
    deputy = command.data.get("deputy")
    if command.actor is None or not isinstance(deputy, str):
        raise CaseError([messages.missing_data("deputy", "delegate")])
    since, through = command.data.get("since"), command.data.get("through")
    given = Delegation(
        command.actor,
        deputy,
        None if since is None else str(since),
        None if through is None else str(through),
    )
    run.state.delegations.append(given)
    run.note("delegated", None, by=command.actor, to=deputy, since=since, through=through)


def _on_cancel(run: Run, command: Command) -> None:
    reason = command.data.get("reason")
    run.note("cancelled", None, by=command.actor, reason=reason)
    run.close("cancelled", None if reason is None else str(reason))


def _on_amend(run: Run, command: Command) -> None:
    amendment.amend(run, command)
    steps.settle(run)


_KINDS: dict[str, Callable[[Run, Command], None]] = {
    "event": _on_event,
    "due": _on_due,
    "facts": _on_facts,
    "totals": _on_totals,
    "approve": _on_verdict,
    "reject": _on_verdict,
    "return": _on_verdict,
    "resubmit": _on_resubmit,
    "withdraw": _on_withdraw,
    "delegate": _on_delegate,
    "cancel": _on_cancel,
    "amend": _on_amend,
}
