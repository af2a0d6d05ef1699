"""The shipped plans' own tests, what those leave out, and that no word of them is in the engine."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

import keyaccount
from keyaccount.cases.desk import open_desk
from keyaccount.cases.plan.loading import plans_of
from keyaccount.cases.plan_tests import PlanResult, run_plans
from keyaccount.diagnostics.diagnostic import KeyaccountError, Language
from keyaccount.diagnostics.render import render
from keyaccount.organisation import read_organisation
from keyaccount.policy_set import PolicySet
from policies.shipped import EVERY, FOLDER, TESTS

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
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


SECOND_FILINGS = {
    "account_development": "hand over",
    "car_sales": "hand over",
    "courier_loop": "hand over",
    "credit_adjustment": "refuse",
    "credit_request": "allow",
    "lead_quota": "refuse",
    "leasing": "refuse",
    "product_quality_planning": "refuse",
    "project_filing": "hand over",
}
"""What becomes of a second case of the same subject."""
SUBJECTS = {"courier_loop": "lead", "car_sales": "buyer", "lead_quota": "seller",
            "leasing": "shop", "product_quality_planning": "part"}  # fmt: skip


@pytest.mark.parametrize("plan", SECOND_FILINGS)
def test_what_becomes_of_a_second_case_of_the_same_subject(plan: str, tmp_path: Path) -> None:
    desk = open_desk(FOLDER, None, f"sqlite:///{tmp_path}/cases.db")
    facts = {SUBJECTS.get(plan, "customer"): "X"}
    if plan == "credit_adjustment":
        facts |= {"account_status": "prospect"}
    desk.open(plan, facts, "ann", NOON, "first")
    match SECOND_FILINGS[plan]:
        case "refuse":
            with pytest.raises(KeyaccountError) as refused:
                desk.open(plan, facts, "bob", NOON, "second")
            assert [each.code for each in refused.value.diagnostics] == ["store.second-filing"]
        case "hand over":
            assert desk.open(plan, facts, "bob", NOON, "second").case_id == "first"
        case _:
            assert desk.open(plan, facts, "bob", NOON, "second").case_id == "second"
    desk.engine.dispose()
