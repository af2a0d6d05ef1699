"""The event rules of a policy, ready to run: bound to a date, in levels, with their networks."""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from keyaccount.backends.events.network import KeyJoin, KeyPattern, KeyRule, Network
from keyaccount.deadlines import WorkingTime
from keyaccount.feel.types import DATE_AND_TIME, TIME
from keyaccount.ir import core
from keyaccount.ir.editions import Editions
from keyaccount.ir.event_rules import facts_read, in_levels, kinds_read, select_rules
from keyaccount.ir.lowering.operators import is_dynamic
from keyaccount.ir.requirements import Uses, select

KeySource = core.Expression | core.EventKey


@dataclass(frozen=True, slots=True)
class Keyed:
    """A pattern with the keys that its joins and those of patterns below ask of it."""

    pattern: core.EventPattern
    keys: tuple[KeySource, ...]


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule with its keyed patterns, and the facts it looks at, through decisions too."""

    rule: core.EventRule
    when: tuple[Keyed, ...]
    unless: tuple[Keyed, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """Rules that need nothing of each other; those with `when`, in `network`, come first.

    `program` has the decisions that they look at, and no other.
    """

    rules: tuple[ReadyRule, ...]
    network: Network
    program: core.Program

    def is_idle(self, kinds: Container[str]) -> bool:
        """Whether nothing can follow from events of these kinds alone."""
        return all(
            each.when and any(keyed.pattern.event not in kinds for keyed in each.when)
            for each in self.rules
        )


@dataclass(frozen=True, slots=True)
class Edition:
    """The rules as they are in force on a date."""

    program: core.Program
    levels: tuple[Level, ...]


class EventRules:
    """The event rules of a policy, and those of others whose results its rules and decisions need.

    `wanted` are events whose rules are needed as well, whosever they are.
    Thread-safe; prepared once for each stretch of time in which the same is in force.
    """

    __slots__ = ("_editions", "_ready", "policy", "program", "working_days", "zone")

    def __init__(self, program: core.Program, policy: str, wanted: Collection[str] = ()) -> None:
        self.policy = policy
        self.program = select_rules(program, policy, wanted)
        zones = {each.policy: each.time_zone for each in self.program.event_rules.values()}
        self.zone = ZoneInfo(zones.get(policy) or next(iter(zones.values()), "UTC"))
        self.working_days = {
            name: WorkingTime(calendar)
            for name in sorted(self.kinds)
            if (calendar := self.program.event_types[name].calendar) is not None
        }
        self._editions = Editions(self.program)
        self._ready: dict[int, Edition] = {}

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of event that the rules look for, reported and derived ones."""
        rules = self.program.event_rules.values()
        return frozenset(kind for rule in rules for kind in kinds_read(rule))

    def day(self, now: datetime) -> date:
        """The date by which rules are in force at a moment: that of the policy's time zone."""
        return now.astimezone(self.zone).date()

    def at(self, day: date) -> Edition:
        """The rules in force on a date.

        Raises:
            PolicyError: a parameter that is used has no value on that date.
        """
        stretch = self._editions.stretch(day)
        found = self._ready.get(stretch)
        if found is None:
            # Two threads may both prepare; the first to finish is kept.
            bound = self._editions.at(day)
            levels = tuple(_level(each, bound) for each in in_levels(bound))
            found = self._ready.setdefault(stretch, Edition(bound, levels))
        return found


def _level(rules: tuple[core.EventRule, ...], program: core.Program) -> Level:
    first = [each for each in rules if each.when]
    ready = tuple(_ready(each, program) for each in (*first, *(e for e in rules if not e.when)))
    network = tuple(_key_rule(each, program) for each in ready[: len(first)])
    used = Uses(expression for rule in rules for expression in rule.expressions)
    decisions = select(program, used.decisions).decisions
    return Level(ready, network, replace(program, decisions=decisions))


def _ready(rule: core.EventRule, program: core.Program) -> ReadyRule:
    when = tuple(_keyed(rule, pattern, place) for place, pattern in enumerate(rule.when))
    unless = tuple(_keyed(rule, pattern, None) for pattern in rule.unless)
    return ReadyRule(rule, when, unless, facts_read(program, rule))


def _keyed(rule: core.EventRule, pattern: core.EventPattern, place: int | None) -> Keyed:
    keys = [join.own for join in pattern.joins]
    for other in (*rule.when, *rule.unless):
        keys += [join.theirs for join in other.joins if join.pattern == place]
    distinct: list[KeySource] = []  # no dictionary: a constant list in a key cannot be hashed
    for key in keys:
        if key not in distinct:
            distinct.append(key)
    return Keyed(pattern, tuple(distinct))


def _key_rule(ready: ReadyRule, program: core.Program) -> KeyRule:
    def pattern(each: Keyed) -> KeyPattern:
        joins = tuple(
            KeyJoin(
                join.operator,
                each.keys.index(join.own),
                join.pattern,
                ready.when[join.pattern].keys.index(join.theirs),
                _is_sure(join.own, each.pattern, program)
                and _is_sure(join.theirs, ready.when[join.pattern].pattern, program),
            )
            for join in each.pattern.joins
        )
        return KeyPattern(each.pattern.event, len(each.keys), joins)

    return KeyRule(tuple(map(pattern, ready.when)), tuple(map(pattern, ready.unless)))


def _is_sure(key: KeySource, pattern: core.EventPattern, program: core.Program) -> bool:
    """Whether the key is always there, and of the one class that its type has."""
    if isinstance(key, str):
        return key != "due"
    if not isinstance(key, core.Path) or not isinstance(key.base, core.Local):
        return False
    makers = (each for each in program.event_rules.values() if each.derives == pattern.event)
    if key.name == "at":
        return True
    if any(True for _ in makers):
        return False  # a value that is not known is missing from what is derived
    two_classes = key.type in (TIME, DATE_AND_TIME) or is_dynamic(key.type)
    return not two_classes and key.name not in program.event_types[pattern.event].nullable
