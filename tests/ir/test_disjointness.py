"""When rules are known to exclude each other."""

from datetime import date

import pytest

from keyaccount.ir.binding import bind
from keyaccount.ir.rewrite import table_of
from yaml_cases import program_of

POLICY = """
policy: p
facts:
  x: {{type: number}}
  y: {{type: number, allowed: "[0..10]"}}
  colour: {{values: [green, red]}}
parameters: {{mark: {{values: {{2024-01-01: 5}}}}}}
decisions:
  d: {{hit policy: {policy}, rules: {{{rules}}}}}
"""

DISJOINT = {
    "ranges that touch": "a: {when: {x: '< 5'}, then: 1}, b: {when: {x: '>= 5'}, then: 2}",
    "a range and a parameter": "a: {when: x < 5, then: 1}, b: {when: x >= mark, then: 2}",
    "apart by one of two inputs": (
        "a: {when: {x: '< 5', y: '> 1'}, then: 1}, b: {when: {x: '< 9', y: '<= 1'}, then: 2}"
    ),
    "apart by what is declared": (
        "a: {when: {colour: '!= \"green\"'}, then: 1}, b: {when: {colour: '!= \"red\"'}, then: 2}"
    ),
    "apart by what is allowed": "a: {when: {y: '> 9'}, then: 1}, b: {when: {y: '> 10'}, then: 2}",
    "apart besides a test that says nothing": (
        "a: {when: {x: '< 5', x + y: '> 1'}, then: 1}, b: {when: {x: '>= 5'}, then: 2}"
    ),
}
NOT_DISJOINT = {
    "ranges that share a bound": "a: {when: {x: '<= 5'}, then: 1}, b: {when: {x: '>= 5'}, then: 2}",
    "different inputs": "a: {when: {x: '< 5'}, then: 1}, b: {when: {y: '>= 5'}, then: 2}",
    "a rule that always matches": "a: {when: {x: '< 5'}, then: 1}, b: {then: 2}",
    "tests of two inputs at once": "a: {when: x < y, then: 1}, b: {when: x >= y, then: 2}",
}


def is_disjoint(rules: str, policy: str = "unique") -> bool:
    program = bind(program_of(POLICY.format(policy=policy, rules=rules)), date(2026, 1, 1))
    table = table_of(program.decisions["p.d"].logic)
    assert table is not None
    return table.disjoint


@pytest.mark.parametrize("rules", DISJOINT.values(), ids=DISJOINT)
def test_rules_that_exclude_each_other(rules: str) -> None:
    assert is_disjoint(rules)


@pytest.mark.parametrize("rules", NOT_DISJOINT.values(), ids=NOT_DISJOINT)
def test_rules_that_may_match_together(rules: str) -> None:
    assert not is_disjoint(rules)


def test_other_hit_policies_have_no_use_for_it() -> None:
    assert not is_disjoint(DISJOINT["ranges that touch"], policy="first")
