"""What facts are taken, what is refused, and in which words."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from generators import nodes
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.facts import check_facts
from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_AND_TIME,
    DAYS_AND_TIME_DURATION,
    NUMBER,
    STRING,
    TIME,
    YEARS_AND_MONTHS_DURATION,
    ContextType,
    Enumeration,
    ListType,
    RangeType,
    Type,
)
from keyaccount.feel.values import Range
from keyaccount.ir import core

COLOUR = Enumeration(("green", "yellow", "red"))


def check(given: object, *facts: core.Fact, allow: bool = True) -> dict[str, object]:
    return check_facts({each.name: each for each in facts}, given, lambda _fact, _value: allow)


def one(value: object, type_: Type) -> object:
    return check({"x": value}, nodes.fact("x", type_))["x"]


def codes(error: pytest.ExceptionInfo[FactError]) -> list[str]:
    return [each.code for each in error.value.diagnostics]


@pytest.mark.parametrize(
    ("value", "type_", "text"),
    [
        (20, NUMBER, "20"),
        (Decimal("5000000.10"), NUMBER, "5000000.10"),
        (0.1, NUMBER, "0.1"),
        (1e22, NUMBER, "1E+22"),
        (Decimal("-0.00"), NUMBER, "0.00"),
        ("20", STRING, "20"),
        ("green", COLOUR, "green"),
        (True, BOOLEAN, "True"),
        ("2024-02-29", DATE, "2024-02-29"),
        (date(2024, 2, 29), DATE, "2024-02-29"),
        ("17:30:00", TIME, "17:30:00"),
        (time(17, 30), TIME, "17:30:00"),
        ("2026-01-31T17:30:00+08:00", DATE_AND_TIME, "2026-01-31T17:30:00+08:00"),
        (datetime(2026, 1, 31, 17, 30, tzinfo=UTC), DATE_AND_TIME, "2026-01-31T17:30:00Z"),
        ("P2DT4H", DAYS_AND_TIME_DURATION, "P2DT4H"),
        (timedelta(hours=4), DAYS_AND_TIME_DURATION, "PT4H"),
        ("P1Y6M", YEARS_AND_MONTHS_DURATION, "P1Y6M"),
        ([1, 2.5], ListType(NUMBER), "[Decimal('1'), Decimal('2.5')]"),
        (("green",), ListType(COLOUR), "['green']"),
        ({"a": 1}, ContextType((("a", NUMBER), ("b", STRING))), "{'a': Decimal('1'), 'b': None}"),
        ({"a": [0.1, None]}, ANY, "{'a': [Decimal('0.1'), None]}"),
        (date(2026, 1, 1), ANY, "2026-01-01"),
    ],
)
def test_taken(value: object, type_: Type, text: str) -> None:
    assert str(one(value, type_)) == text


def test_a_range_is_taken_as_it_is() -> None:
    held = Range(Decimal(1), Decimal(2), low_closed=True, high_closed=False)
    assert one(held, RangeType(NUMBER)) is held


@pytest.mark.parametrize(
    ("value", "type_", "code"),
    [
        ("20", NUMBER, "fact.wrong-type"),
        (True, NUMBER, "fact.wrong-type"),
        ([20], NUMBER, "fact.wrong-type"),
        (float("nan"), NUMBER, "fact.not-finite"),
        (Decimal("-Infinity"), NUMBER, "fact.not-finite"),
        (Decimal("sNaN"), NUMBER, "fact.not-finite"),
        (Decimal("1." + "1" * 34), NUMBER, "fact.too-many-digits"),
        (10**3000 + 1, NUMBER, "fact.too-many-digits"),
        pytest.param(2**30000, NUMBER, "fact.too-many-digits", id="a huge number"),
        pytest.param(2**30000, STRING, "fact.wrong-type", id="a huge number as text"),
        (Decimal("1E-9999"), NUMBER, "fact.too-many-digits"),
        (20, STRING, "fact.wrong-type"),
        ("grean", COLOUR, "fact.undeclared-value"),
        (1, BOOLEAN, "fact.wrong-type"),
        ("true", BOOLEAN, "fact.wrong-type"),
        ("2023-02-29", DATE, "fact.wrong-type"),
        ("P1D", DATE, "fact.wrong-type"),
        (datetime(2024, 2, 29, tzinfo=UTC), DATE, "fact.wrong-type"),
        (date(2024, 2, 29), DATE_AND_TIME, "fact.wrong-type"),
        ("P1Y", DAYS_AND_TIME_DURATION, "fact.wrong-type"),
        (timedelta(1), YEARS_AND_MONTHS_DURATION, "fact.wrong-type"),
        (1, ListType(NUMBER), "fact.wrong-type"),
        ([1, "x"], ListType(NUMBER), "fact.wrong-type"),
        ({"a": 1, "c": 2}, ContextType((("a", NUMBER),)), "fact.unknown-name"),
        (3, ContextType((("a", NUMBER),)), "fact.wrong-type"),
        (3, RangeType(NUMBER), "fact.wrong-type"),
        (object(), ANY, "fact.wrong-type"),
        ([float("inf")], ANY, "fact.not-finite"),
    ],
)
def test_refused(value: object, type_: Type, code: str) -> None:
    with pytest.raises(FactError) as caught:
        one(value, type_)
    assert codes(caught) == [code]


def test_all_mistakes_at_once() -> None:
    facts = (nodes.fact("tonnes", NUMBER), nodes.fact("colour", COLOUR))
    with pytest.raises(FactError) as caught:
        check({"tons": 1, "tonnes": "many", "colour": "blue"}, *facts)
    assert sorted(codes(caught)) == [
        "fact.undeclared-value",
        "fact.unknown-name",
        "fact.wrong-type",
    ]


def words(given: object, *facts: core.Fact, allow: bool = True) -> tuple[str, str | None]:
    with pytest.raises(FactError) as caught:
        check(given, *facts, allow=allow)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.message.en, diagnostic.help.en if diagnostic.help else None


def test_the_words() -> None:
    tonnes, colour = nodes.fact("tonnes", NUMBER), nodes.fact("colour", COLOUR)
    assert words({"tonnse": 1}, tonnes) == (
        "no fact is called `tonnse`",
        "did you mean `tonnes`?",
    )
    assert words({"zzz": 1}, tonnes, colour)[1] == "it can be `tonnes`, `colour`"
    titled = replace(tonnes, title={"zh": "月用量"}, aliases=("吨位",))
    assert words({"月用量": 1}, colour, titled)[1] == "did you mean `tonnes`?"
    assert words({"吨位": 1}, colour, titled)[1] == "did you mean `tonnes`?"
    assert words({"tonnes": "20"}, tonnes) == (
        '`tonnes` must be a number, not the text `"20"`',
        "leave the quotes out: 20",
    )
    assert words({"colour": "gren"}, colour) == (
        "`colour` has no value `gren`",
        "did you mean `green`?",
    )
    sizes = nodes.fact("sizes", ListType(NUMBER))
    assert words({"sizes": [1, True]}, sizes)[0] == "`sizes[2]` must be a number, not `true`"


def test_a_value_that_is_not_allowed_is_told_with_the_authors_own_words() -> None:
    tonnes = nodes.fact("tonnes", NUMBER, allowed=nodes.at_least_zero())
    assert words({"tonnes": -1}, tonnes, allow=False) == (
        "`tonnes` is the number `-1`, which is not allowed",
        "allowed is `>= 0`",
    )


def test_null_is_kept_only_where_it_may_be() -> None:
    plain, nullable = nodes.fact("plain", NUMBER), nodes.fact("maybe", NUMBER, nullable=True)
    assert check({"plain": None, "maybe": None}, plain, nullable) == {"maybe": None}


def test_long_texts_are_cut_in_messages() -> None:
    message, _ = words({"tonnes": "x" * 10_000}, nodes.fact("tonnes", NUMBER))
    assert len(message) < 200


@pytest.mark.parametrize("given", [None, 1, "x", ["tonnes"]])
def test_facts_are_a_mapping(given: object) -> None:
    with pytest.raises(FactError) as caught:
        check(given, nodes.fact("tonnes", NUMBER))
    assert codes(caught) == ["fact.not-a-mapping"]
