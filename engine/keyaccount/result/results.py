"""The result of deciding a policy: compact as the backend gives it, full when looked at.

A caller who reads one decision of twelve pays for one: `Result` keeps the
backend's raw outcome and builds a `DecisionResult` when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from keyaccount.diagnostics.diagnostic import Language, UnknownNameError
from keyaccount.diagnostics.name_messages import unknown_decision
from keyaccount.ir.outcome import Outcome, Status, Unknown

RawDecision = tuple[object, tuple[str, ...]] | Outcome
"""A decided decision's value and rules; or, where there is more to say, its outcome.

A list is a tuple here, so that one constant can serve all results.
"""

Raw = tuple[tuple[RawDecision, ...], tuple[object, ...]]
"""The outcomes of all decisions of a program, in its order; the facts as they were understood.

A fact that was not given stands as an `Unknown`.
"""


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """One decision's answer.

    `value` is None unless decided, but for a list of all hits, where it holds
    what is certain. `rules` are the ids of the rules that certainly match.
    `missing` are the facts that an undetermined decision waits for, `possible`
    the outcomes that may still come (what may yet be added, for a list), None
    where they cannot be listed. `conflicts` are the full names of decisions in
    conflict that this one hangs on.
    """

    value: object
    rules: tuple[str, ...]
    status: Status
    missing: tuple[str, ...] = ()
    possible: tuple[object, ...] | None = ()
    conflicts: tuple[str, ...] = ()


Because = Callable[["Result", str, Language], tuple[str, ...]]
"""Tells the reasons of one decision of a result in words."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What all results of one compiled policy share.

    `positions` has, by the decisions' local names in the author's order, where
    each stands in the raw outcomes. `facts` are the names of the raw facts.
    """

    policy: str
    version: str
    positions: Mapping[str, int]
    facts: tuple[str, ...]
    because: Because


class Result(Mapping[str, DecisionResult]):
    """The answers of a policy, by the decisions' names.

    >>> result["account_class"].value                       # doctest: +SKIP
    ['economic']
    """

    __slots__ = ("_frame", "_raw", "as_of")

    as_of: date

    def __init__(self, frame: Frame, raw: Raw, as_of: date) -> None:
        self._frame = frame
        self._raw = raw
        self.as_of = as_of

    @property
    def policy(self) -> str:
        return self._frame.policy

    @property
    def version(self) -> str:
        """The hash of the policies' content."""
        return self._frame.version

    @property
    def facts(self) -> dict[str, object]:
        """The facts that were given, as they were understood (numbers exact, dates as dates)."""
        pairs = zip(self._frame.facts, self._raw[1], strict=True)
        return {name: _own(value) for name, value in pairs if not isinstance(value, Unknown)}

    def __getitem__(self, decision: str) -> DecisionResult:
        place = self._frame.positions.get(decision)
        if place is None:
            raise UnknownNameError([unknown_decision(self.policy, str(decision), self)])
        found = self._raw[0][place]
        if isinstance(found, tuple):
            return DecisionResult(_own(found[0]), found[1], Status.DECIDED)
        return DecisionResult(
            _own(found.value),
            found.rules,
            found.status,
            found.missing,
            found.possible,
            found.conflicts,
        )

    @property
    def frame(self) -> Frame:
        """What it shares with the other results of its policy."""
        return self._frame

    @property
    def outcomes(self) -> tuple[RawDecision, ...]:
        """All outcomes as the backend gave them, by the frame's positions: the fast way in."""
        return self._raw[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frame.positions)

    def __len__(self) -> int:
        return len(self._frame.positions)

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={self[name].value!r}" for name in self)
        return f"Result({self.policy}: {inner})"

    def because(self, decision: str, language: Language = Language.EN) -> tuple[str, ...]:
        """The reasons in words: one for each rule that matched, or one for the value."""
        return self._frame.because(self, decision, language)

    def to_json_dict(self, language: Language = Language.EN) -> dict[str, object]:
        """The whole as plain data; numbers stay exact (write it with `to_json`)."""
        decisions = {name: self._entry(name, language) for name in self}
        return {
            "policy": self.policy,
            "version": self.version,
            "as_of": self.as_of.isoformat(),
            "decisions": decisions,
        }

    def _entry(self, name: str, language: Language) -> dict[str, object]:
        found = self[name]
        entry: dict[str, object] = {
            "value": found.value,
            "rules": list(found.rules),
            "status": found.status.value,
            "missing": list(found.missing),
            "possible": None if found.possible is None else list(found.possible),
            "because": list(self.because(name, language)),
        }
        if found.conflicts:
            entry["conflicts"] = list(found.conflicts)
        return entry


def _own(value: object) -> object:
    """A copy that the caller may change: constants are shared between results."""
    kind = type(value)
    if kind is tuple or kind is list:  # a date is a tuple too, but of its own class
        return [_own(each) for each in cast(Sequence[object], value)]
    if kind is dict:
        return {key: _own(each) for key, each in cast(dict[str, object], value).items()}
    return value
