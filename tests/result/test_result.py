"""Results: filled in as they are looked at, written as exact JSON."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyaccount.diagnostics.diagnostic import Language
from keyaccount.feel.values import Date, DaysAndTimeDuration
from keyaccount.ir.outcome import Outcome, Status, Unknown
from keyaccount.result import Frame, Result, to_json

AS_OF = date(2026, 1, 31)
UNDETERMINED = Outcome(None, (), Status.UNDETERMINED, ("sector",), (True, False))


def reasons(result: Result, decision: str, language: Language) -> tuple[str, ...]:
    return (f"{decision} in {language.value} on {result.as_of}",)


FRAME = Frame("demo", "v1", {"second": 1, "first": 0}, ("tonnes", "sector"), reasons)


def result(first: object = (True, ()), second: object = UNDETERMINED) -> Result:
    return Result(FRAME, ((first, second), (Decimal(20), Unknown(frozenset({"sector"})))), AS_OF)


def test_decisions_come_in_the_frames_order() -> None:
    assert list(result()) == ["second", "first"]
    assert len(result()) == 2
    assert "other" not in result()


def test_a_decided_decision() -> None:
    found = result()["first"]
    assert (found.value, found.rules, found.status) == (True, (), Status.DECIDED)


def test_an_undetermined_decision() -> None:
    found = result()["second"]
    assert (found.status, found.missing, found.possible) == (
        Status.UNDETERMINED,
        ("sector",),
        (True, False),
    )


def test_an_unknown_decision_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        result()["other"]


def test_only_facts_that_were_given() -> None:
    assert result().facts == {"tonnes": Decimal(20)}


def test_a_list_belongs_to_the_caller() -> None:
    shared = (("a", "b"), ("r1",))
    found = result(shared)
    found["first"].value.append("c")
    assert found["first"].value == ["a", "b"]


def test_a_context_belongs_to_the_caller() -> None:
    shared = ({"who": ["a"]}, ("r1",))
    found = result(shared)
    found["first"].value["who"].append("b")
    assert found["first"].value == {"who": ["a"]}


def test_a_date_stays_a_date() -> None:
    assert result((Date(2026, 1, 31), ()))["first"].value == Date(2026, 1, 31)


def test_reasons_come_from_the_frame() -> None:
    assert result().because("first", Language.ZH) == ("first in zh on 2026-01-31",)


def test_plain_data() -> None:
    conflict = Outcome(None, (), Status.CONFLICT, conflicts=("demo.other",))
    assert result((Decimal("5000000.10"), ("r",)), conflict).to_json_dict() == {
        "policy": "demo",
        "version": "v1",
        "as_of": "2026-01-31",
        "decisions": {
            "second": {
                "value": None,
                "rules": [],
                "status": "conflict",
                "missing": [],
                "possible": [],
                "because": ["second in en on 2026-01-31"],
                "conflicts": ["demo.other"],
            },
            "first": {
                "value": Decimal("5000000.10"),
                "rules": ["r"],
                "status": "decided",
                "missing": [],
                "possible": [],
                "because": ["first in en on 2026-01-31"],
            },
        },
    }


def test_repr_names_the_values() -> None:
    assert repr(result()) == "Result(demo: second=None, first=True)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (Decimal("5000000.10"), "5000000.10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("1E+6000"), "1E+6000"),
        (Date(2026, 1, 31), '"2026-01-31"'),
        (DaysAndTimeDuration(0), '"PT0S"'),
        ([], "[]"),
        ({}, "{}"),
        ((1, [2]), "[1, [2]]"),
        ({"大客户": 'a"b'}, '{"大客户": "a\\"b"}'),
    ],
)
def test_json(value: object, text: str) -> None:
    assert to_json(value) == text


def test_json_over_several_lines() -> None:
    value = {"a": [1, {"b": []}], "c": {}}
    assert to_json(value, indent=2) == json.dumps(value, indent=2)


PLAIN = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.text(),
        st.decimals(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@given(PLAIN, st.sampled_from([None, 0, 2]))
def test_json_reads_back_exactly(value: object, indent: int | None) -> None:
    text = to_json(value, indent=indent)
    assert json.loads(text, parse_float=Decimal, parse_int=Decimal) == value
