"""Which tables are known always to have a match, and which decisions never to be null."""

from datetime import date

import pytest

from keyaccount.ir.binding import bind
from keyaccount.ir.rewrite import table_of
from yaml_cases import program_of

POLICY = """
policy: p
facts:
  x: {{type: number, allowed: ">= 0"}}
  y: {{type: number}}
  colour: {{type: string, values: [green, red]}}
  note: {{type: string, values: [a, b], nullable: true}}
  yes: {{type: boolean}}
decisions:
  other: {{type: boolean, value: x >= 5}}
  maybe: {{type: boolean, value: x / y >= 5}}
  d:
    hit policy: {policy}
    rules: {rules}
"""

TABLES = [
    ("two halves", "{a: {when: {y: '< 5'}, then: 1}, b: {when: {y: '>= 5'}, then: 2}}", True),
    (
        "a gap of one point",
        "{a: {when: {y: '< 5'}, then: 1}, b: {when: {y: '> 5'}, then: 2}}",
        False,
    ),
    ("what is allowed is enough", "{a: {when: {x: '>= 0'}, then: 1}}", True),
    (
        "all declared values",
        "{a: {when: {colour: green}, then: 1}, b: {when: {colour: red}, then: 2}}",
        True,
    ),
    ("a declared value left out", "{a: {when: {colour: green}, then: 1}}", False),
    (
        "null passes no test",
        "{a: {when: {note: a}, then: 1}, b: {when: {note: b}, then: 2}}",
        False,
    ),
    ("an empty condition", "{a: {when: {y: '< 5'}, then: 1}, b: {then: 2}}", True),
    ("both truths", "{a: {when: yes, then: 1}, b: {when: not(yes), then: 2}}", True),
    (
        "a decision that is never null",
        "{a: {when: other, then: 1}, b: {when: not(other), then: 2}}",
        True,
    ),
    (
        "a decision that may be null",
        "{a: {when: maybe, then: 1}, b: {when: not(maybe), then: 2}}",
        False,
    ),
    (
        "a grid",
        "{a: {when: {y: '< 5', colour: green}, then: 1}, b: {when: {y: '>= 5'}, then: 2},"
        " c: {when: {y: '<= 9', colour: red}, then: 3}}",
        True,
    ),
    (
        "a grid with a hole",
        "{a: {when: {y: '< 5', colour: green}, then: 1}, b: {when: {y: '>= 5'}, then: 2},"
        " c: {when: {y: '< 4', colour: red}, then: 3}}",
        False,
    ),
]


@pytest.mark.parametrize(
    ("rules", "complete"), [each[1:] for each in TABLES], ids=[each[0] for each in TABLES]
)
def test_complete(rules, complete):
    program = bind(program_of(POLICY.format(policy="first", rules=rules)), date(2026, 1, 1))
    decision = program.decisions["p.d"]
    assert table_of(decision.logic).complete is complete
    assert decision.never_null is complete


def test_never_null():
    program = bind(
        program_of(POLICY.format(policy="first", rules="{a: {then: 1}}")), date(2026, 1, 1)
    )
    assert program.decisions["p.other"].never_null
    assert not program.decisions["p.maybe"].never_null
