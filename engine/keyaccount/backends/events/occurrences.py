"""Events as rules see them: checked, converted, in the policy's time zone, in an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from keyaccount.backends.events.events import Event
from keyaccount.deadlines import WorkingTime
from keyaccount.diagnostics import event_messages as messages
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.facts.conversion import Problems, converted, described
from keyaccount.feel.values.python import from_python
from keyaccount.ir import core
from keyaccount.limits import DEFAULT_LIMITS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
NANOS = 1000
"""In a microsecond."""
_LONGEST_SHOWN = 60
_LONGEST_NUMBER = 64
"""Bits of a number that may be an id."""
_YEARS = range(2, 9999)
"""Of instants: far enough from the ends of Python's calendar for every time zone."""


@dataclass(slots=True)
class Occurrence:
    """An event that happened.

    `instant`: microseconds since 1970 UTC. `position` orders all events: by
    instant; those of one instant as they were reported, what follows from
    others behind what it follows from. `values`: FEEL's, by field, and `at`.
    """

    id: str
    kind: str
    instant: int
    position: tuple[int, int, int]
    values: Mapping[str, object]
    origins: tuple[str, ...]


def instant_of(moment: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(instant: int) -> datetime:
    """The moment in UTC."""
    return _EPOCH + instant * _MICROSECOND


def in_zone(instant: int, zone: ZoneInfo) -> object:
    """The instant as FEEL's date and time, on the wall of a zone."""
    return from_python(moment_of(instant).astimezone(zone))


def occurrences(
    types: Mapping[str, core.EventType], events: Iterable[Event], now: datetime, zone: ZoneInfo
) -> list[Occurrence]:
    """The events that happened by `now`, in their order.

    Raises:
        FactError: with everything that is wrong with any of them.
    """
    given = list(events)
    problems: Problems = []
    limit = DEFAULT_LIMITS.events
    if len(given) > limit:
        raise FactError([messages.too_many_events(len(given), limit)])
    ids: set[str] = set()
    found: list[Occurrence] = []
    end = instant_of(now)
    for place, event in enumerate(given):
        id_ = _id(event, place, problems)
        if id_ in ids:
            problems.append(messages.id_twice(id_))
        ids.add(id_)
        instant = _instant(event, problems)
        values = _values(types, event, problems)
        if instant is not None and values is not None and instant <= end:
            at = {"at": in_zone(instant, zone)}
            position = (instant, 0, place)
            found.append(Occurrence(id_, event.kind, instant, position, at | values, (id_,)))
    if problems:
        raise FactError(problems)
    return sorted(found, key=lambda each: each.position)


def _id(event: Event, place: int, problems: Problems) -> str:
    id_: object = event.id  # from outside, whatever its type is said to be
    match id_:
        case None:
            return f"#{place + 1}"
        case str():
            return id_
        case int() if id_.bit_length() <= _LONGEST_NUMBER:
            return str(id_)
        case _:
            problems.append(messages.id_no_text(described(id_)))
            return f"#{place + 1}"


def working_days(
    kind: str, working: WorkingTime, begin: int, now: datetime, zone: ZoneInfo
) -> tuple[list[Occurrence], int]:
    """What a calendar reports: an event at the end of each working day, and the next end to come.

    Args:
        kind: of the events.
        working: the calendar.
        begin: an instant; only ends after it are reported.
        now: the last instant at which one is.
        zone: in which events are told.

    Raises:
        CalendarError: it goes beyond what the calendar knows.
        FactError: there are too many.
    """
    limit, end = DEFAULT_LIMITS.events, instant_of(now)
    day_before = moment_of(begin).astimezone(working.zone).date() - timedelta(days=2)
    found: list[Occurrence] = []
    for place, day in enumerate(working.working_days_after(day_before)):
        instant = instant_of(working.closing(day))
        if instant > end:
            return found, instant
        if len(found) > limit:
            raise FactError([messages.too_many_events(len(found), limit)])
        if instant > begin:
            # Behind all that was reported at that instant: what comes at closing time is in time.
            position = (instant, 0, limit + place)
            values = {"at": in_zone(instant, zone), "day": from_python(day)}
            id_ = f"{kind} {day}"
            found.append(Occurrence(id_, kind, instant, position, values, (id_,)))
    raise AssertionError("working days have no end")


def _instant(event: Event, problems: Problems) -> int | None:
    moment: object = event.at
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            moment = None
    if isinstance(moment, datetime) and moment.utcoffset() is not None and moment.year in _YEARS:
        return instant_of(moment)
    problems.append(messages.no_instant(_shown(event.kind)))
    return None


def _shown(name: object) -> str:
    return name[:_LONGEST_SHOWN] if isinstance(name, str) else described(name).en.strip("`")


def _values(
    types: Mapping[str, core.EventType], event: Event, problems: Problems
) -> dict[str, object] | None:
    """The fields as FEEL values; None where they are not those declared."""
    name: object = event.kind  # from outside, as the data, whatever their types are said to be
    data: object = event.data
    kind = types.get(name) if isinstance(name, str) else None
    if kind is None:
        problems.append(messages.unknown_kind(_shown(name), tuple(types)))
        return None
    if kind.calendar is not None:
        problems.append(messages.reported_by_calendar(None, kind.name))
        return None
    if not isinstance(data, Mapping):
        problems.append(messages.not_a_mapping(described(data)))
        return None
    declared = dict(kind.type.entries)
    del declared["at"]
    for name in data:
        if name not in declared:
            problems.append(messages.unknown_data(event.kind, str(name), tuple(declared)))
    values: dict[str, object] = {}
    for name, type_ in declared.items():
        given = data.get(name)
        before = len(problems)
        values[name] = converted(given, type_, f"{event.kind}.{name}", problems)
        if values[name] is None and name not in kind.nullable and len(problems) == before:
            problems.append(messages.missing_data(event.kind, name))
    return values
