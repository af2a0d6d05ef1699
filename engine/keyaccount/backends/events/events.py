"""What goes into the event rules and what comes out of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `at` is aware, or ISO text with an offset.

    `data` has the fields, as a program has them. `id`: by which the derived
    tells what it came from; where there is none, the place in the list: `#1`.
    """

    kind: str
    at: datetime | str
    data: Mapping[str, object]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class DerivedEvent:
    """An event that follows from others.

    `id` is the same in every evaluation in which it follows from the same
    events by the same rule. `sources` are the ids of the events that the rule
    saw; `origins` those of the reported events that it comes from in the end.
    """

    kind: str
    at: datetime
    data: Mapping[str, object]
    id: str
    rule: str
    sources: tuple[str, ...]
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DerivedFact:
    """A fact that follows from events; a FEEL value as Python's nearest. The rest as above."""

    value: object
    rule: str
    sources: tuple[str, ...]
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows: events in the order in which they came, facts by name.

    `wake`: the first instant at which, though nothing happens, something else
    may follow: a wait is over, an event becomes too old to count, a working
    day ends. None: never. Conditions on `now()` and `today()` are not foreseen.
    """

    events: tuple[DerivedEvent, ...]
    facts: Mapping[str, DerivedFact]
    wake: datetime | None = None

    @property
    def values(self) -> dict[str, object]:
        """The values of the facts, to decide with beside those given."""
        return {name: each.value for name, each in self.facts.items()}
