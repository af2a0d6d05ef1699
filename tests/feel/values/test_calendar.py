"""The calendar in plain integers, held against Python's and against itself beyond it."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from keyaccount.feel.values import calendar
from keyaccount.feel.values.date import Date, add_months, date_of_number, make_date

FAR_DATES = st.tuples(
    st.integers(-calendar.MAX_YEAR, calendar.MAX_YEAR), st.integers(1, 12), st.integers(1, 28)
)
EPOCH = datetime.date(1970, 1, 1)


@given(st.dates())
def test_days_are_counted_as_python_counts_them(date: datetime.date) -> None:
    number = (date - EPOCH).days
    parts = (date.year, date.month, date.day)
    assert calendar.day_number(*parts) == number
    assert calendar.date_of(number) == parts
    assert calendar.weekday(number) == date.isoweekday()
    assert calendar.week_of_year(*parts) == date.isocalendar().week
    assert calendar.day_of_year(*parts) == date.timetuple().tm_yday


@given(FAR_DATES)
def test_a_day_of_any_year_comes_back_from_its_number(parts: tuple[int, int, int]) -> None:
    assert calendar.date_of(calendar.day_number(*parts)) == parts


@given(FAR_DATES)
def test_the_calendar_repeats_each_400_years(parts: tuple[int, int, int]) -> None:
    year, month, day = parts
    later = calendar.day_number(year + 400, month, day)
    assert later - calendar.day_number(*parts) == 146_097


@given(FAR_DATES, st.integers(-100_000, 100_000))
def test_days_follow_each_other(parts: tuple[int, int, int], days: int) -> None:
    date = Date(*parts)
    other = date_of_number(date.number + days)
    if other is not None:
        assert (other > date) == (days > 0)
        assert (other == date) == (days == 0)
        assert other.number - date.number == days


def test_the_29th_of_february_is_there_in_leap_years_alone() -> None:
    years = [-400, -100, -4, 0, 1900, 2000, 2023, 2024]
    assert [year for year in years if make_date(year, 2, 29)] == [-400, -4, 0, 2000, 2024]


def test_a_month_later_is_no_longer_than_the_month() -> None:
    assert add_months(Date(2024, 1, 31), 1) == Date(2024, 2, 29)
    assert add_months(Date(2024, 3, 31), -13) == Date(2023, 2, 28)
    assert add_months(Date(999_999_999, 12, 1), 1) is None


def test_beyond_the_last_year_there_is_no_day() -> None:
    last = Date(calendar.MAX_YEAR, 12, 31)
    assert date_of_number(last.number) == last
    assert date_of_number(last.number + 1) is None
    assert date_of_number(10**30) is None


def test_a_date_is_equal_to_dates_alone() -> None:
    assert Date(2024, 1, 2) != (2024, 1, 2)
    assert Date(2024, 1, 2) != datetime.date(2024, 1, 2)
    assert not isinstance(Date(2024, 1, 2), tuple)
    assert {Date(2024, 1, 2), Date(2024, 1, 2)} == {Date(2024, 1, 2)}
