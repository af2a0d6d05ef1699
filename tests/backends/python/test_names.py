"""Names of policies never get in each other's way in generated code."""

from __future__ import annotations

from datetime import date

import pytest

from keyaccount.formats.yaml.reader import read_policy
from keyaccount.policy_set import PolicySet
from keyaccount.source import Source

DIGITS = "甲乙丙丁戊己庚辛"


@pytest.mark.parametrize("names", [list(DIGITS), [f"d{each}" for each in range(8)]])
def test_many_decisions_whose_names_leave_nothing_or_little_in_ascii(names: list[str]) -> None:
    tests = "".join(f"  {each}: {{value: a > {place}}}\n" for place, each in enumerate(names))
    tables = "".join(
        f"  {each}表:\n    hit policy: first\n    default: 0\n"
        f"    rules: {{{each}: {{when: {each}, then: {place}}}}}\n"
        for place, each in enumerate(names)
    )
    text = f"policy: 名\nfacts: {{a: {{type: number}}}}\ndecisions:\n{tests}{tables}"
    policies = PolicySet({"名": read_policy(Source("p.yaml", text))})
    result = policies.decide("名", {"a": 5}, as_of=date(2026, 1, 1))
    assert [result[each].value for each in names] == [place < 5 for place in range(8)]
    assert [result[f"{each}表"].value for each in names] == [0, 1, 2, 3, 4, 0, 0, 0]
