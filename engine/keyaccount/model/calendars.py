"""Calendars as an author writes them: hours by date, holidays, own closures and openings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from keyaccount.source import Fragment, Source, Span

Words = Mapping[str, str]
"""Words by language code (`en`, `zh`); may be empty."""

MINUTES_PER_DAY = 24 * 60

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Open from a time of day (itself included) until another; minutes of the wall clock."""

    start: int
    end: int


Hours = tuple[Opening, ...]
"""The openings of one day, in order, none touching another; empty: closed all day."""


@dataclass(frozen=True, slots=True)
class Week:
    """Opening hours by weekday, Monday first, in force from a date on.

    `make_up`: the hours of a working day that makes up for a holiday (调休).
    """

    since: date
    days: tuple[Hours, ...]
    make_up: Hours


class Special(Enum):
    """What a table of holidays says of a day that its weekday does not."""

    HOLIDAY = "holiday"
    WORKING_DAY = "working day"


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """Statutory holidays and make-up working days of whole years.

    `years` are those that were published: of any other year nothing is known.
    `sources` are the files that it was read from.
    """

    name: str
    days: Mapping[date, Special]
    years: frozenset[int]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When there is business. `weeks` in order of date; own days go before all else.

    `holidays` is None where every day of a week is like that of any other.
    `closed` holds the reasons for people.
    """

    name: Fragment
    title: Words
    time_zone: str
    weeks: tuple[Week, ...]
    holidays: HolidayTable | None
    closed: Mapping[date, Words]
    open: Mapping[date, Hours]
    span: Span
