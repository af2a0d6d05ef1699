"""The people around one case in virtual time: what they will do next, and what they then say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from keyaccount.cases.plan.compiled import CompiledPlan, CompiledStep
from keyaccount.cases.plan.state import OPENED, WAITING, CaseState, StepState
from keyaccount.cases.protocol import Command
from keyaccount.cases.rehearsal.behaviour import Behaviour, Sampler
from keyaccount.cases.replay.event_log import LogEvent
from keyaccount.cases.replay.replay import typed

_ASKED_AGAIN = timedelta(days=1)
_MOST_ASKED = 100
"""So many times is somebody asked for what a gate waits for."""
_MOST_REFUSED = 200
"""So many times in a row may a case refuse what people say; then they leave it alone."""


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody will do: when, at which step; no step: the log's next event."""

    at: datetime
    step: str | None
    about: str


class People:
    """The people of one case.

    `said` counts what they said, `last` is the instant of the last line of its log.
    """

    __slots__ = (
        *("_asked", "_behaviour", "_case", "_events", "_heard", "_left", "_planned", "_plan"),
        *("_refused", "_sampler", "initiator", "last", "said", "state"),
    )

    def __init__(
        self,
        plan: CompiledPlan,
        sampler: Sampler,
        case: str,
        opened: datetime,
        initiator: str | None,
        events: Sequence[LogEvent],
    ) -> None:
        """They know of the case from its opening on.

        Args:
            plan: of the case.
            sampler: the facts that they find out, and how they behave.
            case: its id.
            opened: when.
            initiator: who opened it; None where another case did.
            events: of a log, in their order: these people only wait, ask and approve.
        """
        self._plan = plan
        self._sampler = sampler
        self._behaviour: Behaviour = sampler.behaviour
        self._case = case
        self._events = [each for each in events if each.name in plan.heard]
        self._heard = 0 if events else None
        self._planned: dict[str, Action] = {}
        self._asked: dict[str, int] = {}
        self._left: set[str] = set()
        self._refused = 0
        self.initiator = initiator
        self.last = opened
        self.said = 1
        self.state: CaseState | None = None

    def next(self) -> Action | None:
        """What comes next, of the log or of anybody."""
        if self._refused > _MOST_REFUSED:
            return None
        found = list(self._actions())
        # What was planned at a step that has gone on meanwhile is forgotten.
        self._planned = {self._key(each.step, each.about): each for each in found if each.step}
        return min(found, key=lambda each: (each.at, each.step or ""), default=None)

    def say(self, action: Action) -> Command | None:
        """What is said; None where a step is left as it is."""
        if action.step is None:
            return self._log_event()
        key = self._key(action.step, action.about)
        step, state = self._plan.steps[action.step], self._step(action.step)
        match action.about.partition(" ")[0]:
            case "wait":
                return self._inform(step, key)
            case "approve":
                return self._decide(step, state, self._behaviour.verdict(self._dice(key)))
            case "returned":
                return self._hand_in_again()
            case _:
                # Dice are dear: they are made where there is something to choose.
                choice = step.goes_back or step.cancelled_by
                chance = self._dice(key).random() if choice else 0.5
                found = self._work(step, state, chance)
                if found is None:
                    self._left.add(key)
                return found

    def answered(self, at: datetime, *, taken: bool) -> None:
        """Whether the case took what was said; if not, they think again from then on."""
        self._refused = 0 if taken else self._refused + 1
        if not taken:
            self._planned.clear()
            self.last = at

    def _actions(self) -> Iterator[Action]:
        if self._heard is not None and self._heard < len(self._events):
            yield Action(self._events[self._heard].at, None, "event")
        if self.state is None:
            return
        for name, state in self.state.steps.items():
            if state.status not in (OPENED, WAITING) or name not in self._plan.steps:
                continue
            about = _about(state)
            is_logged = about == "work" and self._heard is not None
            if not is_logged and self._key(name, about) not in self._left:
                yield self._plan_action(name, state, about)

    def _plan_action(self, step: str, state: StepState, about: str) -> Action:
        key = self._key(step, about)
        found = self._planned.get(key)
        if found is None:
            if about.startswith(("wait", "returned")):
                taken = _ASKED_AGAIN
            else:
                due = state.due if state.due is not None and state.due > self.last else None
                limit = due or (self.last + timedelta(days=1) if state.overdue else None)
                dice = self._behaviour.dice(self._case, key)
                taken = self._behaviour.time_taken(dice, self.last, limit)
            found = self._planned[key] = Action(self.last + taken, step, about)
        return found

    def _key(self, step: str, about: str) -> str:
        return f"{step}/{self._step(step).round}/{about}"

    def _step(self, name: str) -> StepState:
        assert self.state is not None  # noqa: S101 # INVARIANT: there is no action before
        return self.state.steps[name]

    def _dice(self, key: str) -> Random:
        return self._behaviour.dice(self._case, key, "what", self.said)

    def _command(self, kind: str, actor: str | None, **data: object) -> Command:
        self.said += 1
        return Command(kind, data, actor, str(self.said))

    def _log_event(self) -> Command:
        assert self._heard is not None  # noqa: S101 # INVARIANT: such an action needs a log
        event = self._events[self._heard]
        self._heard += 1
        return self._command("event", None, event=event.name, data=typed(self._plan, event))

    def _inform(self, step: CompiledStep, key: str) -> Command:
        """Somebody finds out what a gate waits for."""
        asked = self._asked[key] = self._asked.get(key, 0) + 1
        wanted = [each for each in (step.when, step.approval and step.approval.chain) if each]
        names = {name for each in wanted for name in each.inputs if name in self._plan.facts}
        assert self.state is not None  # noqa: S101 # INVARIANT: there is no action before
        # Where nothing is missing, what is known keeps the gate shut: something must change.
        names = names - self.state.facts.keys() or names
        chance = self._dice(key).random()
        dice = self._behaviour.dice(self._case, step.name, "facts", self.said, chance)
        facts = self._sampler.sample(dice, sorted(names))
        if not facts or asked > _MOST_ASKED:
            return self._command("cancel", self.initiator, reason="never known")
        return self._command("facts", self.initiator, facts=facts)

    def _decide(self, step: CompiledStep, state: StepState, verdict: str) -> Command:
        assert state.approval is not None  # noqa: S101 # INVARIANT: `_about` looked
        slot = next(each for each in state.approval.slots if each.verdict is None)
        actor = slot.assigned or f"{slot.role} {state.approval.slots.index(slot) + 1}"
        return self._command(verdict, actor, step=step.name, opinion="-")

    def _hand_in_again(self) -> Command:
        """Only who handed a request in may do so again."""
        if self.initiator is None:
            return self._command("cancel", None, reason="returned to nobody")
        return self._command("resubmit", self.initiator)

    def _work(self, step: CompiledStep, state: StepState, chance: float) -> Command | None:
        """The step's owner ends it, in one of the ways that it has."""
        name = _ending(step, self._behaviour, chance)
        if name is None:
            return None
        triggers = [each for each in step.completed_by if each.event == name and each.where]
        names = {n for each in triggers if each.where for n in each.where.inputs}
        dice = self._behaviour.dice(self._case, step.name, "data", self.said)
        data = self._sampler.fields(dice, name) | self._sampler.sample(dice, sorted(names))
        return self._command("event", state.owner, event=name, data=data)


def _ending(step: CompiledStep, behaviour: Behaviour, chance: float) -> str | None:
    """The event by which a step ends; None where people leave it as it is."""
    if step.goes_back and chance < behaviour.goes_back:
        return next(iter(step.goes_back))
    if step.cancelled_by and chance > 1 - behaviour.cancels:
        return step.cancelled_by[0].event
    ways = (*step.completed_by, *step.until)
    return ways[0].event if ways else None


def _about(state: StepState) -> str:
    """What a step that is under way waits for."""
    if state.status == WAITING:
        return "wait"
    if state.approval is None:
        return "work"
    if state.approval.returned:
        return f"returned {state.approval.round}"
    decided = sum(each.verdict is not None for each in state.approval.slots)
    return f"approve {state.approval.round}.{decided}"
