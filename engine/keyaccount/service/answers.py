"""Results as JSON bytes, decimals as exact numbers.

What a decision comes to is mostly one of a few values (true, `green`, a list of
names), so their bytes are made once and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

import msgspec

from keyaccount.feel.types import BOOLEAN, STRING, Enumeration, ListType, Type
from keyaccount.ir import core
from keyaccount.ir.outcome import Outcome, Status
from keyaccount.result import Frame, RawDecision, Result

_MOST_KEPT = 2_000
"""Of one decision."""
_MOST_ENCODERS = 200

encode = msgspec.json.Encoder(decimal_format="number").encode
"""JSON of plain data; numbers exact."""


def encoded(value: object) -> bytes:
    """JSON of plain data and FEEL values."""
    return encode(plain(value))


def plain(value: object) -> object:
    """A value as JSON has it; dates, durations and ranges as their FEEL text."""
    kind = type(value)
    if value is None or kind is str or kind is bool or kind is Decimal or kind is int:
        return value
    if kind is list or kind is tuple:
        return [plain(each) for each in cast(list[object], value)]
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    return str(value)


class Encoder:
    """Makes the bytes of all decisions of one compiled policy."""

    def __init__(self, frame: Frame, program: core.Program) -> None:
        self.frame = frame
        decisions = program.decisions
        self._parts = [
            (place, _Part(name, keeps=_equal_is_same(decisions[f"{frame.policy}.{name}"].type)))
            for name, place in frame.positions.items()
        ]

    def decisions(self, result: Result) -> bytes:
        """A JSON object of all decisions, by their names."""
        outcomes = result.outcomes
        entries = []
        for place, part in self._parts:
            raw = outcomes[place]
            try:
                found = part.kept.get(raw)
            except TypeError:  # while a list is undetermined, lists without a hash are in it
                entries.append(part.made(raw))
            else:
                entries.append(found or part.kept_now(raw))
        return b"{%b}" % b",".join(entries)


class _Part:
    """One decision of the object: its name and what it came to, as bytes.

    `kept`: the bytes by outcome, as far as they were made and are kept.
    """

    __slots__ = ("_keeps", "_name", "kept")

    def __init__(self, name: str, *, keeps: bool) -> None:
        self._name = encode(name)
        self._keeps = keeps
        self.kept: dict[RawDecision, bytes] = {}

    def made(self, raw: RawDecision) -> bytes:
        """The bytes, made now."""
        return b"%b:%b" % (self._name, encoded(_entry(raw)))

    def kept_now(self, raw: RawDecision) -> bytes:
        """The bytes, made now, and kept if they can be."""
        made = self.made(raw)
        if self._keeps and len(self.kept) < _MOST_KEPT:
            self.kept[raw] = made
        return made


_encoders: dict[int, Encoder] = {}


def encoder_of(result: Result, program: core.Program) -> Encoder:
    """The encoder for a result's policy; made when it is first needed."""
    frame = result.frame
    found = _encoders.get(id(frame))
    if found is None or found.frame is not frame:
        if len(_encoders) >= _MOST_ENCODERS:
            _encoders.clear()
        found = _encoders[id(frame)] = Encoder(frame, program)
    return found


def _equal_is_same(type_: Type) -> bool:
    """Whether equal outcomes have the same text: 1 and 1.0 are equal, and have not.

    Lists are tuples in raw outcomes, so that these can all be looked up.
    """
    if isinstance(type_, ListType):
        return _equal_is_same(type_.item)
    return isinstance(type_, Enumeration) or type_ in (BOOLEAN, STRING)


def _entry(raw: RawDecision) -> dict[str, object]:
    if isinstance(raw, tuple):
        raw = Outcome(raw[0], raw[1], Status.DECIDED)
    entry: dict[str, object] = {
        "value": raw.value,
        "rules": raw.rules,
        "status": raw.status.value,
        "missing": raw.missing,
        "possible": raw.possible,
    }
    if raw.conflicts:
        entry["conflicts"] = raw.conflicts
    return entry
