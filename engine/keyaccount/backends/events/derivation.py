"""Run event rules: level by level, what follows from facts and events at a moment.

Everything about one event alone, every list, count and length of time is worked
out here with FEEL's reference interpreter; a matcher is asked which events go
together, and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain

from keyaccount.backends.events.collecting import Collector
from keyaccount.backends.events.events import Derived, DerivedEvent, DerivedFact, Event
from keyaccount.backends.events.keys import key_of
from keyaccount.backends.events.network import (
    MAX_MATCHES,
    Candidate,
    Key,
    Match,
    Matcher,
    Session,
    TooManyMatchesError,
)
from keyaccount.backends.events.occurrences import (
    Occurrence,
    in_zone,
    instant_of,
    moment_of,
    occurrences,
    working_days,
)
from keyaccount.backends.events.rules import Edition, EventRules, Keyed, KeySource, Level, ReadyRule
from keyaccount.backends.events.wakes import Wakes
from keyaccount.backends.reference.interpreter import Run, allows, evaluate_observed
from keyaccount.diagnostics import event_messages as messages
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.facts import check_facts
from keyaccount.feel import operations
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.feel.values.python import to_python
from keyaccount.ir import core
from keyaccount.ir.outcome import Unknown
from keyaccount.limits import DEFAULT_LIMITS

_NANOS = 1000
"""In a microsecond."""


def derive(
    match: Matcher,
    rules: EventRules,
    facts: Mapping[str, object],
    events: Iterable[Event],
    now: datetime,
) -> Derived:
    """What follows from facts and events at a moment.

    Args:
        match: finds the events that go together.
        rules: the event rules.
        facts: values by name; what is no fact of the rules does not matter.
        events: what was reported, of kinds that the policies declare; what lies behind `now` has
            not happened yet.
        now: an aware moment.

    Raises:
        FactError: facts or events do not fit what is declared, or are too many.
        PolicyError: a parameter that is used has no value on that date.
    """
    if not rules.program.event_rules:
        return Derived((), {})
    day = rules.day(now)
    edition = rules.at(day)
    happened = occurrences(edition.program.event_types, events, now, rules.zone)
    known = {name: facts[name] for name in edition.program.facts if name in facts}
    derivation = _Derivation(edition, rules, day, now)
    derivation.given = check_facts(
        edition.program.facts, known, lambda fact, value: allows(fact, value, day, now)
    )
    derivation.add(happened)
    derivation.add_working_days()
    for number, level in enumerate(edition.levels, 1):
        derivation.run(number, level, match)
    return Derived(
        tuple(each for _, each in sorted(derivation.events, key=lambda pair: pair[0])),
        derivation.facts,
        derivation.wakes.first(),
    )


@dataclass(slots=True)
class _Derivation:
    """One evaluation, on its way up the levels."""

    edition: Edition
    rules: EventRules
    day: date
    now: datetime
    given: dict[str, object] = field(default_factory=dict)
    facts: dict[str, DerivedFact] = field(default_factory=dict)
    events: list[tuple[tuple[int, int, int], DerivedEvent]] = field(default_factory=list)
    all: list[Occurrence] = field(default_factory=list)
    by_kind: dict[str, list[int]] = field(default_factory=dict)
    wakes: Wakes = field(init=False)

    def __post_init__(self) -> None:
        self.wakes = Wakes(instant_of(self.now))

    def add_working_days(self) -> None:
        """What calendars report, from the first event that is known on."""
        if not self.all:
            return
        begin = min(each.instant for each in self.all)
        for kind, working in self.rules.working_days.items():
            found, next_end = working_days(kind, working, begin, self.now, self.rules.zone)
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

    def run(self, number: int, level: Level, match: Matcher) -> None:
        """All rules of a level, over what is known below it."""
        if level.is_idle(self.by_kind):
            return
        moment = self.now.astimezone(self.rules.zone)
        run = evaluate_observed(level.program, self.given, self.day, moment, None)
        at_work = [_RuleRun(self, each, run) for each in level.rules]
        matching = at_work[: len(level.network)]
        session = [each.candidates() for each in matching]
        found = self._matched(level, session, match)
        made: list[Occurrence] = []
        for each, matches in zip(at_work, chain(found, _ONCE), strict=False):
            for events in sorted(matches, key=self._in_order):
                made += each.fired(events, (number, len(made)))
        self.add(made)

    def _in_order(self, match: Match) -> list[tuple[int, int, int]]:
        """By which matches are in the order of their events: what follows is numbered by it."""
        return [self.all[number].position for number in match]

    def _matched(self, level: Level, session: Session, match: Matcher) -> list[list[Match]]:
        if not any(all(when) for when, _ in session):
            return [[] for _ in session]
        try:
            return match(level.network, session)
        except TooManyMatchesError as error:
            rule = level.rules[error.rule].rule
            raise FactError([messages.too_many_matches(rule.name, MAX_MATCHES)]) from None


class _Once:
    """Matches of rules without `when`: one each, of no events; never at an end."""

    def __iter__(self) -> Iterator[list[Match]]:
        while True:
            yield [()]


_ONCE = _Once()


class _RuleRun:
    """One rule in one evaluation."""

    __slots__ = ("_collectors", "_derivation", "_ready", "_run", "_wait")

    def __init__(self, derivation: _Derivation, ready: ReadyRule, run: Run) -> None:
        self._derivation = derivation
        self._ready = ready
        self._run = run
        wait = ready.rule.wait
        self._wait = None if wait is None else run.value(wait, {})
        self._collectors: list[Collector] | None = None

    def candidates(self) -> tuple[list[list[Candidate]], list[list[Candidate]]]:
        """The events that pass each pattern's tests, with their keys."""
        last = len(self._ready.when) - 1
        when = [
            self._passing(keyed, waits=place == last)
            for place, keyed in enumerate(self._ready.when)
        ]
        if not all(when):
            return when, [[] for _ in self._ready.unless]
        return when, [self._passing(each, waits=False) for each in self._ready.unless]

    def _passing(self, keyed: Keyed, *, waits: bool) -> list[Candidate]:
        pattern = keyed.pattern
        found = []
        for number in self._derivation.by_kind.get(pattern.event, ()):
            event = self._derivation.all[number]
            names = {pattern.name: event.values}
            if waits and self._ready.rule.wait is not None and not self._is_over(event):
                continue
            if all(self._run.value(test, names) is True for test in pattern.tests):
                keys = tuple(self._key(each, event, names) for each in keyed.keys)
                found.append(Candidate(number, keys))
        return found

    def _is_over(self, event: Occurrence) -> bool:
        due = self._due(event)
        if due is not None:
            self._derivation.wakes.note(due)
        return due is not None and due <= instant_of(self._derivation.now)

    def _due(self, event: Occurrence) -> int | None:
        """The end of the wait that begins with an event, in microseconds since 1970."""
        end = operations.arithmetic("+", event.values["at"], self._wait)
        return end.nano_number // _NANOS if isinstance(end, DateAndTime) else None

    def _key(self, key: KeySource, event: Occurrence, names: Mapping[str, object]) -> Key | None:
        match key:
            case "position":
                return "position", event.position
            case "instant":
                return "instant", event.instant
            case "due":
                due = self._due(event)
                return None if due is None else ("instant", due)
            case _:
                return key_of(self._run.value(key, names))

    def fired(self, match: Match, place: tuple[int, int]) -> Iterator[Occurrence]:
        """What the rule derives from a match, if its conditions hold; facts are noted."""
        rule, derivation = self._ready.rule, self._derivation
        events = [derivation.all[number] for number in match]
        instant = self._instant(events)
        names: dict[str, object] = {
            pattern.name: event.values for pattern, event in zip(rule.when, events, strict=True)
        }
        lists = [each.at(instant, events, names) for each in self._lists()]
        for each, items in zip(rule.collect, lists, strict=True):
            names[each.pattern.name] = [item.values for item in items]
        if not all(self._run.value(each, names) is True for each in rule.conditions):
            return
        sources = list({each.id: each for each in chain(events, *lists)}.values())
        if rule.value is not None:
            self._note_fact(rule.value, names, sources)
        else:
            yield self._occurrence(names, sources, instant, place)

    def _lists(self) -> list[Collector]:
        if self._collectors is None:
            of_kind, zone = self._derivation.of_kind, self._derivation.rules.zone
            wakes = None if self._ready.rule.when else self._derivation.wakes
            self._collectors = [
                Collector(each, self._run, of_kind(each.pattern.event), zone, wakes)
                for each in self._ready.rule.collect
            ]
        return self._collectors

    def _instant(self, events: Sequence[Occurrence]) -> int:
        """When what the events together mean came true; now, where no event is needed."""
        if not events:
            return instant_of(self._derivation.now)
        latest = max(each.instant for each in events)
        if self._ready.rule.wait is None:
            return latest
        return max(latest, self._due(events[-1]) or latest)

    def _origins(self, sources: Iterable[Occurrence]) -> tuple[str, ...]:
        """The reported events behind some events and behind the facts that the rule looks at."""
        facts = (self._derivation.facts.get(name) for name in self._ready.facts)
        through_facts = chain.from_iterable(each.origins for each in facts if each is not None)
        return tuple(dict.fromkeys(chain(*(each.origins for each in sources), through_facts)))

    def _note_fact(
        self, value: core.Expression, names: Mapping[str, object], sources: Sequence[Occurrence]
    ) -> None:
        found = self._run.value(value, names)
        if found is None or isinstance(found, Unknown):
            return
        rule = self._ready.rule
        self._derivation.given = {**self._derivation.given, rule.derives: found}
        ids = tuple(each.id for each in sources)
        fact = DerivedFact(to_python(found), rule.name, ids, self._origins(sources))
        self._derivation.facts[rule.derives] = fact

    def _occurrence(
        self,
        names: Mapping[str, object],
        sources: Sequence[Occurrence],
        instant: int,
        place: tuple[int, int],
    ) -> Occurrence:
        rule, derivation = self._ready.rule, self._derivation
        values = {name: self._run.value(value, names) for name, _, value in rule.fields}
        values = {n: None if isinstance(v, Unknown) else v for n, v in values.items()}
        kind = derivation.edition.program.event_types[rule.derives]
        missing: dict[str, object] = dict.fromkeys(kind.nullable)
        ids = tuple(each.id for each in sources)
        id_ = _id(rule, ids if rule.when else tuple(map(repr, values.items())))
        position = (instant, *place)
        made = Occurrence(
            id_,
            rule.derives,
            instant,
            position,
            {"at": in_zone(instant, derivation.rules.zone), **missing, **values},
            self._origins(sources),
        )
        data = {name: to_python(value) for name, value in (missing | values).items()}
        event = DerivedEvent(
            rule.derives, moment_of(instant), data, id_, rule.name, ids, made.origins
        )
        derivation.events.append((position, event))
        return made


def _id(rule: core.EventRule, parts: Sequence[str]) -> str:
    """The same for the same parts; no two lists of parts are written the same way."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return f"{rule.name}:{digest.hexdigest()[:20]}"
