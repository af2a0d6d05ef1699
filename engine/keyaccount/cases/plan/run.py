"""One command at work: the case, the moment, and what has come of it so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from keyaccount.backends.events import DerivedEvent, Event
from keyaccount.cases.plan.compiled import CompiledPlan, Trigger
from keyaccount.cases.plan.conditions import Condition, Found
from keyaccount.cases.plan.state import RESTING, CaseState, StepState, instant_text
from keyaccount.cases.protocol import OPEN, Data, Effect, Entry, Status
from keyaccount.feel.values import from_python
from keyaccount.ir.conditions import CASE, EVENT, STEP_ENTRIES, STEPS
from keyaccount.model.plans import WHOLE_CASE

NOTIFY = "notify"
_MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True)
class Run:
    """The working copy of a case and what one command does to it.

    `rounds` are those that it opened: each keeps how it ended, whatever becomes of the step.
    `over`: now has passed, so that what time alone brings has come. As long as it has not, more
    may be reported of the same instant, and stand in the way of that.
    """

    plan: CompiledPlan
    state: CaseState
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    rounds: list[tuple[str, StepState]] = field(default_factory=list)
    event: Data | None = None
    over: bool = False
    derived: Mapping[str, object] | None = None

    @property
    def day(self) -> date:
        """The date in the policy's zone."""
        return self.now.astimezone(self.plan.zone).date()

    def is_open(self) -> bool:
        """Whether the case goes on."""
        return self.state.status == OPEN

    def step(self, name: str) -> StepState:
        """The state of a step, made when it is first asked for."""
        found = self.state.steps.get(name)
        if found is None:
            found = self.state.steps[name] = StepState()
        return found

    def begin(self, name: str, round_: StepState) -> None:
        """A round of a step begins."""
        self.state.steps[name] = round_
        self.rounds.append((name, round_))

    def apart(self, name: str, **changed: object) -> StepState:
        """A step's state, changed, apart from that of its last round, which stays as it was."""
        # The arguments are those of a dataclass, which no type checker can tell here.
        found = replace(self.step(name), **changed)  # type: ignore[arg-type]
        self.state.steps[name] = found
        return found

    def note(self, kind: str, step: str | None = None, **data: object) -> None:
        """A line for the case's log."""
        told = {name: each for name, each in data.items() if each is not None}
        self.entries.append(Entry(self.now, kind, step, told))

    def tell(self, key: str, to: list[str], about: str, step: str | None, **data: object) -> None:
        """Notify people; `key` is unique in the case for ever."""
        told = {name: each for name, each in data.items() if each is not None}
        self.effects.append(Effect(key, NOTIFY, {"to": to, "about": about, "step": step, **told}))

    def at(self, moment: datetime, *, over: bool = False) -> None:
        """Go on to a moment; what follows from events is another thing then."""
        self.now = moment
        self.over = over
        self.derived = None

    def follow(self) -> Sequence[DerivedEvent]:
        """Run the event rules: note the facts that follow and when to look again; the events."""
        rules = self.plan.rules
        if rules is None:
            return ()
        reported = [Event(each.event, each.at, each.data) for each in self.state.events]
        passed = self.now if self.over else self.now - _MICROSECOND
        found = rules.derive(
            rules.ready, self.state.facts, reported, self.now, self.state.opened, passed
        )
        self.derived = found.values
        self.state.wake = found.wake
        return found.events

    def evaluate(
        self, condition: Condition, as_of: datetime | None = None, /, **instead: object
    ) -> Found:
        """A FEEL expression on the case as it stands; `instead` stands for facts.

        `as_of` picks what is in force; now where it is left out.
        """
        wanted = condition.inputs
        rules = self.plan.rules
        if self.derived is None and rules is not None and not rules.facts.isdisjoint(wanted):
            self.follow()
        given = {**self.state.facts, **(self.derived or {}), **instead}
        if STEPS in wanted and STEPS not in given:
            given[STEPS] = self._steps(condition.steps)
        if CASE in wanted and CASE not in given:
            given[CASE] = {
                "opened": from_python(self.state.opened.astimezone(self.plan.zone)),
                "initiator": self.state.initiator,
            }
        if EVENT in wanted and EVENT not in given:
            given[EVENT] = dict(self.event or {})
        return condition.evaluate(given, as_of or self.now)

    def holds(self, trigger: Trigger) -> bool:
        """Whether what must hold of an event does; what can't be told does not."""
        return trigger.where is None or self.evaluate(trigger.where).value is True

    def _steps(self, names: Sequence[str]) -> dict[str, object]:
        return {name: self._step_context(self.state.steps.get(name, StepState())) for name in names}

    def _step_context(self, step: StepState) -> dict[str, object]:
        values = {
            "status": step.status,
            "outcome": step.outcome,
            "round": Decimal(step.round),
            "opened": step.opened and from_python(step.opened.astimezone(self.plan.zone)),
            "closed": step.closed and from_python(step.closed.astimezone(self.plan.zone)),
            "by": step.by,
            "overdue": step.overdue,
        }
        return {name: values[name] for name, _ in STEP_ENTRIES}

    def close(self, status: Status, outcome: str | None) -> None:
        """End the case: nothing of it is pending any more."""
        self.state.status = status
        self.state.outcome = outcome
        self.state.closed = self.now
        for name, step in list(self.state.steps.items()):
            if step.status in _UNFINISHED and name != WHOLE_CASE:
                step = self.apart(name) if step.status == RESTING else step
                step.status = "cancelled"
                step.closed = self.now
                self.note("cancelled", name)
            forget_deadlines(step)
        self.note(status, None, outcome=outcome)
        if self.state.initiator is not None:
            at = instant_text(self.now)
            self.tell("closed", [self.state.initiator], status, None, outcome=outcome, at=at)


_UNFINISHED = frozenset(("open", "waiting", "resting"))


def forget_deadlines(step: StepState) -> None:
    """Nothing falls due for a step any more; its limit is kept, for who asks later."""
    step.rungs = {}
    step.next_round = None


def utc(moment: datetime) -> datetime:
    """The same instant in UTC."""
    return moment.astimezone(UTC)
