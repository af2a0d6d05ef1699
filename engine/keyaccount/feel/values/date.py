"""FEEL dates.

Source: DMN 1.5, 10.3.2.3.5.
"""

from __future__ import annotations

import re

from keyaccount.feel.values import calendar

_FORM = re.compile(r"(-?)([1-9][0-9]{4,8}|[0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)


class Date:
    """A day, by the proleptic Gregorian calendar; the years go from -999,999,999 to 999,999,999.

    Dates order as they follow each other; they don't order with anything
    else. A class of its own and not a tuple, which would pass for a list; kept
    in one integer, as tables compare dates in their innermost loops.
    """

    __match_args__ = ("year", "month", "day")
    __slots__ = ("_key",)

    def __init__(self, year: int, month: int, day: int) -> None:
        self._key = (year << 9) | (month << 5) | day

    @property
    def year(self) -> int:
        return self._key >> 9

    @property
    def month(self) -> int:
        return self._key >> 5 & 15

    @property
    def day(self) -> int:
        return self._key & 31

    @property
    def number(self) -> int:
        """Days since 1970-01-01."""
        return calendar.day_number(self.year, self.month, self.day)

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Date) else NotImplemented

    def __lt__(self, other: Date) -> bool:
        try:
            return self._key < other._key
        except AttributeError:
            return NotImplemented

    def __le__(self, other: Date) -> bool:
        try:
            return self._key <= other._key
        except AttributeError:
            return NotImplemented

    def __gt__(self, other: Date) -> bool:
        try:
            return self._key > other._key
        except AttributeError:
            return NotImplemented

    def __ge__(self, other: Date) -> bool:
        try:
            return self._key >= other._key
        except AttributeError:
            return NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"Date({self.year}, {self.month}, {self.day})"

    def __str__(self) -> str:
        return date_text(self)


def make_date(year: int, month: int, day: int) -> Date | None:
    """The date, or None where there is no such day."""
    return Date(year, month, day) if calendar.is_date(year, month, day) else None


def date_of_number(number: int) -> Date | None:
    """The date some days after 1970-01-01; None beyond FEEL's years."""
    if not -366 * calendar.MAX_YEAR < number < 366 * calendar.MAX_YEAR:
        return None
    return make_date(*calendar.date_of(number))


def add_months(date: Date, months: int) -> Date | None:
    """The same day some months on, or the month's last; None beyond FEEL's years."""
    return make_date(*calendar.add_months(date.year, date.month, date.day, months))


def date_from_text(text: str) -> Date | None:
    """`2024-02-29`, `-0044-03-15`, `123456-01-01`; None where the text is no date."""
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    sign, year, month, day = form.groups()
    return make_date(-int(year) if sign else int(year), int(month), int(day))


def date_text(date: Date) -> str:
    """The date as FEEL's `string()` writes it, the year with four digits or more."""
    sign = "-" if date.year < 0 else ""
    return f"{sign}{abs(date.year):04}-{date.month:02}-{date.day:02}"
