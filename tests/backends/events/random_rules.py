"""Random event rules in levels, and random events for them: small, so that much matches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import get_args

from keyaccount.backends.events import Event, EventRules
from keyaccount.feel.types import (
    BOOLEAN,
    DATE_AND_TIME,
    DAYS_AND_TIME_DURATION,
    NUMBER,
    STRING,
    ContextType,
    ListType,
    Type,
)
from keyaccount.feel.values.duration import DaysAndTimeDuration
from keyaccount.ir import core
from keyaccount.source import Source

SPAN = Source("random", "").span(0, 0)
BEGIN = datetime.fromisoformat("2026-03-01T09:00:00+08:00")
NOW = BEGIN + timedelta(hours=8)
FIELDS: dict[str, Type] = {"who": STRING, "size": NUMBER, "since": DATE_AND_TIME, "good": BOOLEAN}
NULLABLE = frozenset({"size", "since"})
REPORTED = ("a", "b", "c")
OPERATORS: tuple[core.ComparisonOperator, ...] = get_args(core.ComparisonOperator)
HOUR = 3_600_000_000_000
KIND = ContextType((("at", DATE_AND_TIME), *FIELDS.items()))


@dataclass(slots=True)
class World:
    """Rules and what happened."""

    rules: EventRules
    events: list[Event]


def world(seed: int) -> World:
    """The same for the same seed."""
    chance = Random(seed)  # noqa: S311 # the same for the same seed is what is wanted
    made: dict[str, core.EventRule] = {}
    kinds = list(REPORTED)
    for level in range(chance.randint(1, 3)):
        derived = f"d{level}"
        for number in range(chance.randint(1, 3)):
            name = f"sample.{derived}_{number}"
            made[name] = _rule(chance, name, derived, kinds)
        kinds.append(derived)
    types = {
        each: core.EventType(
            each, KIND, NULLABLE if each in REPORTED else frozenset(FIELDS), None, {}, SPAN
        )
        for each in kinds
    }
    program = core.Program({}, {}, {}, event_types=types, event_rules=made)
    events = [_event(chance) for _ in range(chance.randint(0, 14))]
    return World(EventRules(program, "sample"), events)


def _nullable(kind: str) -> frozenset[str]:
    return NULLABLE if kind in REPORTED else frozenset(FIELDS)


def _event(chance: Random) -> Event:
    data: dict[str, object] = {"who": chance.choice("xyz"), "good": chance.random() < 0.6}
    if chance.random() < 0.8:
        data["size"] = chance.choice([1, 2, Decimal("2.0"), Decimal("0.1"), 10**30, -1])
    if chance.random() < 0.5:
        data["since"] = chance.choice(
            ["2026-03-01T10:00:00+08:00", "2026-03-01T02:00:00Z", "2026-03-01T10:00:00"]
        )
    minutes = chance.choice([0, 0, 60, 119, 120, 121, 200, 300, 479, 480, 481])
    at = BEGIN + timedelta(minutes=minutes, microseconds=chance.choice([0, 0, 0, 1]))
    return Event(chance.choice(REPORTED), at, data)


def _rule(chance: Random, name: str, derived: str, kinds: list[str]) -> core.EventRule:
    when: list[core.EventPattern] = []
    for place in range(chance.choice([0, 1, 1, 2, 2, 3])):
        when.append(_pattern(chance, f"w{place}", kinds, len(when)))
    wait = _hours(chance.choice([1, 2, 3])) if when and chance.random() < 0.3 else None
    unless = [
        _pattern(chance, f"u{place}", kinds, len(when))
        for place in range(chance.choice([0, 0, 1, 1, 2]) if when else 0)
    ]
    if wait is not None:
        due = core.EventJoin("<=", "instant", len(when) - 1, "due")
        unless = [core.EventPattern(u.name, u.event, u.tests, (*u.joins, due)) for u in unless]
    collect = [
        core.EventCollection(
            _pattern(chance, f"c{place}", kinds, len(when)),
            (),
            _hours(chance.choice([1, 2, 5])) if chance.random() < 0.5 else None,
            _test(chance, f"c{place}") if chance.random() < 0.3 else None,
        )
        for place in range(chance.choice([0, 0, 1, 2]) if when else 1)
    ]
    conditions = [
        _compare(
            chance.choice([">=", "="]), _count(each.pattern.name), _number(chance.randint(0, 2))
        )
        for each in collect
    ]
    return core.EventRule(
        name,
        "sample",
        "Asia/Shanghai",
        {},
        tuple(when),
        tuple(unless),
        wait,
        tuple(collect),
        tuple(conditions),
        derived,
        _fields(when, collect),
        None,
        SPAN,
    )


def _fields(
    when: list[core.EventPattern], collect: list[core.EventCollection]
) -> tuple[tuple[str, Type, core.Expression], ...]:
    size = _count(collect[0].pattern.name) if collect else _path("w0", "size")
    if not when:
        return (("size", NUMBER, size),)
    return (
        ("who", STRING, _path(when[-1].name, "who")),
        ("size", NUMBER, size),
        ("good", BOOLEAN, _path("w0", "good")),
    )


def _pattern(chance: Random, name: str, kinds: list[str], above: int) -> core.EventPattern:
    tests = [_test(chance, name) for _ in range(chance.choice([0, 0, 1]))]
    joins = [_join(chance, name, above) for _ in range(chance.choice([0, 1, 1, 2]) if above else 0)]
    event = chance.choice(kinds)
    return core.EventPattern(name, event, tuple(tests), tuple(joins))


def _join(chance: Random, name: str, above: int) -> core.EventJoin:
    place = chance.randrange(above)
    if chance.random() < 0.2:
        return core.EventJoin(chance.choice(["<", ">"]), "position", place, "position")
    field = chance.choice(["who", "who", "size", "since", "good", "at"])
    operator = chance.choice(["=", "="] if field == "good" else ["=", "=", *OPERATORS])
    return core.EventJoin(operator, _path(name, field), place, _path(f"w{place}", field))


def _test(chance: Random, name: str) -> core.Expression:
    match chance.randrange(3):
        case 0:
            return _compare(
                "=", _path(name, "who"), core.Literal(STRING, SPAN, chance.choice("xyz"))
            )
        case 1:
            return _compare(chance.choice(OPERATORS), _path(name, "size"), _number(2))
        case _:
            return _path(name, "good")


def _path(name: str, field: str) -> core.Path:
    kind = DATE_AND_TIME if field == "at" else FIELDS[field]
    return core.Path(kind, SPAN, core.Local(KIND, SPAN, name), field)


def _count(name: str) -> core.Expression:
    return core.Call(NUMBER, SPAN, "count", (core.Local(ListType(KIND), SPAN, name),))


def _compare(
    operator: core.ComparisonOperator, left: core.Expression, right: core.Expression
) -> core.Comparison:
    return core.Comparison(BOOLEAN, SPAN, operator, left, right)


def _number(value: int) -> core.Literal:
    return core.Literal(NUMBER, SPAN, Decimal(value))


def _hours(count: int) -> core.Literal:
    return core.Literal(DAYS_AND_TIME_DURATION, SPAN, DaysAndTimeDuration(count * HOUR))
