"""Read calendars: `calendars:` of a policy."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from keyaccount.diagnostics import calendar_messages as messages
from keyaccount.diagnostics import format_messages
from keyaccount.formats.holiday_tables import TABLES, holiday_table
from keyaccount.formats.yaml import fields
from keyaccount.formats.yaml.fields import Reading
from keyaccount.formats.yaml.nodes import Entry, MappingNode, Node, ScalarNode
from keyaccount.formats.yaml.tables_beside import csv_source
from keyaccount.model.calendars import (
    WEEKDAYS,
    Calendar,
    HolidayTable,
    Hours,
    Opening,
    Week,
)

_DAILY = "daily"
_MAKE_UP = "make-up day"
_TO = " to "
_DAYS = re.compile(r"\d{4}-\d\d-\d\d( to \d{4}-\d\d-\d\d)?\Z", re.ASCII)
_LONGEST_STRETCH = 3660
"""Days that one key of `closed` or `open` may stand for."""


def calendar(entry: Entry, policy_zone: str, reading: Reading) -> Calendar:
    """An entry of `calendars:`."""
    node = entry.value
    weeks = tuple(_weeks(fields.child(node, "hours"), reading))
    own = _own_days(fields.child(node, "open"), reading)
    closed = _own_days(fields.child(node, "closed"), reading)
    _check_own_days(own, closed, reading)
    opened = {day: _hours(each.value, reading) for day, each in own.items()}
    if weeks and not any((*weeks[-1].days, *opened.values())):
        reading.report(messages.no_openings(entry.key.span, entry.key.value))
    return Calendar(
        name=entry.key.fragment,
        title=fields.words(fields.child(node, "title")),
        time_zone=zone_named(fields.child(node, "time_zone"), policy_zone, reading),
        weeks=weeks,
        holidays=_holidays(fields.child(node, "holidays"), reading),
        closed={day: fields.words(each.value) for day, each in closed.items()},
        open=opened,
        span=fields.extent(entry),
    )


def zone_named(node: Node | None, default: str, reading: Reading) -> str:
    """The time zone that a text names, or the default where none stands there."""
    name = fields.text(node)
    if name is None or name == default or not isinstance(node, ScalarNode):
        return default
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = sorted(zoneinfo.available_timezones())
        if known:  # a system without the database knows none, which is not the author's mistake
            reading.report(format_messages.unknown_time_zone(node.span, name, known))
            return default
    return name


def minute_of_day(text: str) -> int:
    """The minute that `09:15` stands for; `24:00` is 1,440."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def _weeks(node: Node | None, reading: Reading) -> Iterator[Week]:
    dated = [(fields.day(each.key, reading), each) for each in fields.entries(node)]
    known = [(day, each) for day, each in dated if day is not None]
    for (before, _), (day, entry) in pairwise(known):
        if day <= before:
            reading.report(format_messages.dates_not_ascending(entry.key.span, day, before))
    for day, entry in known:
        yield _week(day, entry.value, reading)


def _week(since: date, node: Node, reading: Reading) -> Week:
    """A week; the hours of a make-up day are those of the first day that has any."""
    found: dict[str, Hours] = {}
    for entry in fields.entries(node):
        hours = _hours(entry.value, reading)
        for day in _weekdays(entry.key, reading):
            if day in found:
                reading.report(messages.weekday_twice(entry.key.span, day))
            found.setdefault(day, hours)
    days = tuple(found.get(each, ()) for each in WEEKDAYS)
    usual = next((each for each in days if each), ())
    return Week(since, days, found.get(_MAKE_UP, usual))


def _weekdays(key: ScalarNode, reading: Reading) -> tuple[str, ...]:
    """The days that a key of a week stands for."""
    text = key.value
    if text == _DAILY:
        return WEEKDAYS
    if text == _MAKE_UP:
        return (_MAKE_UP,)
    named = [each.strip() for each in text.replace(_TO, ",").split(",")]
    unknown = next((each for each in named if each not in WEEKDAYS), None)
    if unknown is not None or (_TO in text and len(named) != 2):
        known = (*WEEKDAYS, _DAILY, _MAKE_UP)
        reading.report(messages.bad_weekday(key.span, text if unknown is None else unknown, known))
        return ()
    if _TO not in text:
        return tuple(named)
    first, last = (WEEKDAYS.index(each) for each in named)
    # `saturday to monday` goes on past the end of the week.
    return tuple(WEEKDAYS[(first + step) % 7] for step in range((last - first) % 7 + 1))


def _hours(node: Node | None, reading: Reading) -> Hours:
    """The openings of a day, in order."""
    found: list[Opening] = []
    for item in fields.items(node):
        opening = _opening(item)
        if opening is None:
            continue  # the schema has told it
        if opening.end <= opening.start:
            reading.report(messages.hours_backward(item.span, item.span.text.strip("\"'")))
        elif found and opening.start <= found[-1].end:
            reading.report(messages.hours_overlap(item.span, item.span.text.strip("\"'")))
        else:
            found.append(opening)
    return tuple(found)


def _opening(item: Node) -> Opening | None:
    start, _, end = (fields.text(item) or "").partition("-")
    try:
        return Opening(minute_of_day(start), minute_of_day(end))
    except ValueError:
        return None


def _own_days(node: Node | None, reading: Reading) -> Mapping[date, Entry]:
    """The entries of `closed:` or `open:`, by each day that they stand for."""
    return {day: entry for entry in fields.entries(node) for day in _stretch(entry.key, reading)}


def _stretch(key: ScalarNode, reading: Reading) -> tuple[date, ...]:
    ends = key.value.split(_TO)
    try:
        first, last = date.fromisoformat(ends[0]), date.fromisoformat(ends[-1])
    except ValueError:
        if _DAYS.match(key.value):  # anything else the schema has told
            reading.report(messages.bad_days(key.span, key.value))
        return ()
    days = (last - first).days + 1
    if not 1 <= days <= _LONGEST_STRETCH:
        reading.report(messages.bad_days(key.span, key.value))
        return ()
    return tuple(first + timedelta(days=each) for each in range(days))


def _check_own_days(
    own: Mapping[date, Entry], closed: Mapping[date, Entry], reading: Reading
) -> None:
    for day, entry in own.items():
        if day in closed:
            reading.report(messages.open_and_closed(entry.key.span, day))


def _holidays(node: Node | None, reading: Reading) -> HolidayTable | None:
    if node is None:
        return None
    name = fields.child(node, "table") if isinstance(node, MappingNode) else node
    table = fields.text(name)
    if isinstance(name, ScalarNode) and table is not None and table not in TABLES:
        reading.report(messages.unknown_holidays(name.span, table, TABLES))
        table = None
    file = fields.child(node, "from")
    beside = csv_source(file, reading) if isinstance(file, ScalarNode) else None
    if table is None and beside is None:
        return None
    return holiday_table(table, beside, reading.report)
