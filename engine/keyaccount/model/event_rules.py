"""What an author writes about events: what can happen, and what follows from it.

A rule's patterns are told apart by the names that the author gives them; FEEL
says `name.field`. Every event has its instant besides its fields: `name.at`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keyaccount.feel.types import Type
from keyaccount.source import Fragment, Span


@dataclass(frozen=True, slots=True)
class EventField:
    """What an event tells: a typed value, which may be missing where it is `nullable`."""

    name: Fragment
    type: Type
    title: Mapping[str, str]
    value_titles: Mapping[str, Mapping[str, str]]
    nullable: bool


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of thing that happens, reported from outside or derived by a rule.

    `working_day_of` names a calendar, which reports it itself at the end of each working day.
    """

    name: Fragment
    title: Mapping[str, str]
    fields: Mapping[str, EventField]
    working_day_of: Fragment | None
    span: Span


@dataclass(frozen=True, slots=True)
class EventPattern:
    """An event that a rule looks for, under a name.

    `after` and `before` name another pattern, whose event this one follows or precedes.
    """

    name: Fragment
    event: Fragment
    where: Fragment | None
    after: Fragment | None
    before: Fragment | None


@dataclass(frozen=True, slots=True)
class EventCollection:
    """All events that fit a pattern, as a list.

    `within`: how far back, a duration. `in_a_row`: a condition; only the
    unbroken run of the latest events that all fulfil it is taken.
    """

    pattern: EventPattern
    within: Fragment | None
    in_a_row: Fragment | None


@dataclass(frozen=True, slots=True)
class EventRule:
    """These events together, and not those, and a condition: then something is derived.

    `wait`: so long after the event of the last pattern in `when` the rule looks
    whether anything in `unless` came. `derive` names an event type, of which
    `fields` are the values (name and FEEL), or a fact, of which `value` is the value.
    """

    name: Fragment
    title: Mapping[str, str]
    when: tuple[EventPattern, ...]
    unless: tuple[EventPattern, ...]
    wait: Fragment | None
    collect: tuple[EventCollection, ...]
    condition: Fragment | None
    derive: Fragment
    fields: Mapping[str, tuple[Fragment, Fragment]]
    value: Fragment | None
    span: Span
