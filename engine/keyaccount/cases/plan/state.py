"""The state of a case: plain data between commands, objects while a command is worked on.

The objects are a working copy that belongs to one command: `from_data` makes it,
`to_data` writes it back, and nobody else ever sees it change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar, cast

from keyaccount.cases.protocol import OPEN, Data, Status
from keyaccount.deadlines import Pause

PENDING = "pending"
WAITING = "waiting"
OPENED = "open"
RESTING = "resting"
DONE = "done"
SKIPPED = "skipped"
CANCELLED = "cancelled"
SENT_BACK = "sent back"

SETTLED = frozenset((DONE, SKIPPED, CANCELLED))
"""A step behind which the next may open, unless all before it were passed by."""


@dataclass(slots=True)
class Slot:
    """A place in an approval chain. `principal` holds the role; `assigned` acts for them."""

    role: str
    principal: str | None = None
    assigned: str | None = None
    verdict: str | None = None
    by: str | None = None
    at: datetime | None = None
    opinion: str | None = None


@dataclass(slots=True)
class ApprovalState:
    """A chain under way. `round` counts submissions; `returned`: back with the initiator.

    `dropped` are the decisions of roles that the chain asks for no more: they count for
    nothing, yet who made them does not decide again.
    """

    slots: list[Slot]
    round: int = 1
    returned: bool = False
    dropped: list[Slot] = field(default_factory=list)

    @property
    def decided(self) -> list[Slot]:
        """All slots of this round in which somebody has decided, or nobody could."""
        return [each for each in (*self.slots, *self.dropped) if each.verdict is not None]


@dataclass(slots=True)
class StepState:
    """A step. `round` counts its openings; `due` is None without a limit or while paused.

    `rungs` are the instants of the rungs to come, by number. `start` is what the
    limit is measured from. `as_of` and `told` are when amounts in FEEL were first
    found, and what the event of that moment said, so that they come to the same
    later. `renewed` counts the times that a limit which had passed was set anew,
    with rungs of its own. `stood` is what was due as the clock came to stand still;
    `extra`, in microseconds, is by how much what was due before an amendment is
    later than what the plan now says.
    """

    status: str = PENDING
    round: int = 0
    opened: datetime | None = None
    closed: datetime | None = None
    by: str | None = None
    outcome: str | None = None
    owner: str | None = None
    overdue: bool = False
    start: datetime | None = None
    as_of: datetime | None = None
    told: Data | None = None
    due: datetime | None = None
    stood: datetime | None = None
    extra: int = 0
    rungs: dict[int, datetime] = field(default_factory=dict)
    climbed: list[int] = field(default_factory=list)
    renewed: int = 0
    next_round: datetime | None = None
    pauses: list[Pause] = field(default_factory=list)
    approval: ApprovalState | None = None

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None


@dataclass(slots=True)
class Happening:
    """An event of the case."""

    event: str
    at: datetime
    data: Data


@dataclass(slots=True)
class CaseState:
    """A case. `facts` are as they were given; `happened` has the last instant of each event.

    `reached` is how far its own time has come: nothing happens to it before that.
    `derived` are the events that followed, by id; at `wake` something may follow by itself.
    """

    version: str
    opened: datetime
    initiator: str | None
    facts: dict[str, object]
    status: Status = OPEN
    reached: datetime | None = None
    outcome: str | None = None
    closed: datetime | None = None
    steps: dict[str, StepState] = field(default_factory=dict)
    happened: dict[str, datetime] = field(default_factory=dict)
    events: list[Happening] = field(default_factory=list)
    derived: list[str] = field(default_factory=list)
    wake: datetime | None = None
    totals: dict[str, Decimal] = field(default_factory=dict)
    delegations: list[Delegation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Delegation:
    """Somebody lets another act for them on this case, from a day through another."""

    person: str
    deputy: str
    since: str | None
    through: str | None


def instant_text(moment: datetime) -> str:
    """An instant as plain data."""
    return moment.astimezone(UTC).isoformat()


def to_data(state: CaseState) -> Data:
    """The state as plain JSON values; what is not set is left out."""
    return cast(Data, _fields(state))


def _plain(value: object) -> object:
    writer = _WRITERS.get(type(value))
    return value if writer is None else writer(value)


def _fields(value: Any) -> dict[str, object]:
    found = {}
    for name in _NAMES[type(value)]:
        each = getattr(value, name)
        # An empty list or mapping, no or nothing say no more than their absence.
        if each or each == "":
            found[name] = _plain(each)
    return found


def _pause(value: Pause) -> list[object]:
    return [instant_text(value.since), value.until and instant_text(value.until)]


def _mapping(value: Mapping[object, object]) -> dict[str, object]:
    return {str(key): _plain(each) for key, each in value.items()}


def _items(value: Sequence[object]) -> list[object]:
    return [_plain(each) for each in value]


_CLASSES = (CaseState, StepState, ApprovalState, Slot, Happening, Delegation)
_NAMES = {each: tuple(field.name for field in fields(each)) for each in _CLASSES}
_WRITERS: Mapping[type, Callable[[Any], object]] = {
    **dict.fromkeys(_CLASSES, _fields),
    datetime: instant_text,
    Pause: _pause,
    dict: _mapping,
    list: _items,
    tuple: _items,
}
"""By kind of value; what is not there goes as it is. A state is written with every command."""


def from_data(data: Data) -> CaseState:
    """The working copy of a stored state."""
    raw = cast(Mapping[str, Any], data)
    return CaseState(
        version=raw["version"],
        opened=_moment(raw["opened"]),
        initiator=raw.get("initiator"),
        facts=dict(raw.get("facts", {})),
        status=raw["status"],
        reached=_optional(raw.get("reached")),
        outcome=raw.get("outcome"),
        closed=_optional(raw.get("closed")),
        steps={name: _step(each) for name, each in raw.get("steps", {}).items()},
        happened={name: _moment(each) for name, each in raw.get("happened", {}).items()},
        events=[
            Happening(each["event"], _moment(each["at"]), each.get("data", {}))
            for each in raw.get("events", ())
        ],
        derived=list(raw.get("derived", ())),
        wake=_optional(raw.get("wake")),
        totals={name: Decimal(each) for name, each in raw.get("totals", {}).items()},
        delegations=[
            Delegation(each["person"], each["deputy"], each.get("since"), each.get("through"))
            for each in raw.get("delegations", ())
        ],
    )


def _step(raw: Mapping[str, Any]) -> StepState:
    return StepState(
        status=raw["status"],
        round=int(raw.get("round", 0)),
        opened=_optional(raw.get("opened")),
        closed=_optional(raw.get("closed")),
        by=raw.get("by"),
        outcome=raw.get("outcome"),
        owner=raw.get("owner"),
        overdue=raw.get("overdue", False),
        start=_optional(raw.get("start")),
        as_of=_optional(raw.get("as_of")),
        told=raw.get("told"),
        due=_optional(raw.get("due")),
        stood=_optional(raw.get("stood")),
        extra=int(raw.get("extra", 0)),
        rungs={int(number): _moment(each) for number, each in raw.get("rungs", {}).items()},
        climbed=[int(each) for each in raw.get("climbed", ())],
        renewed=int(raw.get("renewed", 0)),
        next_round=_optional(raw.get("next_round")),
        pauses=[Pause(_moment(since), _optional(until)) for since, until in raw.get("pauses", ())],
        approval=_approval(raw.get("approval")),
    )


def _approval(raw: Mapping[str, Any] | None) -> ApprovalState | None:
    if raw is None:
        return None
    return ApprovalState(
        slots=[_slot(each) for each in raw.get("slots", ())],
        round=int(raw.get("round", 1)),
        returned=raw.get("returned", False),
        dropped=[_slot(each) for each in raw.get("dropped", ())],
    )


def _slot(raw: Mapping[str, Any]) -> Slot:
    return Slot(
        role=raw["role"],
        principal=raw.get("principal"),
        assigned=raw.get("assigned"),
        verdict=raw.get("verdict"),
        by=raw.get("by"),
        at=_optional(raw.get("at")),
        opinion=raw.get("opinion"),
    )


def copied(state: CaseState) -> CaseState:
    """A working copy of a state in memory: `from_data(to_data(state))`, several times as fast."""
    found = _same(state)
    found.steps = {name: _copied_step(each) for name, each in state.steps.items()}
    return found


def _copied_step(step: StepState) -> StepState:
    found = _same(step)
    if step.approval is not None:
        found.approval = _same(step.approval)
        found.approval.slots = list(map(_same, step.approval.slots))
        found.approval.dropped = list(map(_same, step.approval.dropped))
    return found


_Copied = TypeVar("_Copied", CaseState, StepState, ApprovalState, Slot)


def _same(value: _Copied) -> _Copied:
    """An object with the same values, in lists and mappings of its own."""
    found = type(value)(*_VALUES[type(value)](value))
    for name in _CONTAINERS[type(value)]:
        setattr(found, name, getattr(value, name).copy())
    return found


_VALUES = {each: attrgetter(*names) for each, names in _NAMES.items()}
_CONTAINERS = {
    each: tuple(
        found.name for found in fields(each) if str(found.type).startswith(("dict[", "list["))
    )
    for each in _CLASSES
}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _optional(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
