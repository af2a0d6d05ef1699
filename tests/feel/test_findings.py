"""What fuzzing has found stays mended, on both interpreters."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fuzz.feel_model import cell, comparable, decision, outcomes
from keyaccount.feel.values.python import from_python

CASES = YAML(typ="safe", pure=True).load(Path(__file__).with_name("findings.yaml"))


def model_of(case):
    if "model" in case:
        return case["model"]
    return cell(case["cell"]) if "cell" in case else decision(case["decision"])


@pytest.mark.parametrize("case", CASES, ids=[each["about"] for each in CASES])
def test_finding(case):
    expected = case["comes to"]
    value = (
        ("refused", expected) if isinstance(expected, str) else comparable(from_python(expected))
    )
    found = outcomes(model_of(case), case.get("facts", {}))
    assert found == {"reference": value, "python": value}
