"""The shipped policies' own tests, on every backend; and what those tests leave out."""

from __future__ import annotations

from datetime import date

import pytest

from evaluators import EVALUATORS, run_in_sql
from keyaccount.diagnostics.diagnostic import Language, PolicyError
from keyaccount.diagnostics.render import render
from keyaccount.ir.binding import bind
from keyaccount.ir.requirements import select
from keyaccount.ir.rewrite import rules_of
from keyaccount.verify.policy_tests import run
from policies.shipped import OVER_LISTS, POLICIES, PROGRAM, TESTS

TODAY = date(2026, 1, 1)
CASES_BY_POLICY = [(name, case) for name, tests in TESTS.items() for case in tests.cases]


LEFT_BY_SQL = {"classification": 0, "credit": 16, "development": 58, "qualification": 49}
"""How many cases SQL may at most leave to Python: cases state few facts, and what a decision may
then still come to isn't always worked out in SQL."""


@pytest.mark.parametrize("backend", ["reference", "python"])
@pytest.mark.parametrize("policy", [*POLICIES, OVER_LISTS])
def test_cases_of_a_policy(policy, backend):
    results = list(run(PROGRAM, TESTS[policy], TODAY, EVALUATORS[backend]))
    assert results
    assert_passed(results)


@pytest.mark.parametrize("policy", POLICIES)
def test_cases_of_a_policy_in_sql(policy):
    ran = run_in_sql(PROGRAM, TESTS[policy], TODAY)
    assert_passed(ran.results)
    assert len(ran.left) <= LEFT_BY_SQL.get(policy, 0)


def test_a_policy_over_a_whole_list_is_refused_by_sql_not_decided_wrongly():
    with pytest.raises(PolicyError) as refused:
        run_in_sql(PROGRAM, TESTS[OVER_LISTS], TODAY)
    codes = {each.code for each in refused.value.diagnostics}
    assert codes == {"sql.wrong-column-type", "sql.not-in-sql"}


def assert_passed(results):
    problems = [problem for each in results for problem in each.problems]
    assert not problems, "\n" + render(problems, Language.EN)


@pytest.mark.parametrize("policy", POLICIES)
def test_every_decision_has_a_case(policy):
    expected = {name for case in TESTS[policy].cases for name in case.expect}
    assert expected == set(POLICIES[policy].decisions)


@pytest.mark.parametrize("policy", POLICIES)
def test_every_rule_decides_in_a_case(policy):
    program = bind(select(PROGRAM, [f"{policy}.{each}" for each in expected_of(policy)]), TODAY)
    matched = set()
    for case in TESTS[policy].cases:
        given = {name: each.value for name, each in case.given.items() if each.value is not None}
        outcomes = EVALUATORS["reference"](program, given, TODAY)
        matched |= {(name, rule) for name in case.expect for rule in ids(outcomes, policy, name)}
    written = {
        (each.local_name, rule.id)
        for each in program.decisions.values()
        if each.policy == policy
        for rule in rules_of(each.logic)
    }
    assert written <= matched


def expected_of(policy):
    return list(POLICIES[policy].decisions)


def ids(outcomes, policy, name):
    return outcomes[f"{policy}.{name}"].rules


def test_names_of_cases_are_unique():
    names = [(policy, case.name.text) for policy, case in CASES_BY_POLICY]
    assert len(names) == len(set(names))
