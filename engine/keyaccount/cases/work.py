"""One case in one transaction: commands worked off in memory, what is to be written gathered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic

from keyaccount.cases.live_plan import LivePlan, Plans
from keyaccount.cases.protocol import (
    AMENDMENT,
    Command,
    Deadline,
    Effect,
    Entry,
    Standing,
    State,
    Transition,
    due_command,
)
from keyaccount.diagnostics import store_messages as messages
from keyaccount.diagnostics.diagnostic import KeyaccountError

_MOST_AT_ONCE = 10_000
"""Deadlines of one case that may fall due in one transaction, each setting the next."""


class StoreError(KeyaccountError):
    """The store cannot do what is asked; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A command as it goes into the log. `number` counts from 1."""

    number: int
    command: Command
    version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Applied:
    """A command that was taken. `repeated`: it had been before, and changed nothing now."""

    case_id: str
    number: int
    standing: Standing
    repeated: bool = False


@dataclass(slots=True)
class CaseWork(Generic[State]):
    """A case as loaded, and all that this transaction does to it.

    `pending` are its deadlines; `was_pending` as they were loaded. `spent` are the keys of
    deadlines that had fallen due before, `fired` of those that do now: none does twice.
    """

    id: str
    plan: str
    version: str
    commands: int
    entries: int
    changed_at: datetime
    state: State | None
    pending: Mapping[str, datetime]
    spent: Set[str]
    was_pending: Mapping[str, datetime] = field(init=False)
    standing: Standing | None = None
    fired: set[str] = field(default_factory=set)
    recorded: list[Recorded] = field(default_factory=list)
    told: list[Entry] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.was_pending = self.pending

    def take(self, command: Command, plan: LivePlan[State], now: datetime) -> None:
        """Work off a command; where the plan refuses it, nothing is changed.

        Its instant is never before that of the command before it.
        """
        at = max(_utc(now), self.changed_at)
        before = self.pending
        after = plan.transition(self.state, command, at)
        self._keep(command, after, plan.version, at)
        if command.kind == AMENDMENT:
            self.told.extend(_moved(before, self.pending, self.version, plan.version, at))
        self.version = plan.version

    def take_due(self, plans: Plans[State], now: datetime) -> int:
        """Work off, in order, every deadline that has passed; how many there were.

        A deadline met at its very instant is on time: it falls due after it.

        Raises:
            StoreError: each sets another one in the past, without end.
        """
        for count in range(_MOST_AT_ONCE):
            passed = self.first_passed(now)
            if passed is None:
                return count
            plan = plans(self.plan, self.version)
            self.fired.add(passed.key)
            try:
                self.take(due_command(passed.key, passed.due), plan, now)
            except BaseException:
                self.fired.discard(passed.key)
                raise
        raise StoreError([messages.endless_deadlines(self.id, _MOST_AT_ONCE)])

    def first_passed(self, now: datetime) -> Deadline | None:
        """The deadline that passed first; of several at one instant the first by key."""
        passed = [(due, key) for key, due in self.pending.items() if due < now]
        if not passed:
            return None
        due, key = min(passed)
        return Deadline(key, due)

    def added(self) -> Iterator[Deadline]:
        """Deadlines that were not there, or at another instant."""
        for key, due in self.pending.items():
            if self.was_pending.get(key) != due:
                yield Deadline(key, due)

    def gone(self) -> Iterator[str]:
        """Keys of deadlines that are no longer there, or at another instant."""
        for key, due in self.was_pending.items():
            if self.pending.get(key) != due:
                yield key

    def _keep(self, command: Command, after: Transition[State], version: str, at: datetime) -> None:
        self.pending = {
            each.key: _utc(each.due)
            for each in after.deadlines
            if each.key not in self.spent and each.key not in self.fired
        }
        self.commands += 1
        self.changed_at = at
        self.state = after.state
        self.standing = after.standing
        self.recorded.append(Recorded(self.commands, command, version, at))
        self.told.extend(after.entries)
        self.effects.extend(after.effects)


def _moved(
    before: Mapping[str, datetime],
    after: Mapping[str, datetime],
    old: str,
    new: str,
    at: datetime,
) -> Iterator[Entry]:
    """The line of the log that tells which deadlines another version moved, if any."""
    keys = [*before, *(key for key in after if key not in before)]
    moved = [
        {"deadline": key, "from": _text(before.get(key)), "to": _text(after.get(key))}
        for key in keys
        if before.get(key) != after.get(key)
    ]
    if moved:
        yield Entry(at, "rescheduled", None, {"from": old, "to": new, "moved": moved})


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"an instant needs its zone: {moment}")
    return moment.astimezone(UTC)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
