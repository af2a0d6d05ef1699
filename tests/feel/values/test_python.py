"""Python's values to FEEL's and back."""

from __future__ import annotations

import datetime
from collections import UserDict
from decimal import Decimal
from enum import Enum, StrEnum
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyaccount.feel.values import (
    Date,
    DateAndTime,
    DaysAndTimeDuration,
    NotAFeelValueError,
    Time,
    YearsAndMonthsDuration,
    from_python,
    temporal_from_text,
    to_python,
)


class Sector(StrEnum):
    MEDIA = "media"


class Size(Enum):
    BIG = 5


class Weekday(int):
    pass


TAKEN: dict[str, tuple[object, object]] = {
    "a float by its shortest decimal": (0.1, Decimal("0.1")),
    "an integer": (20, Decimal(20)),
    "a number of more than 34 digits is rounded": (
        Decimal("1.23456789012345678901234567890123454"),
        Decimal("1.234567890123456789012345678901235"),
    ),
    "a text of an enumeration": (Sector.MEDIA, "media"),
    "a number of an enumeration": (Size.BIG, Decimal(5)),
    "a subclass of int": (Weekday(3), Decimal(3)),
    "a tuple": ((1, (True,)), [Decimal(1), [True]]),
    "another mapping": (UserDict({"a": 1}), {"a": Decimal(1)}),
    "a date": (datetime.date(2024, 2, 29), Date(2024, 2, 29)),
    "a time": (datetime.time(1, 2, 3, 4), Time(1, 2, 3, 4_000)),
    "a moment in UTC": (
        datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
        temporal_from_text("2024-01-01T00:00:00Z"),
    ),
    "a moment in a zone keeps the zone": (
        datetime.datetime(2024, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")),
        temporal_from_text("2024-01-01T00:00:00@Asia/Shanghai"),
    ),
    "an hour that comes twice keeps its instant": (
        datetime.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Paris")),
        temporal_from_text("2024-10-27T02:30:00+01:00"),
    ),
    "a span of time": (datetime.timedelta(days=-1, hours=1), temporal_from_text("-PT23H")),
    "a FEEL value as it is": (YearsAndMonthsDuration(3), YearsAndMonthsDuration(3)),
}


@pytest.mark.parametrize(("value", "expected"), TAKEN.values(), ids=TAKEN.keys())
def test_from_python(value: object, expected: object) -> None:
    result = from_python(value)
    assert result == expected
    assert type(result) is type(expected)


REFUSED: dict[str, tuple[object, object]] = {
    "not a number": (Decimal("sNaN"), "sNaN"),
    "infinity": (float("inf"), "inf"),
    "a number out of range": (Decimal("1E+7000"), "1E+7000"),
    "an object": ([object], "object"),
    "a key that is no text": ({1: 2}, "1"),
    "bytes": (b"a", "a"),
}


@pytest.mark.parametrize(("value", "culprit"), REFUSED.values(), ids=REFUSED.keys())
def test_what_feel_has_no_value_for(value: object, culprit: str) -> None:
    with pytest.raises(NotAFeelValueError) as caught:
        from_python(value)
    assert culprit in str(caught.value)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.none() | st.just(datetime.UTC))
    | st.timedeltas()
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15,
                  places=10),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)  # fmt: skip


@given(PLAIN)
def test_there_and_back(value: object) -> None:
    assert to_python(from_python(value)) == value


@pytest.mark.parametrize(
    "value",
    [
        Date(10_000, 1, 1),
        Date(0, 1, 1),
        Time(1, 2, 3, 1),
        DateAndTime(Date(10_000, 1, 1), Time(0, 0, 0)),
        DaysAndTimeDuration(1),
        YearsAndMonthsDuration(1),
    ],
)
def test_what_python_cannot_hold_stays(value: object) -> None:
    assert to_python(value) is value
