"""The lists under `collect`: all events that fit, within a time, in a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from zoneinfo import ZoneInfo

from keyaccount.backends.events.keys import key_of
from keyaccount.backends.events.network import Key
from keyaccount.backends.events.occurrences import NANOS, Occurrence, in_zone
from keyaccount.backends.events.plain import compared
from keyaccount.backends.events.wakes import Wakes
from keyaccount.backends.reference.interpreter import Run
from keyaccount.feel import operations
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.ir import core
from keyaccount.ir.rewrite import descendants


class Collector:
    """One list of one rule in one evaluation; what concerns an event alone is worked out once."""

    __slots__ = ("_by_key", "_collection", "_fulfil", "_indexed", "_run", "_wakes", "_zone")

    def __init__(
        self,
        collection: core.EventCollection,
        run: Run,
        events: Iterable[Occurrence],
        zone: ZoneInfo,
        wakes: Wakes | None,
    ) -> None:
        """Work out what concerns each event alone.

        Args:
            collection: what is collected.
            run: evaluates FEEL.
            events: all of the kind.
            zone: the rules'.
            wakes: told when events leave a list that ends now; None where lists end at an event.
        """
        self._wakes = wakes
        # Whether an event fulfils `in a row`, where that is a matter of the event alone.
        self._fulfil: dict[str, bool] | None = {} if _is_of_one(collection) else None
        self._collection = collection
        self._run = run
        self._zone = zone
        joins = collection.pattern.joins
        self._indexed = next((each for each in joins if each.operator == "="), None)
        self._by_key: dict[Key | None, list[tuple[Occurrence, tuple[Key | None, ...]]]] = {}
        for event in events:
            names = {collection.pattern.name: event.values}
            if all(run.value(test, names) is True for test in collection.pattern.tests):
                keys = tuple(_key(join.own, event, names, run) for join in joins)
                index = None if self._indexed is None else keys[joins.index(self._indexed)]
                self._by_key.setdefault(index, []).append((event, keys))

    def at(
        self, instant: int, match: Sequence[Occurrence], names: Mapping[str, object]
    ) -> list[Occurrence]:
        """The list for a match, as of an instant, in the order in which its events came.

        Args:
            instant: later events are left out.
            match: the events under `when`.
            names: their values by the names of their patterns.
        """
        joins = self._collection.pattern.joins
        theirs = [_key(join.theirs, match[join.pattern], names, self._run) for join in joins]
        near = self._by_key.get(
            None if self._indexed is None else theirs[joins.index(self._indexed)], ()
        )
        begin = self._begin(instant)
        found = [
            event
            for event, keys in near
            if event.instant <= instant
            and (begin is None or event.instant * NANOS > begin)
            and all(
                compared(join.operator, own, other)
                for join, own, other in zip(joins, keys, theirs, strict=True)
            )
            and self._holds(self._collection.conditions, event, names)
        ]
        found.sort(key=lambda each: each.position)
        if self._wakes is not None and self._collection.within is not None and found:
            length = self._run.value(self._collection.within, {})
            self._wakes.note_age(found[0].values["at"], length)
        return self._unbroken(found, names)

    def _begin(self, instant: int) -> int | None:
        """Where the time looked at begins, in nanoseconds; None without a limit, or for ever."""
        within = self._collection.within
        if within is None:
            return None
        length = self._run.value(within, {})
        begin = operations.arithmetic("-", in_zone(instant, self._zone), length)
        return begin.nano_number if isinstance(begin, DateAndTime) else instant * NANOS

    def _unbroken(self, events: list[Occurrence], names: Mapping[str, object]) -> list[Occurrence]:
        condition = self._collection.in_a_row
        if condition is None:
            return events
        latest = takewhile(lambda each: self._fulfils(condition, each, names), reversed(events))
        return list(latest)[::-1]

    def _fulfils(
        self, condition: core.Expression, event: Occurrence, names: Mapping[str, object]
    ) -> bool:
        if self._fulfil is None:
            return self._holds((condition,), event, names)
        if event.id not in self._fulfil:
            self._fulfil[event.id] = self._holds((condition,), event, names)
        return self._fulfil[event.id]

    def _holds(
        self,
        conditions: Sequence[core.Expression],
        event: Occurrence,
        names: Mapping[str, object],
    ) -> bool:
        if not conditions:
            return True
        inside = {**names, self._collection.pattern.name: event.values}
        return all(self._run.value(each, inside) is True for each in conditions)


def _key(
    key: core.Expression | core.EventKey,
    event: Occurrence,
    names: Mapping[str, object],
    run: Run,
) -> Key | None:
    if isinstance(key, str):
        return "position", event.position
    return key_of(run.value(key, names))


def _is_of_one(collection: core.EventCollection) -> bool:
    """Whether `in a row` looks at the collected event and at no other."""
    condition = collection.in_a_row
    return condition is not None and all(
        each.name == collection.pattern.name or "#" in each.name
        for each in descendants(condition)
        if isinstance(each, core.Local)
    )
