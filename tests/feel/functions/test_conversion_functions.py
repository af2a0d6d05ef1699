"""Built-in functions that convert values, and those on the calendar."""

from __future__ import annotations

import pytest

from feel.functions.calling import Case, at, dates, outcome, span, unbounded, written
from keyaccount.feel.functions import FUNCTIONS, MOMENTS

CASES: list[Case] = [
    ("a date from text", "date", ("2024-02-29",), at("2024-02-29")),
    ("a date before our era", "date", ("-2017-12-31",), at("-2017-12-31")),
    ("a date of a far year", "date", ("999999999-12-31",), at("999999999-12-31")),
    ("a date of a year too far", "date", ("1000000000-01-01",), None),
    ("a day that is not", "date", ("2023-02-29",), None),
    ("a year of three digits", "date", ("998-12-31",), None),
    ("a year with an idle zero", "date", ("01211-12-31",), None),
    ("a date with a plus", "date", ("+2012-12-02",), None),
    ("a date with a time is no text of a date", "date", ("2012-12-25T00:00:00",), None),
    ("a date from parts", "date", (2017, 12, 31), at("2017-12-31")),
    ("a date from a fraction", "date", (2017.5, 12, 31), None),
    ("a date from no month", "date", (2017, 13, 1), None),
    ("a date from a date and time", "date", (at("2017-08-14T14:25:00+08:00"),), at("2017-08-14")),
    ("a date from null", "date", (None,), None),
    ("a date from a list of one", "date", (["2017-08-14"],), at("2017-08-14")),
    ("a time from text", "time", ("11:22:33.5+02:00",), at("11:22:33.5+02:00")),
    ("a time that ends the day", "time", ("24:00:00",), at("00:00:00")),
    ("a time past the day", "time", ("24:00:01",), None),
    ("a leap second", "time", ("23:59:60",), None),
    ("an offset beyond 18 hours", "time", ("13:20:00+19:00",), None),
    ("an offset and a zone", "time", ("13:20:00+02:00@Europe/Paris",), None),
    ("a zone that is not", "time", ("13:20:00@xyz/abc",), None),
    ("a time from parts", "time", (12, 59, 1.3, at("-PT1H")), at("12:59:01.3-01:00")),
    ("a local time from parts", "time", (12, 59, 1), at("12:59:01")),
    ("a time from parts with a null offset", "time", (12, 59, 1, None), at("12:59:01")),
    ("a time from a date", "time", (at("2017-08-10"),), at("00:00:00Z")),
    ("a time from a date and time", "time", (at("2017-08-10T10:20:00Z"),), at("10:20:00Z")),
    ("a date and time from text", "date and time", ("2017-08-10T10:20:00",),
     at("2017-08-10T10:20:00")),
    ("a date and time at the end of a day", "date and time", ("2017-12-31T24:00:00",),
     at("2018-01-01T00:00:00")),
    ("a date and time from a date's text", "date and time", ("2017-08-10",),
     at("2017-08-10T00:00:00")),
    ("a date and time from both", "date and time", (at("2017-08-10"), at("10:20:00Z")),
     at("2017-08-10T10:20:00Z")),
    ("a date and time from another and a time", "date and time",
     (at("2017-08-10T01:00:00Z"), at("10:20:00")), at("2017-08-10T10:20:00")),
    ("a duration from text", "duration", ("P1DT2H",), at("P1DT2H")),
    ("a duration of both kinds", "duration", ("P1Y2D",), None),
    ("a duration of nothing", "duration", ("P",), None),
    ("a duration with an idle T", "duration", ("P1DT",), None),
    ("whole months between dates", "years and months duration",
     (at("2011-12-22"), at("2013-08-24")), at("P1Y8M")),
    ("whole months backwards", "years and months duration",
     (at("2013-08-24"), at("2011-12-22")), at("-P1Y8M")),
    ("the time of day plays no part", "years and months duration",
     (at("2014-12-31T23:59:59"), at("2016-12-31T00:00:01")), at("P2Y")),
    ("months between a date and a date and time", "years and months duration",
     (at("2013-08-24"), at("2017-12-15T00:59:59")), at("P4Y3M")),
    ("a number with separators", "number", ("1.000.000,01", ".", ","), 1000000.01),
    ("a number with a null separator", "number", ("1000000.01", None, "."), 1000000.01),
    ("one separator for both", "number", ("1,000", ",", ","), None),
    ("a separator that is none", "number", ("1:000", ":", "."), None),
    ("a number with a point where a comma is asked for", "number", ("1.5", None, ","), None),
    ("a number by its text alone", "number", ("1.5",), 1.5),
    ("infinity is no number", "number", ("Infinity",), None),
    ("spaces around a number", "number", (" 1",), None),
    ("a number to text", "string", (1.10,), "1.1"),
    ("a text to text", "string", ("a",), "a"),
    ("null to text is null", "string", (None,), None),
    ("a list to text", "string", ([1, "a", None, True],), '[1, "a", null, true]'),
    ("a context to text", "string", ({"a b": 1, "c:": "d"},), '{a b: 1, "c:": "d"}'),
    ("a date to text", "string", (at("2024-02-29"),), "2024-02-29"),
    ("a range from text", "range", ("[1..10)",), span("[1..10)")),
    ("a range from text with brackets turned", "range", ("]1..10[",), span("(1..10)")),
    ("a range of dates from text", "range", ('[@"2024-01-01"..date("2024-12-31")]',),
     dates("2024-01-01", "2024-12-31")),
    ("a range with no end", "range", ("[1..)",), unbounded(">=", 1)),
    ("a range with no start", "range", ("(..1)",), unbounded("<", 1)),
    ("a range that includes an end it hasn't", "range", ("[1..]",), None),
    ("a range of nothing", "range", ("(..)",), None),
    ("a range that goes backwards", "range", ("[3..1]",), None),
    ("a range of two kinds", "range", ('[1.."a"]',), None),
    ("a range of other functions", "range", ("[abs(1)..2]",), None),
    ("a range in other brackets", "range", ("{1..2}",), None),
    ("day of year in a leap year", "day of year", (at("2020-12-31"),), 366),
    ("day of week", "day of week", (at("2019-09-17"),), "Tuesday"),
    ("month of year", "month of year", (at("2019-09-17T23:00:00Z"),), "September"),
    ("week of year", "week of year", (at("2019-09-17"),), 38),
    ("the last days of a year in week 1", "week of year", (at("2003-12-29"),), 1),
    ("the first days of a year in week 53", "week of year", (at("2005-01-01"),), 53),
    ("day of week of a text", "day of week", ("2019-09-17",), None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_function(function: str, arguments: tuple[object, ...], expected: object) -> None:
    assert written(outcome(function, arguments)) == written(expected)


def test_no_function_reads_a_clock() -> None:
    assert not MOMENTS.keys() & FUNCTIONS.keys()
    assert set(MOMENTS) == {"today", "now"}
