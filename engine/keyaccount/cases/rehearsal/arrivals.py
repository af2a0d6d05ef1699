"""The cases to come: generated, or those of a log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from keyaccount.cases.rehearsal.behaviour import Behaviour
from keyaccount.cases.replay.event_log import LogEvent

_SHORTLY = 50
"""What is filed again was filed among so many arrivals before; the later, the likelier."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A case to come: its id, when, what it is about, and the events that a log has of it."""

    case: str
    at: datetime
    about: str
    events: tuple[LogEvent, ...] = ()


def generated(
    behaviour: Behaviour, number: int, since: datetime, until: datetime
) -> Iterator[Arrival]:
    """So many arrivals, spread evenly over the time with some scatter, in order."""
    gap = (until - since) / max(number, 1)
    for each in range(number):
        scatter = behaviour.dice("arrival", each).random()
        at = since + gap * (each + scatter)
        about = _name(_about(behaviour, each))
        yield Arrival(_name(each), at.replace(second=0, microsecond=0), about)


def _about(behaviour: Behaviour, number: int) -> int:
    """The arrival that first was about the same: mostly none before."""
    while number > 0:
        dice = behaviour.dice("again", number)
        if dice.random() >= behaviour.again:
            break
        number = max(number - 1 - int(dice.random() ** 3 * _SHORTLY), 0)
    return number


def _name(number: int) -> str:
    return f"case {number + 1}"


def logged(events: Iterable[LogEvent]) -> list[Arrival]:
    """The cases of a log, by their first events."""
    traces: dict[str, list[LogEvent]] = {}
    for each in events:
        traces.setdefault(each.case, []).append(each)
    for trace in traces.values():
        trace.sort(key=lambda each: each.at)
    arrivals = [Arrival(case, trace[0].at, case, tuple(trace)) for case, trace in traces.items()]
    return sorted(arrivals, key=lambda each: (each.at, each.events[0].row))
