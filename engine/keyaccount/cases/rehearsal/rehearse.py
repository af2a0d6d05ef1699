"""Rehearse a plan: each case from its opening to its end, or to the end of the rehearsal.

Cases know nothing of each other here: what one asks of another, a second filing or a total over
several requests, is left to the store. So one after the other is worked from end to end, and
memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from keyaccount.cases.plan.compiled import CompiledPlan, CompiledStep
from keyaccount.cases.plan.state import OPENED, RESTING, WAITING, CaseState, StepState
from keyaccount.cases.plan.transition import advance, catch_up
from keyaccount.cases.protocol import OPEN, Command, Entry
from keyaccount.cases.rehearsal.behaviour import Behaviour, Sampler
from keyaccount.cases.rehearsal.figures import Figures
from keyaccount.cases.replay.event_log import LogEvent
from keyaccount.cases.replay.replay import typed
from keyaccount.diagnostics.case_messages import CaseError

_MOST_ACTIONS = 2_000
"""Of one case; more than any that ends."""
_AT_ONCE = timedelta(microseconds=1)
_ASKED_AGAIN = timedelta(days=1)

Tell = Callable[[str, Sequence[Entry]], None]
"""Takes a case's id and its whole log."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A case to come: its id, when, and the events that a log has of it."""

    case: str
    at: datetime
    events: tuple[LogEvent, ...] = ()


def generated(
    behaviour: Behaviour, number: int, since: datetime, until: datetime
) -> Iterator[Arrival]:
    """So many arrivals, spread evenly over the time with some scatter, in order."""
    gap = (until - since) / max(number, 1)
    for each in range(number):
        scatter = behaviour.dice("arrival", each).random()
        at = since + gap * (each + scatter)
        yield Arrival(f"case {each + 1}", at.replace(second=0, microsecond=0))


def logged(events: Iterable[LogEvent]) -> list[Arrival]:
    """The cases of a log, by their first events."""
    traces: dict[str, list[LogEvent]] = {}
    for each in events:
        traces.setdefault(each.case, []).append(each)
    for trace in traces.values():
        trace.sort(key=lambda each: each.at)
    arrivals = [Arrival(case, trace[0].at, tuple(trace)) for case, trace in traces.items()]
    return sorted(arrivals, key=lambda each: each.at)


def rehearse(
    plan: CompiledPlan,
    arrivals: Iterable[Arrival],
    until: datetime,
    behaviour: Behaviour,
    tell: Tell | None = None,
    report: Callable[[int], None] = lambda done: None,
) -> Figures:
    """Work off all arrivals.

    Args:
        plan: what is rehearsed.
        arrivals: in order of time.
        until: the end of virtual time.
        behaviour: of the people.
        tell: gets each case's log.
        report: told how many cases are done, now and then.
    """
    figures = Figures()
    sampler = Sampler(plan, behaviour)
    first: datetime | None = None
    for number, arrival in enumerate(arrivals, 1):
        if arrival.at >= until:
            break
        first = first or arrival.at
        case = _Case(plan, behaviour, sampler, arrival, until)
        case.work()
        figures.commands += case.commands
        figures.count(case.state, case.entries, until)
        if tell is not None:
            tell(arrival.case, case.entries)
        if number % 500 == 0:
            report(number)
    figures.span = until - first if first is not None else timedelta()
    return figures


@dataclass(frozen=True, slots=True)
class _Action:
    """What somebody will do: at which step, and when."""

    at: datetime
    step: str
    about: str


class _Case:
    """One case in virtual time."""

    __slots__ = (
        *("_actor", "_behaviour", "_events", "_next_event", "_plan", "_planned", "_sampler"),
        *("_until", "arrival", "commands", "entries", "state"),
    )

    def __init__(
        self,
        plan: CompiledPlan,
        behaviour: Behaviour,
        sampler: Sampler,
        arrival: Arrival,
        until: datetime,
    ) -> None:
        self._plan = plan
        self._behaviour = behaviour
        self._sampler = sampler
        self._until = until
        self._planned: dict[str, _Action] = {}
        self._events = [each for each in arrival.events if each.name in plan.heard]
        self._next_event = 0
        self._actor = "initiator"
        self.arrival = arrival
        self.entries: list[Entry] = []
        self.commands = 0
        self.state = self._opened()

    def work(self) -> None:
        """Act until the case or the time is over."""
        for _ in range(_MOST_ACTIONS):
            if self.state.status != OPEN:
                return
            action = min(self._actions(), key=lambda each: (each.at, each.step), default=None)
            if action is None or action.at >= self._until:
                break
            self._catch_up(action.at)
            if self.state.status == OPEN:
                self._act(action)
        if self.state.status == OPEN:
            self._catch_up(self._until)

    def _opened(self) -> CaseState:
        facts = dict(self._behaviour.facts)
        if self.arrival.events:
            told = typed(self._plan, self.arrival.events[0].data)
            facts |= {name: each for name, each in told.items() if name in self._plan.facts}
        if self._plan.subject is not None:
            facts.setdefault(self._plan.subject, self.arrival.case)
        command = Command("open", {"facts": facts}, self._actor, "open")
        run = advance(self._plan, None, command, self.arrival.at)
        self.entries += run.entries
        self.commands += 1
        return run.state

    def _catch_up(self, moment: datetime) -> None:
        self.entries += catch_up(self._plan, self.state, moment).entries

    def _send(self, at: datetime, kind: str, actor: str | None, **data: object) -> bool:
        """Whether the case took the command."""
        self.commands += 1
        command = Command(kind, data, actor, str(self.commands))
        try:
            self.entries += advance(self._plan, self.state, command, at).entries
        except CaseError:
            return False
        return True

    def _actions(self) -> Iterator[_Action]:
        """What comes next at each step that is under way; and the log's next event."""
        if self._next_event < len(self._events):
            yield _Action(self._events[self._next_event].at, "", "event")
        for name, state in self.state.steps.items():
            step = self._plan.step(name)
            if (moment := _changes_at(step, state)) is not None:
                yield _Action(moment + _AT_ONCE, "", "deadline")
            if name in self._plan.steps and state.status in (OPENED, WAITING, RESTING):
                about = _about(state)
                if about is not None and (not self.arrival.events or about != "work"):
                    yield self._plan_action(step, state, about)

    def _plan_action(self, step: CompiledStep, state: StepState, about: str) -> _Action:
        key = f"{step.name}/{state.round}/{about}"
        found = self._planned.get(key)
        if found is None:
            dice = self._behaviour.dice(self.arrival.case, key)
            # INVARIANT: the last line of the log is not later than now.
            now = self.entries[-1].at if self.entries else self.arrival.at
            if about.startswith(("wait", "returned")):
                taken = _ASKED_AGAIN
            else:
                due = state.due if state.due is not None and state.due > now else None
                limit = due or (now + timedelta(days=1) if state.overdue else None)
                taken = self._behaviour.time_taken(dice, now, limit)
            found = self._planned[key] = _Action(now + taken, step.name, about)
        return found

    def _act(self, action: _Action) -> None:
        if action.about == "deadline":
            return  # it has fallen due on the way here
        if action.about == "event":
            self._hear_log(action)
            return
        step = self._plan.steps[action.step]
        state = self.state.steps[action.step]
        if _about(state) != action.about:
            return  # a deadline has changed it meanwhile
        key = f"{step.name}/{state.round}/{action.about}"
        del self._planned[key]
        if action.about.startswith("wait"):
            self._inform(step, action, self._dice_of(key).random())
        elif action.about.startswith("approve"):
            self._decide(state, action, self._behaviour.verdict(self._dice_of(key)))
        elif action.about.startswith("returned"):
            self._send(action.at, "resubmit", self._actor)
        else:
            # Dice are dear: they are made where there is something to choose.
            choice = step.goes_back or step.cancelled_by
            self._work(step, action, self._dice_of(key).random() if choice else 0.5)

    def _dice_of(self, key: str) -> Random:
        return self._behaviour.dice(self.arrival.case, key, "what", self.commands)

    def _hear_log(self, action: _Action) -> None:
        event = self._events[self._next_event]
        self._next_event += 1
        data = typed(self._plan, event.data)
        self._send(action.at, "event", None, event=event.name, data=data)

    def _inform(self, step: CompiledStep, action: _Action, chance: float) -> None:
        """Somebody finds out what a gate waits for."""
        wanted = [each for each in (step.when, step.approval and step.approval.chain) if each]
        names = sorted(
            {name for each in wanted for name in each.inputs if name in self._plan.facts}
        )
        dice = self._behaviour.dice(self.arrival.case, step.name, "facts", self.commands, chance)
        facts = self._sampler.sample(dice, names)
        if not facts or self.commands > _MOST_ACTIONS // 10:
            self._send(action.at, "cancel", self._actor, reason="never known")
            return
        self._send(action.at, "facts", self._actor, facts=facts)

    def _decide(self, state: StepState, action: _Action, verdict: str) -> None:
        assert state.approval is not None  # noqa: S101 # INVARIANT: `_about` looked
        slot = next(each for each in state.approval.slots if each.verdict is None)
        actor = slot.assigned or f"{slot.role} {state.approval.slots.index(slot) + 1}"
        self._send(action.at, verdict, actor, step=action.step, opinion="-")

    def _work(self, step: CompiledStep, action: _Action, chance: float) -> None:
        """The step's owner ends it, in one of the ways that it has."""
        behaviour = self._behaviour
        name = None
        if step.goes_back and chance < behaviour.goes_back:
            name = next(iter(step.goes_back))
        elif step.cancelled_by and chance > 1 - behaviour.cancels:
            name = step.cancelled_by[0].event
        elif step.completed_by:
            name = step.completed_by[0].event
        elif step.until:
            name = step.until[0].event
        if name is None:
            return
        triggers = [each for each in step.completed_by if each.event == name and each.where]
        names = {n for each in triggers if each.where for n in each.where.inputs}
        dice = behaviour.dice(self.arrival.case, step.name, "data", self.commands)
        data = self._sampler.fields(dice, name) | self._sampler.sample(dice, sorted(names))
        self._send(action.at, "event", self.state.steps[step.name].owner, event=name, data=data)


def _changes_at(step: CompiledStep, state: StepState) -> datetime | None:
    """The next deadline of a step by which something opens or ends; reminders change nothing."""
    if state.status == RESTING:
        return state.next_round
    if state.status != OPENED or not any(each.action for each in step.rungs):
        return None
    ahead = [*state.rungs.values(), *([] if state.overdue or state.due is None else [state.due])]
    return min(ahead, default=None)


def _about(state: StepState) -> str | None:
    """What a step waits for; None where it waits for a deadline alone."""
    if state.status == WAITING:
        return "wait"
    if state.status == RESTING:
        return None
    if state.approval is None:
        return "work"
    if state.approval.returned:
        return f"returned {state.approval.round}"
    decided = sum(each.verdict is not None for each in state.approval.slots)
    return f"approve {state.approval.round}.{decided}"
