"""Built-in functions on points and ranges, and on contexts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feel.functions.calling import Case, at, dates, outcome, span, unbounded, written
from keyaccount.feel.values import Range, from_python

NULL_START = Range(None, from_python(1), low_closed=False, high_closed=True)

CASES: list[Case] = [
    ("a point before a point", "before", (1, 10), True),
    ("a point not before itself", "before", (1, 1), False),
    ("a point before an open start", "before", (1, span("(1..10]")), True),
    ("a point not before a closed start", "before", (1, span("[1..10]")), False),
    ("an open end before a point", "before", (span("[1..10)"), 10), True),
    ("ranges that share a closed end", "before", (span("[1..10]"), span("[10..20]")), False),
    ("ranges that share an open end", "before", (span("[1..10)"), span("[10..20]")), True),
    ("after turns before round", "after", (10, span("[1..10)")), True),
    ("meets", "meets", (span("[1..5]"), span("[5..10]")), True),
    ("meets not over an open end", "meets", (span("[1..5)"), span("[5..10]")), False),
    ("met by", "met by", (span("[5..10]"), span("[1..5]")), True),
    ("overlaps", "overlaps", (span("[1..5]"), span("[3..8]")), True),
    ("overlaps at one closed point", "overlaps", (span("[1..5]"), span("[5..8]")), True),
    ("overlaps not at an open point", "overlaps", (span("[1..5)"), span("[5..8]")), False),
    ("overlaps before", "overlaps before", (span("[1..5]"), span("[3..8]")), True),
    ("overlaps before needs an earlier start", "overlaps before",
     (span("[1..5]"), span("[1..8]")), False),
    ("an open start is a later start", "overlaps before", (span("[1..5]"), span("(1..5]")), True),
    ("overlaps after", "overlaps after", (span("[3..8]"), span("[1..5]")), True),
    ("a point finishes a range", "finishes", (10, span("[1..10]")), True),
    ("a point finishes no open end", "finishes", (10, span("[1..10)")), False),
    ("a range finishes a range", "finishes", (span("[5..10]"), span("[1..10]")), True),
    ("finished by", "finished by", (span("[1..10]"), 10), True),
    ("includes a point", "includes", (span("[1..10]"), 1), True),
    ("includes no open end", "includes", (span("(1..10]"), 1), False),
    ("includes a range", "includes", (span("[1..10]"), span("(1..10)")), True),
    ("includes not what is closed over what is open", "includes",
     (span("[1..10)"), span("[1..10]")), False),
    ("during", "during", (5, span("[1..10]")), True),
    ("a point starts a range", "starts", (1, span("[1..10]")), True),
    ("a range starts a range", "starts", (span("[1..5]"), span("[1..10]")), True),
    ("started by", "started by", (span("[1..10]"), span("[1..5)")), True),
    ("coincides", "coincides", (span("[1..10]"), span("[1..10]")), True),
    ("coincides not where an end is open", "coincides", (span("[1..10)"), span("[1..10]")), False),
    ("points coincide", "coincides", (5, 5), True),
    ("no end is after all", "includes", (unbounded(">=", 1), 1_000_000), True),
    ("no start is before all", "before", (unbounded("<", 1), 1), True),
    ("what has no end isn't before anything", "before", (unbounded(">", 1), 2), False),
    ("dates", "during", (at("2024-02-01"), dates("2024-01-01", "2024-03-01")),
     True),
    ("kinds that don't compare are null", "before", (1, "a"), None),
    ("a range with a null end is null", "includes", (NULL_START, 0),
     None),
    ("two points don't meet", "meets", (1, 2), None),
    ("get value", "get value", ({"a": 1}, "a"), 1),
    ("get value of no entry", "get value", ({"a": 1}, "b"), None),
    ("get entries", "get entries", ({"a": 1},), [{"key": "a", "value": 1}]),
    ("get entries of a list is null", "get entries", ([1],), None),
    ("context of entries", "context", ([{"key": "a", "value": 1}],), {"a": 1}),
    ("context of one entry", "context", ({"key": "a", "value": None},), {"a": None}),
    ("context of an entry twice is null", "context",
     ([{"key": "a", "value": 1}, {"key": "a", "value": 1}],), None),
    ("context of an entry with no value is null", "context", ([{"key": "a"}],), None),
    ("context put adds at the end", "context put", ({"a": 1}, "b", 2), {"a": 1, "b": 2}),
    ("context put keeps the place", "context put", ({"a": 1, "b": 2}, "a", 3), {"a": 3, "b": 2}),
    ("context put into a context", "context put", ({"y": {"a": 0}}, ["y", "b"], 2),
     {"y": {"a": 0, "b": 2}}),
    ("context put through a number is null", "context put", ({"y": 1}, ["y", "b"], 2), None),
    ("context put by no keys is null", "context put", ({"y": 1}, [], 2), None),
    ("context merge takes the last", "context merge", ([{"a": 1, "b": 1}, {"b": 2}],),
     {"a": 1, "b": 2}),
    ("context merge with null is null", "context merge", ([{"a": 1}, None],), None),
    ("is null null", "is", (None, None), True),
    ("a date is no date and time", "is", (at("2024-01-01"), at("2024-01-01T00:00:00")), False),
    ("a text is no number", "is", ("1", 1), False),
    ("true is not one, deep in a list", "is", ([True], [1]), False),
    ("a time in UTC is not a local one", "is", (at("23:00:50Z"), at("23:00:50")), False),
    ("two ways to write UTC", "is", (at("23:00:50Z"), at("23:00:50+00:00")), True),
    ("not of a boolean", "not", (True,), False),
    ("not of null is null", "not", (None,), None),
    ("not of a number is null", "not", (0,), None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_function(function: str, arguments: tuple[object, ...], expected: object) -> None:
    assert written(outcome(function, arguments)) == written(expected)


RANGES = st.builds(
    lambda ends, low_closed, high_closed: Range(
        from_python(min(ends)), from_python(max(ends)), low_closed, high_closed
    ),
    st.tuples(st.integers(0, 4), st.integers(0, 4)),
    st.booleans(),
    st.booleans(),
).filter(lambda each: each.low != each.high or (each.low_closed and each.high_closed))


def points(of: Range) -> set[int]:
    """The quarters from 0 to 4 that a range holds: enough to tell any two such ranges apart."""
    return {quarter for quarter in range(17) if outcome("includes", (of, quarter / 4)) is True}


@given(RANGES, RANGES)
def test_relations_are_those_of_the_sets_of_points(one: Range, two: Range) -> None:
    mine, theirs = points(one), points(two)
    assert outcome("before", (one, two)) is (max(mine) < min(theirs))
    assert outcome("after", (one, two)) is (min(mine) > max(theirs))
    assert outcome("overlaps", (one, two)) is bool(mine & theirs)
    assert outcome("includes", (one, two)) is (mine >= theirs)
    assert outcome("during", (one, two)) is (mine <= theirs)
    assert outcome("coincides", (one, two)) is (mine == theirs)
    assert outcome("starts", (one, two)) is (min(mine) == min(theirs) and max(mine) <= max(theirs))
    assert outcome("finishes", (one, two)) is (
        max(mine) == max(theirs) and min(mine) >= min(theirs)
    )
