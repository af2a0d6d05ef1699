"""What event rules mean, the slowest way: every combination of events is tried, nothing is shared.

It knows of the engine only FEEL's interpreter and the order of levels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from keyaccount.backends.events import Event
from keyaccount.backends.reference.interpreter import Run
from keyaccount.facts.conversion import converted
from keyaccount.feel.operations import compare
from keyaccount.feel.values.duration import DaysAndTimeDuration
from keyaccount.feel.values.python import from_python, to_python
from keyaccount.ir import core
from keyaccount.ir.event_rules import in_levels

ZONE = ZoneInfo("Asia/Shanghai")
RUN = Run(core.Program({}, {}, {}), {}, {}, None)


@dataclass(eq=False)
class Seen:
    kind: str
    at: datetime
    order: tuple[object, ...]
    values: Mapping[str, object]


Told = tuple[str, datetime, dict[str, object], str]


def derived(program: core.Program, events: list[Event], now: datetime) -> list[Told]:
    """Kind, instant, data and rule of every event that follows, in their order."""
    known = [_reported(program, each, place) for place, each in enumerate(events)]
    known = [each for each in known if each.at <= now]
    told: list[tuple[tuple[object, ...], Told]] = []
    for level, rules in enumerate(in_levels(program), 1):
        found: list[Seen] = []
        ordered = sorted(rules, key=lambda each: not each.when)
        for rule in ordered:
            for match in _matches(rule, sorted(known, key=lambda each: each.order), now):
                made = _made(program, rule, match, known, now)
                if made is not None:
                    made.order = (made.at, level, len(found))
                    found.append(made)
                    data = {n: to_python(v) for n, v in made.values.items() if n != "at"}
                    told.append((made.order, (made.kind, made.at, data, rule.name)))
        known += found
    return [each for _, each in sorted(told, key=lambda pair: pair[0])]


def _reported(program: core.Program, event: Event, place: int) -> Seen:
    assert isinstance(event.at, datetime)
    fields = dict(program.event_types[event.kind].type.entries)
    del fields["at"]
    values = {name: converted(event.data.get(name), kind, "", []) for name, kind in fields.items()}
    return _seen(event.kind, event.at, (event.at, 0, place), values)


def _seen(kind: str, at: datetime, order: tuple[object, ...], values: Mapping[str, object]) -> Seen:
    at = at.astimezone(UTC)
    return Seen(kind, at, order, {"at": from_python(at.astimezone(ZONE)), **values})


def _holds(node: core.Expression, **events: object) -> bool:
    return RUN.value(node, events) is True


def _matches(rule: core.EventRule, known: list[Seen], now: datetime) -> Iterator[tuple[Seen, ...]]:
    for chosen in product(known, repeat=len(rule.when)):
        if len(set(map(id, chosen))) < len(chosen):
            continue
        if not all(_fits(rule, p, e, chosen) for p, e in zip(rule.when, chosen, strict=True)):
            continue
        if rule.wait is not None and _due(rule, chosen[-1]) > now:
            continue
        if any(
            each not in chosen and _fits(rule, pattern, each, chosen)
            for pattern in rule.unless
            for each in known
        ):
            continue
        yield chosen


def _fits(
    rule: core.EventRule, pattern: core.EventPattern, event: Seen, chosen: tuple[Seen, ...]
) -> bool:
    return (
        event.kind == pattern.event
        and all(_holds(test, **{pattern.name: event.values}) for test in pattern.tests)
        and all(_joined(rule, pattern, join, event, chosen) for join in pattern.joins)
    )


def _joined(
    rule: core.EventRule,
    pattern: core.EventPattern,
    join: core.EventJoin,
    event: Seen,
    chosen: tuple[Seen, ...],
) -> bool:
    other = chosen[join.pattern]
    if join.own == "position":
        return other.order < event.order if join.operator == ">" else event.order < other.order
    if join.own == "instant":
        return event.at <= _due(rule, other)
    assert not isinstance(join.own, str)
    assert not isinstance(join.theirs, str)
    own = RUN.value(join.own, {pattern.name: event.values})
    theirs = RUN.value(join.theirs, {rule.when[join.pattern].name: other.values})
    if own is None or theirs is None:
        return False
    return compare(join.operator, own, theirs) is True


def _length(node: core.Expression) -> timedelta:
    length = RUN.value(node, {})
    assert isinstance(length, DaysAndTimeDuration)
    return timedelta(microseconds=length.nanos // 1000)


def _due(rule: core.EventRule, event: Seen) -> datetime:
    assert rule.wait is not None
    return event.at + _length(rule.wait)


def _made(
    program: core.Program,
    rule: core.EventRule,
    chosen: tuple[Seen, ...],
    known: list[Seen],
    now: datetime,
) -> Seen | None:
    instants = [each.at for each in chosen]
    if rule.wait is not None:
        instants.append(_due(rule, chosen[-1]))
    at = max(instants, default=now)
    names: dict[str, object] = {
        pattern.name: event.values for pattern, event in zip(rule.when, chosen, strict=True)
    }
    for each in rule.collect:
        names[each.pattern.name] = _collected(rule, each, chosen, known, at)
    if not all(_holds(condition, **names) for condition in rule.conditions):
        return None
    values = {name: RUN.value(value, names) for name, _, value in rule.fields}
    missing: dict[str, object] = dict.fromkeys(program.event_types[rule.derives].nullable)
    return _seen(rule.derives, at, (), missing | values)


def _collected(
    rule: core.EventRule,
    collection: core.EventCollection,
    chosen: tuple[Seen, ...],
    known: list[Seen],
    at: datetime,
) -> list[object]:
    found = [
        each
        for each in sorted(known, key=lambda each: each.order)
        if each.at <= at and _fits(rule, collection.pattern, each, chosen)
    ]
    if collection.within is not None:
        begin = at - _length(collection.within)
        found = [each for each in found if each.at > begin]
    if collection.in_a_row is not None:
        name = collection.pattern.name
        for place in range(len(found) - 1, -1, -1):
            if not _holds(collection.in_a_row, **{name: found[place].values}):
                found = found[place + 1 :]
                break
    return [each.values for each in found]
