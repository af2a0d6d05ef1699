"""Cases with events in a policy's own tests: what passes, and what is told where it does not."""

from __future__ import annotations

from datetime import date

import pytest

from keyaccount.formats.yaml.policy_tests_reader import read_policy_tests
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.ir.lowering import lower
from keyaccount.source import Source
from keyaccount.verify.policy_tests import run

POLICY = """
policy: sample
facts: {late: {type: number}}
decisions: {often: {value: late >= 2}}
events:
  order: {fields: {number: string, amount: number}}
  big_order: {fields: {number: string, since: date}}
event rules:
  big:
    when: {placed: {event: order, where: placed.amount > 5}}
    derive: big_order
    with: {number: placed.number, since: date(placed.at)}
  late:
    collect: {placed: order}
    derive: late
    value: count(placed)
"""
CASE = """
policy: sample
cases:
  - name: one
    now: "2026-04-02T09:00:00+08:00"
    events:
      - {event: order, at: "2026-04-01T09:00:00+08:00", number: A, amount: 6}
      - {event: order, at: "2026-04-01T10:00:00+08:00", number: B, amount: 5}
    expect: {often: true}
    derives: {big_order: [{number: A, since: 2026-04-01, at: "2026-04-01T01:00:00Z"}]}
"""


def problems(before: str = "", after: str = "") -> list[str]:
    assert before in CASE
    tests = read_policy_tests(Source("tests.yaml", CASE.replace(before, after)))
    program = lower({"sample": read_policy(Source("sample.yaml", POLICY))})
    (result,) = run(program, tests, date(2026, 1, 1))
    places = [each.span.position for each in result.problems if each.span]
    assert len(places) == len(result.problems)
    return [
        f"{each.code} {at.line}:{at.column}"
        for each, at in zip(result.problems, places, strict=True)
    ]


def test_a_case_that_comes_out_as_expected_has_no_problems() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("{number: A, since", "{number: B, since", "test.derived-otherwise 10:26"),
        ("since: 2026-04-01", "since: 2026-04-02", "test.derived-otherwise 10:26"),
        ("T01:00:00Z", "T02:00:00Z", "test.derived-otherwise 10:26"),
        ("{number: A, since", "{nummer: A, since", "test.derived-otherwise 10:26"),
        ("[{number: A,", "[{number: A}, {number: A,", "test.derived-otherwise 10:26"),
        ("big_order:", "bigorder:", "events.unknown-event 10:15"),
        ("often: true", "often: false", "test.differs 9:21"),
        ('    now: "2026-04-02T09:00:00+08:00"\n', "", "test.events-without-now 4:5"),
        ("number: B,", "numbr: B,", "events.unknown-field 8:9"),
        ("amount: 5}", "amount: much}", "fact.wrong-type 8:9"),
        ("2026-04-01T10:00:00+08:00", "2026-04-01T10:00:00", "events.no-instant 8:9"),
    ],
)
def test_what_differs_is_told_at_its_place(before: str, after: str, expected: str) -> None:
    assert expected in problems(before, after)
