"""The fast way in takes what the plain checks take, and refuses what they refuse."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators import nodes
from keyaccount.backends.python import compile_program
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.feel.types import (
    BOOLEAN,
    DATE,
    DAYS_AND_TIME_DURATION,
    NUMBER,
    STRING,
    Enumeration,
    ListType,
)
from keyaccount.ir import core
from keyaccount.ir.outcome import Unknown
from keyaccount.result.results import Raw

AS_OF = date(2026, 1, 31)
FACTS = (
    nodes.fact("tonnes", NUMBER, allowed=nodes.at_least_zero()),
    nodes.fact("profit", NUMBER, nullable=True),
    nodes.fact("share", NUMBER, default=Decimal("0.1")),
    nodes.fact("colour", Enumeration(("green", "red"))),
    nodes.fact("note", STRING),
    nodes.fact("tied", BOOLEAN),
    nodes.fact("since", DATE),
    nodes.fact("within", DAYS_AND_TIME_DURATION),
    nodes.fact("sizes", ListType(NUMBER)),
)


class Colour(StrEnum):
    GREEN = "green"


class Number(Decimal):
    pass


def program() -> core.Program:
    mentioned = core.MakeList(
        ListType(NUMBER), nodes.SPAN, tuple(nodes.input_(each.name, each.type) for each in FACTS)
    )
    return nodes.program(FACTS, [nodes.decision("all", ListType(NUMBER), mentioned)])


COMPILED = compile_program(program())


def kinds(raw: Raw) -> list[tuple[str, str]]:
    return [
        ("unknown" if isinstance(each, Unknown) else type(each).__name__, str(each))
        for each in raw[1]
    ]


def outcome(decide, account: object) -> object:
    try:
        return kinds(decide(account, AS_OF, None))
    except FactError as error:
        return [each.code for each in error.diagnostics]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 30),
    st.sampled_from(
        (
            Decimal("19.9999999999999"),
            Decimal("-0"),
            Decimal("NaN"),
            Decimal("sNaN"),
            Decimal("Infinity"),
            Decimal("1E+6145"),
            Decimal("1E-7000"),
            Decimal("0." + "1" * 35),
            Number("5"),
            10**40 + 1,
            0.1,
            float("nan"),
            "green",
            "grean",
            "20",
            Colour.GREEN,
            "2026-01-31",
            "P3D",
            date(2026, 1, 31),
            datetime(2026, 1, 31),  # noqa: DTZ001 -- no date, with or without a zone
            [1, 2.5],
            [1, "x"],
            (),
            {"a": 1},
            b"bytes",
        )
    ),
)
NAMES = [each.name for each in FACTS] + ["tons"]


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_fast_and_plain_checks_are_one(account: dict[str, object]) -> None:
    expected = outcome(COMPILED.decide_checked, account)
    assert outcome(COMPILED.decide_raw, account) == expected


GOOD = {
    "tonnes": 20,
    "profit": None,
    "share": Decimal("0.2"),
    "colour": "green",
    "note": "",
    "tied": False,
    "since": "2026-01-31",
    "within": "P3D",
    "sizes": [1, 2.5],
}


def test_facts_are_understood() -> None:
    _, facts = COMPILED.decide_raw(GOOD, AS_OF, None)
    assert [str(each) for each in facts] == [
        "20",
        "None",
        "0.2",
        "green",
        "",
        "False",
        "2026-01-31",
        "P3D",
        "[Decimal('1'), Decimal('2.5')]",
    ]


@given(st.sampled_from(sorted(GOOD)), VALUES)
def test_one_unusual_fact_among_good_ones(name: str, value: object) -> None:
    account = GOOD | {name: value}
    assert outcome(COMPILED.decide_raw, account) == outcome(COMPILED.decide_checked, account)


def test_a_fact_nobody_declares_in_place_of_one_that_is_missing() -> None:
    account = {name: value for name, value in GOOD.items() if name != "tonnes"} | {"tons": 20}
    assert len(account) == len(FACTS)
    with pytest.raises(FactError) as caught:
        COMPILED.decide_raw(account, AS_OF, None)
    assert [each.code for each in caught.value.diagnostics] == ["fact.unknown-name"]


@pytest.mark.parametrize("given_", [None, 3, "tonnes", ["tonnes"], {("tonnes",)}])
def test_facts_must_be_a_mapping(given_: object) -> None:
    with pytest.raises(FactError) as caught:
        COMPILED.decide_raw(given_, AS_OF, None)
    assert [each.code for each in caught.value.diagnostics] == ["fact.not-a-mapping"]


def test_a_default_stands_in() -> None:
    _, facts = COMPILED.decide_raw({}, AS_OF, None)
    understood = dict(zip(COMPILED.facts, facts, strict=True))
    assert understood["share"] == Decimal("0.1")
    assert understood["profit"] is None
    assert isinstance(understood["tonnes"], Unknown)
