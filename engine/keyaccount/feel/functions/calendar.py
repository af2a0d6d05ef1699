"""Built-in functions on the calendar.

Source: DMN 1.5, 10.3.4.6 (table 76).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from keyaccount.feel.functions.builtin import Builtin, overloaded, signature
from keyaccount.feel.types import DATE, DATE_AND_TIME, NUMBER, STRING, Type
from keyaccount.feel.values import calendar
from keyaccount.feel.values.date import Date
from keyaccount.feel.values.date_and_time import DateAndTime

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_of_year(date: Date) -> Decimal:
    """1 to 366."""
    return Decimal(calendar.day_of_year(date.year, date.month, date.day))


def day_of_week(date: Date) -> str:
    """Its English name."""
    return _DAYS[calendar.weekday(date.number) - 1]


def month_of_year(date: Date) -> str:
    """Its English name."""
    return _MONTHS[date.month - 1]


def week_of_year(date: Date) -> Decimal:
    """1 to 53, by ISO 8601."""
    return Decimal(calendar.week_of_year(date.year, date.month, date.day))


def _of_date(name: str, implementation: Callable[[Date], object], result: Type) -> Builtin:
    """The two signatures: of a date, and of a date and time by its own clock."""

    def of_moment(moment: DateAndTime) -> object:
        return implementation(moment.date)

    return overloaded(
        name,
        signature(implementation, result, ("date", DATE)),
        signature(of_moment, result, ("date", DATE_AND_TIME)),
    )


CALENDAR_FUNCTIONS: tuple[Builtin, ...] = (
    _of_date("day of year", day_of_year, NUMBER),
    _of_date("day of week", day_of_week, STRING),
    _of_date("month of year", month_of_year, STRING),
    _of_date("week of year", week_of_year, NUMBER),
)
