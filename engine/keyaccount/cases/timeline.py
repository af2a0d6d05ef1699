"""A case as a picture of time: a row for each round of each step, with what happened on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from keyaccount.cases.protocol import Entry

_BEGINS = frozenset(("opened",))
_ENDS = frozenset(("completed", "cancelled", "finished", "sent back"))
_MARKS = frozenset(
    ("overdue", "reminded", "approved", "rejected", "returned", "resubmitted", "paused", "resumed")
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a moment of a step."""

    at: datetime
    kind: str
    data: Mapping[str, object]


@dataclass(slots=True)
class Row:
    """A round of a step. `until` None: still open. `due` is the latest that was told."""

    step: str
    round: int
    owner: str | None
    since: datetime
    until: datetime | None = None
    due: datetime | None = None
    ended: str | None = None
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The rows in the order in which they began, and the stretch of time that holds them all."""

    since: datetime
    until: datetime
    now: datetime
    rows: Sequence[Row]


def timeline(entries: Iterable[Entry], now: datetime) -> Timeline:
    """The picture of a case's log, up to now."""
    rows: list[Row] = []
    current: dict[str, Row] = {}
    first: datetime | None = None
    last = now
    for entry in entries:
        first = first or entry.at
        last = max(last, entry.at)
        if entry.step is None:
            continue
        if entry.kind in _BEGINS:
            row = Row(
                entry.step,
                int(str(entry.data.get("round", 1))),
                _text(entry.data.get("owner")),
                entry.at,
                due=_moment(entry.data.get("due")),
            )
            current[entry.step] = row
            rows.append(row)
        elif (found := current.get(entry.step)) is not None:
            _note(found, entry)
    begin = first or now
    ends = [each.due for each in rows if each.due is not None and each.until is None]
    return Timeline(begin, max([last, *ends]), last, rows)


def _note(row: Row, entry: Entry) -> None:
    if entry.kind in _ENDS and row.until is None:
        row.until = entry.at
        row.ended = entry.kind
    elif entry.kind in _MARKS:
        row.marks.append(Mark(entry.at, entry.kind, entry.data))
        if entry.kind == "resumed":
            row.due = _moment(entry.data.get("due")) or row.due
    elif entry.kind == "moved":
        row.due = _moment(entry.data.get("after")) or row.due


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))
