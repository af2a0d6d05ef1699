"""One rule in one evaluation: its candidates before the matching, what it derives after it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from keyaccount.backends.events.collecting import Collector
from keyaccount.backends.events.events import DerivedEvent, DerivedFact
from keyaccount.backends.events.keys import key_of
from keyaccount.backends.events.knowledge import Knowledge
from keyaccount.backends.events.network import Candidate, Key, Match
from keyaccount.backends.events.occurrences import NANOS, Occurrence, in_zone, instant_of, moment_of
from keyaccount.backends.events.rules import Keyed, KeySource, ReadyRule
from keyaccount.backends.reference.interpreter import Run
from keyaccount.feel import operations
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.feel.values.python import to_python
from keyaccount.ir import core
from keyaccount.ir.outcome import Unknown


class RuleRun:
    """A rule at work."""

    __slots__ = ("_collectors", "_knowledge", "_ready", "_run", "_wait")

    def __init__(self, knowledge: Knowledge, ready: ReadyRule, run: Run) -> None:
        self._knowledge = knowledge
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
        for number in self._knowledge.by_kind.get(pattern.event, ()):
            event = self._knowledge.all[number]
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
            self._knowledge.wakes.note(due)
        return due is not None and due <= instant_of(self._knowledge.passed)

    def _due(self, event: Occurrence) -> int | None:
        """The end of the wait that begins with an event, in microseconds since 1970."""
        end = operations.arithmetic("+", event.values["at"], self._wait)
        return end.nano_number // NANOS if isinstance(end, DateAndTime) else None

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
        rule, knowledge = self._ready.rule, self._knowledge
        events = [knowledge.all[number] for number in match]
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
            of_kind, zone = self._knowledge.of_kind, self._knowledge.rules.zone
            wakes = None if self._ready.rule.when else self._knowledge.wakes
            self._collectors = [
                Collector(each, self._run, of_kind(each.pattern.event), zone, wakes)
                for each in self._ready.rule.collect
            ]
        return self._collectors

    def _instant(self, events: Sequence[Occurrence]) -> int:
        """When what the events together mean came true; now, where no event is needed."""
        if not events:
            return instant_of(self._knowledge.now)
        latest = max(each.instant for each in events)
        if self._ready.rule.wait is None:
            return latest
        return max(latest, self._due(events[-1]) or latest)

    def _origins(self, sources: Iterable[Occurrence]) -> tuple[str, ...]:
        """The reported events behind some events and behind the facts that the rule looks at."""
        facts = (self._knowledge.facts.get(name) for name in self._ready.facts)
        through_facts = chain.from_iterable(each.origins for each in facts if each is not None)
        return tuple(dict.fromkeys(chain(*(each.origins for each in sources), through_facts)))

    def _note_fact(
        self, value: core.Expression, names: Mapping[str, object], sources: Sequence[Occurrence]
    ) -> None:
        found = self._run.value(value, names)
        if found is None or isinstance(found, Unknown):
            return
        rule = self._ready.rule
        self._knowledge.given = {**self._knowledge.given, rule.derives: found}
        ids = tuple(each.id for each in sources)
        fact = DerivedFact(to_python(found), rule.name, ids, self._origins(sources))
        self._knowledge.facts[rule.derives] = fact

    def _occurrence(
        self,
        names: Mapping[str, object],
        sources: Sequence[Occurrence],
        instant: int,
        place: tuple[int, int],
    ) -> Occurrence:
        rule, knowledge = self._ready.rule, self._knowledge
        values = {name: self._run.value(value, names) for name, _, value in rule.fields}
        values = {n: None if isinstance(v, Unknown) else v for n, v in values.items()}
        kind = knowledge.types[rule.derives]
        missing: dict[str, object] = dict.fromkeys(kind.nullable)
        ids = tuple(each.id for each in sources)
        id_ = _id(rule, ids if rule.when else tuple(map(repr, values.items())))
        position = (instant, *place)
        made = Occurrence(
            id_,
            rule.derives,
            instant,
            position,
            {"at": in_zone(instant, knowledge.rules.zone), **missing, **values},
            self._origins(sources),
        )
        data = {name: to_python(value) for name, value in (missing | values).items()}
        event = DerivedEvent(
            rule.derives, moment_of(instant), data, id_, rule.name, ids, made.origins
        )
        knowledge.events.append((position, event))
        return made


def _id(rule: core.EventRule, parts: Sequence[str]) -> str:
    """The same for the same parts; no two lists of parts are written the same way."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return f"{rule.name}:{digest.hexdigest()[:20]}"
