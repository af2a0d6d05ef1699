"""Policy tests become cases of plain data, exact and with places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.yaml.policy_tests_reader import read_policy_tests
from keyaccount.model.policy_tests import Aspect, PolicyTests
from keyaccount.resources import policies_folder
from keyaccount.source import Source

TEXT = """\
policy: sample
cases:
  - name: twenty tonnes
    as_of: 2026-01-01
    given:
      tonnes: 20.10
      name: "20"
      since: 2024-02-29
      quoted: "2024-02-29"
      no_date: 2024-02-30
      paid: true
      nothing: null
      tags: [a, 1]
      order: {lines: [{tonnes: 1}]}
    expect:
      big: true
      tier: {value: [green], status: undetermined, rules: [a], missing: [x], possible: null}
      step: {hours: 4, status: open}
      empty: {}
  - name: nothing given
    expect: {big: {status: conflict}}
"""


def read(text: str) -> PolicyTests:
    return read_policy_tests(Source("tests.yaml", text))


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        read(text)
    places = [each.span.position for each in caught.value.diagnostics if each.span]
    return [
        f"{each.code} {at.line}:{at.column}"
        for each, at in zip(caught.value.diagnostics, places, strict=True)
    ]


def test_cases() -> None:
    tests = read(TEXT)
    assert tests.policy.text == "sample"
    first, second = tests.cases
    assert first.name.text == "twenty tonnes"
    assert first.as_of == date(2026, 1, 1)
    assert second.as_of is None
    assert second.given == {}
    assert first.span.position == (3, 5)


def test_given_values_are_exact_plain_data() -> None:
    given = {name: each.value for name, each in read(TEXT).cases[0].given.items()}
    assert given == {
        "tonnes": Decimal("20.10"),
        "name": "20",
        "since": date(2024, 2, 29),
        "quoted": "2024-02-29",
        "no_date": "2024-02-30",
        "paid": True,
        "nothing": None,
        "tags": ("a", Decimal(1)),
        "order": {"lines": ({"tonnes": Decimal(1)},)},
    }
    assert str(given["tonnes"]) == "20.10"


def test_a_value_alone_and_the_detailed_form() -> None:
    expect = read(TEXT).cases[0].expect
    assert {name: each.value for name, each in expect["big"].aspects.items()} == {
        Aspect.VALUE: True
    }
    assert {name: each.value for name, each in expect["tier"].aspects.items()} == {
        Aspect.VALUE: ("green",),
        Aspect.STATUS: "undetermined",
        Aspect.RULES: ("a",),
        Aspect.MISSING: ("x",),
        Aspect.POSSIBLE: None,
    }
    assert expect["tier"].aspects[Aspect.STATUS].span.position == (17, 38)


def test_a_mapping_with_other_keys_is_the_value() -> None:
    expect = read(TEXT).cases[0].expect
    assert expect["step"].aspects[Aspect.VALUE].value == {"hours": Decimal(4), "status": "open"}
    assert expect["empty"].aspects[Aspect.VALUE].value == {}


MISTAKES = [
    (
        "a misspelt key",
        "policy: p\ncases: [{nam: x, expect: {d: 1}}]\n",
        ["schema.unknown-key 2:10"],
    ),
    ("no cases", "policy: p\ncases: []\n", ["schema.empty 2:1"]),
    (
        "a status that is none",
        "policy: p\ncases: [{name: x, expect: {d: {status: open}}}]\n",
        ["schema.wrong-choice 2:40"],
    ),
    (
        "a date that is none",
        "policy: p\ncases: [{name: x, as_of: 2024-02-30, expect: {d: 1}}]\n",
        ["schema.bad-date 2:26"],
    ),
    ("nothing expected", "policy: p\ncases: [{name: x}]\n", ["schema.missing-key 2:10"]),
    ("no policy", "cases: [{name: x, expect: {d: 1}}]\n", ["schema.missing-key 1:1"]),
    ("an empty file", "", ["yaml.empty 1:1"]),
]


@pytest.mark.parametrize(
    ("text", "expected"), [each[1:] for each in MISTAKES], ids=[each[0] for each in MISTAKES]
)
def test_a_mistake_is_told_with_its_place(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


def test_the_tests_that_ship_can_be_read() -> None:
    paths = sorted((policies_folder() / "tests").glob("*.yaml"))
    assert paths
    for path in paths:
        assert (tests := read_policy_tests(path)).cases or tests.plan_cases


EVENTS = """\
policy: sample
cases:
  - name: an order
    now: "2026-01-02T09:00:00+08:00"
    events: [{event: order_placed, at: "2026-01-01T09:00:00+08:00", order: A, paid: 2026-01-01}]
    derives: {order_stuck: [{order: A}]}
"""


def test_a_case_with_events() -> None:
    (case,) = read(EVENTS).cases
    assert case.now is not None
    assert case.now.isoformat() == "2026-01-02T09:00:00+08:00"
    (event,) = case.events
    assert (event.kind.text, event.at) == ("order_placed", "2026-01-01T09:00:00+08:00")
    assert event.data == {"order": "A", "paid": date(2026, 1, 1)}
    assert case.derives["order_stuck"].value == ({"order": "A"},)


@pytest.mark.parametrize("moment", ["2026-01-02T09:00:00", "yesterday"])
def test_a_moment_without_an_offset_is_refused(moment: str) -> None:
    assert problems(EVENTS.replace("2026-01-02T09:00:00+08:00", moment)) == ["test.bad-moment 4:10"]
