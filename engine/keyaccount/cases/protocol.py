"""What a plan and the store say to each other: a pure function from a command to what follows.

The store keeps the commands for ever; a case's state is a function of them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

Data = Mapping[str, object]
"""Plain JSON values: text, booleans, None, Decimal, lists, mappings; instants as UTC's ISO text."""

State = TypeVar("State")
"""A case as it is kept between commands: plain data in the database, objects in virtual time."""

Status = Literal["open", "completed", "cancelled", "rejected"]
"""How a case stands; all but `open` are ends."""

OPEN: Status = "open"
"""The status of a case that goes on."""

OPENING = "open"
"""The kind of a case's first command."""
AMENDMENT = "amend"
"""The kind of the command by which a case goes over to another version of its plan."""
TOTALS = "totals"
"""The kind of the command by which a case hears of others that count together with it."""
DUE = "due"
"""The kind of the command by which a deadline falls due; its data name the deadline and instant."""


@dataclass(frozen=True, slots=True)
class Command:
    """What happened to a case; kept for ever in its log.

    `kind`: open, event, due, approve, reject, return, resubmit, withdraw,
    delegate, cancel, facts, totals or amend. `actor`: a person's id; None is the system.
    `key`: the same key twice on one case is one command.
    """

    kind: str
    data: Data
    actor: str | None
    key: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline not yet come. `key` is unique in the case for ever; `due` is aware, in UTC."""

    key: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to do outside, at least once. `key` is unique in the case for ever.

    `kind`: notify, webhook, mail, file or log.
    """

    key: str
    kind: str
    data: Data


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the case's log for people."""

    at: datetime
    kind: str
    step: str | None
    data: Data


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that waits for somebody, as lists show it. `next_rung`: when it next escalates."""

    step: str
    owner: str | None
    since: datetime
    due: datetime | None = None
    next_rung: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What lists show of a case."""

    status: Status
    title: str
    open_steps: tuple[OpenStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition(Generic[State]):
    """A case after a command. `deadlines`: all that are pending; the store finds what changed."""

    state: State
    standing: Standing
    deadlines: tuple[Deadline, ...] = ()
    effects: tuple[Effect, ...] = ()
    entries: tuple[Entry, ...] = ()


TransitionFunction = Callable[[State | None, Command, datetime], Transition[State]]
"""Pure: the state before (None before the first command), the command, now."""


def due_command(deadline: str, due: datetime) -> Command:
    """The command by which a deadline falls due."""
    return Command(DUE, {"deadline": deadline, "due": due.isoformat()}, None, f"due:{deadline}")
