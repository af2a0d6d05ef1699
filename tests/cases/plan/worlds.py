"""A plan from text, and a case of it to send commands to, in virtual time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.plan.loading import plans_of
from keyaccount.cases.plan.transition import transition_of
from keyaccount.cases.protocol import Command, Data, Effect, Entry, Transition, due_command
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.organisation import Organisation
from keyaccount.organisation.organisation import NOBODY
from keyaccount.policy_set import PolicySet
from keyaccount.source import Source


def plan_of(text: str, organisation: Organisation = NOBODY) -> CompiledPlan:
    """The only plan of a policy."""
    policy = read_policy(Source("policy.yaml", text))
    return next(iter(plans_of(PolicySet({policy.name.text: policy}), organisation).values()))


def at(text: str) -> datetime:
    """`03-02 09:00` of 2026 in UTC, or a whole date."""
    year = "" if text[:4].isdigit() and text[4] == "-" else "2026-"
    return datetime.fromisoformat(year + text).replace(tzinfo=UTC)


@dataclass
class Case:
    """A case under way; everything that ever came of it is kept."""

    plan: CompiledPlan
    state: Data | None = None
    last: Transition | None = None
    commands: list[tuple[Command, datetime]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    def send(self, when: str, kind: str, actor: str | None = None, **data: object) -> Transition:
        return self.apply(Command(kind, data, actor, f"{len(self.commands)}"), at(when))

    def event(self, when: str, name: str, actor: str | None = None, **data: object) -> Transition:
        return self.send(when, "event", actor, event=name, data=data)

    def open(self, when: str, actor: str | None = None, **facts: object) -> Transition:
        return self.send(when, "open", actor, facts=facts)

    def wait(self, when: str) -> Transition:
        """Let everything fall due that does until then, as a worker does."""
        moment = at(when)
        assert self.last is not None
        while self.last.deadlines and self.last.deadlines[0].due <= moment:
            first = self.last.deadlines[0]
            self.apply(due_command(first.key, first.due), first.due)
        return self.last

    def apply(self, command: Command, now: datetime) -> Transition:
        self.last = transition_of(self.plan)(self.state, command, now)
        self.state = self.last.state
        self.commands.append((command, now))
        self.entries += self.last.entries
        self.effects += self.last.effects
        return self.last

    @property
    def status(self) -> str:
        assert self.last is not None
        return self.last.standing.status

    @property
    def open_steps(self) -> dict[str, str | None]:
        """Owner by open step."""
        assert self.last is not None
        return {each.step: each.owner for each in self.last.standing.open_steps}

    def log(self, *kinds: str) -> list[str]:
        """`kind step` of the entries of some kinds."""
        return [f"{each.kind} {each.step or '-'}" for each in self.entries if each.kind in kinds]
