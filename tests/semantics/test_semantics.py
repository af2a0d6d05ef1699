"""The semantic cases, which are data, on every backend."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import yaml_cases
from evaluators import EVALUATORS
from keyaccount.diagnostics.diagnostic import Language, PolicyError
from keyaccount.diagnostics.render import render
from keyaccount.ir.binding import bind
from keyaccount.ir.requirements import select
from keyaccount.verify.policy_tests import run

HERE = Path(__file__).parent
CASES = yaml_cases.load(HERE / "cases")
BY_NAME = {each.about: each for each in CASES}
REFUSED = YAML(typ="safe", pure=True).load(HERE / "refused_by_sql.yaml")
TODAY = date(2026, 1, 1)


@pytest.mark.parametrize("backend", ["reference", "python"])
@pytest.mark.parametrize("group", CASES, ids=list(BY_NAME))
def test_semantics(group, backend):
    assert_passed(run(group.program, group.tests, TODAY, EVALUATORS[backend]))


@pytest.mark.parametrize("group", CASES, ids=list(BY_NAME))
def test_semantics_in_sql(group):
    """All but what is listed as refused; a refusal that isn't listed fails the case."""
    refused = {each["decision"] for each in REFUSED if each["about"] == group.about}

    def evaluate(program, facts, as_of):
        kept = [name for name in program.decisions if name.removeprefix("p.") not in refused]
        return EVALUATORS["duckdb"](select(program, kept), facts, as_of)

    assert_passed(run(group.program, without(group.tests, refused), TODAY, evaluate))


@pytest.mark.parametrize("entry", REFUSED, ids=[each["decision"] for each in REFUSED])
def test_what_is_listed_as_refused_is_refused(entry):
    program = bind(select(BY_NAME[entry["about"]].program, [f"p.{entry['decision']}"]), TODAY)
    with pytest.raises(PolicyError) as caught:
        EVALUATORS["duckdb"](program, {}, TODAY)
    assert {each.code for each in caught.value.diagnostics} == {entry["code"]}


def without(tests, decisions):
    """The cases without what they expect of some decisions."""
    cases = [
        replace(case, expect={k: v for k, v in case.expect.items() if k not in decisions})
        for case in tests.cases
    ]
    return replace(tests, cases=tuple(cases))


def assert_passed(results):
    problems = [problem for each in results for problem in each.problems]
    assert not problems, "\n" + render(problems, Language.EN)
