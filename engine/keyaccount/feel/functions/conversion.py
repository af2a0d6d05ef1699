"""Built-in functions that make values of one kind from another.

Text that doesn't fit the wanted kind gives null. Source: DMN 1.5, 10.3.4.1 (table 71).
"""

from __future__ import annotations

from decimal import Decimal

from keyaccount.feel.functions.builtin import Builtin, Parameter, function, overloaded, signature
from keyaccount.feel.functions.range_text import range_from_text
from keyaccount.feel.types import (
    ANY,
    DATE,
    DATE_AND_TIME,
    DAYS_AND_TIME_DURATION,
    NUMBER,
    STRING,
    TIME,
    YEARS_AND_MONTHS_DURATION,
    RangeType,
    Type,
)
from keyaccount.feel.values.date import Date, date_from_text, make_date
from keyaccount.feel.values.date_and_time import DateAndTime, date_and_time_from_text
from keyaccount.feel.values.duration import (
    DaysAndTimeDuration,
    YearsAndMonthsDuration,
    duration_from_text,
    make_months_duration,
)
from keyaccount.feel.values.number import number_from_text, whole
from keyaccount.feel.values.text import to_text
from keyaccount.feel.values.time import (
    MIDNIGHT_UTC,
    NANOS_PER_SECOND,
    Time,
    make_time,
    time_from_text,
)

_SEPARATORS = (" ", ",", ".", None)


def number(text: str, grouping: str | None, point: str | None) -> Decimal | None:
    """The number that a text writes with separators of its own; the point is `.` if null.

    Null where a separator is none of space, comma and point, or the two are one.
    """
    if grouping not in _SEPARATORS or point not in (",", ".", None):
        return None
    if grouping is not None and grouping == point:
        return None
    if grouping is not None:
        text = text.replace(grouping, "")
    if point == "," and "." in text:
        return None
    return number_from_text(text.replace(point or ".", "."))


def date_of_moment(moment: DateAndTime) -> Date:
    """The day of a date and time, by its own clock."""
    return moment.date


def date_of_parts(year: Decimal, month: Decimal, day: Decimal) -> Date | None:
    """The date; null where a part isn't whole or there is no such day."""
    parts = whole(year), whole(month), whole(day)
    if parts[0] is None or parts[1] is None or parts[2] is None:
        return None
    return make_date(parts[0], parts[1], parts[2])


def moment_of_date(date: Date, time: Time) -> DateAndTime:
    """The date and time of a day and a time."""
    return DateAndTime(date, time)


def moment_of_moment(moment: DateAndTime, time: Time) -> DateAndTime:
    """The date and time of another one's day and a time."""
    return DateAndTime(moment.date, time)


def time_of_moment(moment: DateAndTime) -> Time:
    """The time of a date and time, with its offset or zone."""
    return moment.time


def time_of_date(_: Date) -> Time:
    """Midnight in UTC."""
    return MIDNIGHT_UTC


def time_of_parts(
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: DaysAndTimeDuration | None = None,
) -> Time | None:
    """The time, local without an offset; the second may have a fraction, to nanoseconds."""
    hours, minutes = whole(hour), whole(minute)
    if hours is None or minutes is None or not 0 <= second < 60:
        return None
    nanos = int(second.scaleb(9))
    seconds = None if offset is None else offset.nanos // NANOS_PER_SECOND
    return make_time(hours, minutes, *divmod(nanos, NANOS_PER_SECOND), seconds)


def months_between_dates(start: Date, end: Date) -> YearsAndMonthsDuration | None:
    """Whole months from one day to another, negative if it goes back."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return make_months_duration(months)


def months_between_moments(start: DateAndTime, end: DateAndTime) -> YearsAndMonthsDuration | None:
    """Whole months from one day to another; the times of day play no part."""
    return months_between_dates(start.date, end.date)


def itself(value: object) -> object:
    """A value that is of the wanted kind already."""
    return value


def _from(of: Type) -> tuple[str, Type]:
    return ("from", of)


# Only the text tells which of the two kinds of duration it is.
_ANY_DURATION = ANY

CONVERSION_FUNCTIONS: tuple[Builtin, ...] = (
    overloaded(
        "number",
        signature(number_from_text, NUMBER, _from(STRING)),
        signature(
            number,
            NUMBER,
            _from(STRING),
            Parameter("grouping separator", STRING, nullable=True),
            Parameter("decimal separator", STRING, nullable=True),
        ),
    ),
    function("string", to_text, STRING, _from(ANY)),
    overloaded(
        "date",
        signature(date_from_text, DATE, _from(STRING)),
        signature(itself, DATE, _from(DATE)),
        signature(date_of_moment, DATE, _from(DATE_AND_TIME)),
        signature(date_of_parts, DATE, ("year", NUMBER), ("month", NUMBER), ("day", NUMBER)),
    ),
    overloaded(
        "date and time",
        signature(date_and_time_from_text, DATE_AND_TIME, _from(STRING)),
        signature(itself, DATE_AND_TIME, _from(DATE_AND_TIME)),
        signature(moment_of_date, DATE_AND_TIME, ("date", DATE), ("time", TIME)),
        signature(moment_of_moment, DATE_AND_TIME, ("date", DATE_AND_TIME), ("time", TIME)),
    ),
    overloaded(
        "time",
        signature(time_from_text, TIME, _from(STRING)),
        signature(itself, TIME, _from(TIME)),
        signature(time_of_moment, TIME, _from(DATE_AND_TIME)),
        signature(time_of_date, TIME, _from(DATE)),
        signature(
            time_of_parts,
            TIME,
            ("hour", NUMBER),
            ("minute", NUMBER),
            ("second", NUMBER),
            Parameter("offset", DAYS_AND_TIME_DURATION, nullable=True),
            optional=1,
        ),
    ),
    overloaded(
        "duration",
        signature(duration_from_text, _ANY_DURATION, _from(STRING)),
        signature(itself, DAYS_AND_TIME_DURATION, _from(DAYS_AND_TIME_DURATION)),
        signature(itself, YEARS_AND_MONTHS_DURATION, _from(YEARS_AND_MONTHS_DURATION)),
    ),
    overloaded(
        "years and months duration",
        signature(months_between_dates, YEARS_AND_MONTHS_DURATION, _from(DATE), ("to", DATE)),
        signature(
            months_between_moments,
            YEARS_AND_MONTHS_DURATION,
            _from(DATE_AND_TIME),
            ("to", DATE_AND_TIME),
        ),
    ),
    function("range", range_from_text, RangeType(ANY), _from(STRING)),
)
