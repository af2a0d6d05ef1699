"""The proleptic Gregorian calendar over all of FEEL's years, in plain integers.

Python's own `datetime` ends at the years 1 and 9999. Days are counted from
1970-01-01, which is day 0; year 0 is 1 BC, as in ISO 8601.
"""

from __future__ import annotations

MAX_YEAR = 999_999_999
_DAYS_BEFORE_MONTH = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS_IN_MONTH = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_IN_ERA = 146_097  # 400 years
_EPOCH = 719_162  # days from 0001-01-01 to 1970-01-01


def is_leap(year: int) -> bool:
    """Whether the year has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    return 29 if month == 2 and is_leap(year) else _DAYS_IN_MONTH[month]


def is_date(year: int, month: int, day: int) -> bool:
    """Whether there is such a day within FEEL's years."""
    return (
        -MAX_YEAR <= year <= MAX_YEAR
        and 1 <= month <= 12
        and 1 <= day <= (28 if day <= 28 else days_in_month(year, month))
    )


def day_of_year(year: int, month: int, day: int) -> int:
    """1 to 366."""
    return _DAYS_BEFORE_MONTH[month] + day + (1 if month > 2 and is_leap(year) else 0)


def day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01."""
    past = year - 1
    leap_days = past // 4 - past // 100 + past // 400
    return past * 365 + leap_days + day_of_year(year, month, day) - 1 - _EPOCH


def date_of(number: int) -> tuple[int, int, int]:
    """Year, month and day of a day number; the inverse of `day_number`."""
    era, day_of_era = divmod(number + _EPOCH, _DAYS_IN_ERA)
    # A year of an era ends early by one day for each 4 years, late for each 100.
    century = min(day_of_era // 36_524, 3)
    rest = day_of_era - century * 36_524
    cycle, rest = divmod(rest, 1_461)
    year_of_cycle = min(rest // 365, 3)
    year = era * 400 + century * 100 + cycle * 4 + year_of_cycle + 1
    return year, *_month_and_day(year, rest - year_of_cycle * 365 + 1)


def _month_and_day(year: int, day: int) -> tuple[int, int]:
    """Month and day of the month from a day of the year."""
    month = min(day // 28 + 1, 12)  # never too early, as no month is shorter
    while day_of_year(year, month, 1) > day:
        month -= 1
    return month, day - day_of_year(year, month, 1) + 1


def weekday(number: int) -> int:
    """1 for Monday to 7 for Sunday, as ISO 8601 counts."""
    return (number + 3) % 7 + 1


def week_of_year(year: int, month: int, day: int) -> int:
    """The ISO 8601 week: week 1 holds the year's first Thursday."""
    number = day_number(year, month, day)
    thursday = number - weekday(number) + 4
    year_of_thursday = date_of(thursday)[0]
    return (thursday - day_number(year_of_thursday, 1, 1)) // 7 + 1


def add_months(year: int, month: int, day: int, months: int) -> tuple[int, int, int]:
    """The same day some months on; the month's last day where it is shorter."""
    year_shift, month_index = divmod(month - 1 + months, 12)
    year, month = year + year_shift, month_index + 1
    return year, month, min(day, days_in_month(year, month))
