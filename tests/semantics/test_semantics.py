"""The semantic cases, which are data, on every backend."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import yaml_cases
from evaluators import EVALUATORS
from keyaccount.diagnostics.diagnostic import Language
from keyaccount.diagnostics.render import render
from keyaccount.verify.policy_tests import run

CASES = yaml_cases.load(Path(__file__).parent / "cases")
TODAY = date(2026, 1, 1)


@pytest.mark.parametrize("backend", EVALUATORS)
@pytest.mark.parametrize("group", CASES, ids=[each.about for each in CASES])
def test_semantics(group, backend):
    problems = []
    for result in run(group.program, group.tests, TODAY, EVALUATORS[backend]):
        problems += result.problems
    assert not problems, "\n" + render(problems, Language.EN)
