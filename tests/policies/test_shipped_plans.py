"""The shipped plans' own tests, what those leave out, and that no word of them is in the engine."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import keyaccount
from keyaccount.cases.plan.loading import plans_of
from keyaccount.cases.plan_tests import PlanResult, run_plans
from keyaccount.diagnostics.diagnostic import Language
from keyaccount.diagnostics.render import render
from keyaccount.organisation import read_organisation
from keyaccount.policy_set import PolicySet
from policies.shipped import EVERY, FOLDER, TESTS

WITH_PLANS = [name for name, each in EVERY.items() if each.plans]
SET = PolicySet(EVERY)
PLANS = [(policy, plan) for policy in WITH_PLANS for plan in EVERY[policy].plans]


@cache
def results(policy: str) -> list[PlanResult]:
    return list(run_plans(SET, TESTS[policy]))


@pytest.mark.parametrize("policy", WITH_PLANS)
def test_cases_of_a_policy_with_plans(policy: str) -> None:
    problems = [problem for each in results(policy) for problem in each.problems]
    assert results(policy)
    assert not problems, "\n" + render(problems, Language.EN)


@pytest.mark.parametrize(("policy", "plan"), PLANS)
def test_every_plan_and_every_step_is_spoken_of_in_a_case(policy: str, plan: str) -> None:
    cases = [each for each in TESTS[policy].plan_cases if each.plan.text == plan]
    assert cases
    told = " ".join(each.span.text for each in cases)
    steps = EVERY[policy].plans[plan].steps
    assert [each for each in steps if not re.search(rf"\b{each}\b", told)] == []


def test_an_expectation_that_does_not_hold_is_told(tmp_path: Path) -> None:
    from keyaccount.formats.yaml.policy_tests_reader import read_policy_tests

    text = (FOLDER / "tests" / "car_sales.yaml").read_text(encoding="utf-8")
    path = tmp_path / "car_sales.yaml"
    path.write_text(text.replace("skipped: [test_drive]", "skipped: []"), encoding="utf-8")
    problems = [p for each in run_plans(SET, read_policy_tests(path)) for p in each.problems]
    assert [each.code for each in problems] == ["test.plan-differs"]


def test_the_roles_of_plans_of_the_example_organisation_are_held() -> None:
    people = read_organisation(FOLDER / "examples" / "organisation.yaml")
    held = {holding.role for each in people.people.values() for holding in each.roles}
    assert set(EVERY["project_filing"].roles) | set(EVERY["requests"].roles) <= held


def test_the_engine_knows_no_word_of_any_plan() -> None:
    words = {name for _, name in PLANS}
    words |= {step for policy, plan in PLANS for step in EVERY[policy].plans[plan].steps}
    words |= {role for policy in WITH_PLANS for role in EVERY[policy].roles}
    words = {each for each in words if "_" in each} - {"go_back"}
    code = "".join(
        each.read_text(encoding="utf-8") for each in Path(keyaccount.__file__).parent.rglob("*.py")
    )
    assert sorted(each for each in words if re.search(rf"\b{each}\b", code)) == []


def test_all_plans_are_compiled_under_one_version() -> None:
    plans = plans_of(SET)
    assert set(plans) == {name for _, name in PLANS}
    assert len({each.version for each in plans.values()}) == 1
