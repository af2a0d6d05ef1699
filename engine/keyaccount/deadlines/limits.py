"""Limits: how long something may take, and by which clock.

A limit says nothing of when it begins; `deadlines.due` turns both into an instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Time by any clock: `PT4H`."""

    duration: timedelta


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """Days and months of the calendar in a zone: the same time of day, that many dates on.

    `at`: then the next time that the wall clock shows this minute of the day (a
    daily run); an instant that falls on it is in that run.
    """

    days: int
    zone: str
    months: int = 0
    at: int | None = None


@dataclass(frozen=True, slots=True)
class BusinessTime:
    """Time in which a calendar is open; a limit may end with the minute of closing."""

    duration: timedelta
    calendar: str


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """Working days of a calendar; the day on which it begins is not counted.

    Ends with the last day's closing, or at the minute `at` of that day.
    """

    days: int
    calendar: str
    at: int | None = None


Limit = Elapsed | CalendarDays | BusinessTime | BusinessDays
