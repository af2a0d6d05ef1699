"""What is known in one evaluation of event rules, growing from level to level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from keyaccount.backends.events.events import DerivedEvent, DerivedFact
from keyaccount.backends.events.network import Match
from keyaccount.backends.events.occurrences import Occurrence, instant_of, working_days
from keyaccount.backends.events.rules import EventRules
from keyaccount.backends.events.wakes import Wakes
from keyaccount.diagnostics import event_messages as messages
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.ir import core
from keyaccount.limits import DEFAULT_LIMITS

Position = tuple[int, int, int]
"""The place of an event in the order of all: see `Occurrence`."""


@dataclass(slots=True)
class Knowledge:
    """Facts and events, given and derived, at a moment.

    What time alone brings has come until `passed`. `given` are the facts to
    evaluate with, derived ones among them. A number of an event is its place in
    `all`.
    """

    rules: EventRules
    types: Mapping[str, core.EventType]
    now: datetime
    passed: datetime
    given: dict[str, object] = field(default_factory=dict)
    facts: dict[str, DerivedFact] = field(default_factory=dict)
    events: list[tuple[Position, DerivedEvent]] = field(default_factory=list)
    all: list[Occurrence] = field(default_factory=list)
    by_kind: dict[str, list[int]] = field(default_factory=dict)
    wakes: Wakes = field(init=False)

    def __post_init__(self) -> None:
        self.wakes = Wakes(instant_of(self.now), instant_of(self.passed))

    def add_working_days(self, since: datetime | None) -> None:
        """What calendars report, from a moment or the first event that is known on."""
        known = [each.instant for each in self.all]
        if since is not None:
            known.append(instant_of(since))
        if not known:
            return
        begin = min(known)
        for kind, working in self.rules.working_days.items():
            found, next_end = working_days(kind, working, begin, self.passed, self.rules.zone)
            self.wakes.note(next_end)
            self.add(found)

    def add(self, happened: Iterable[Occurrence]) -> None:
        for each in happened:
            self.by_kind.setdefault(each.kind, []).append(len(self.all))
            self.all.append(each)
        if len(self.all) > DEFAULT_LIMITS.events:
            limit = DEFAULT_LIMITS.events
            raise FactError([messages.too_many_events(len(self.all), limit)])

    def of_kind(self, kind: str) -> Iterator[Occurrence]:
        return (self.all[number] for number in self.by_kind.get(kind, ()))

    def in_order(self, match: Match) -> list[Position]:
        """By which matches are in the order of their events: what follows is numbered by it."""
        return [self.all[number].position for number in match]
