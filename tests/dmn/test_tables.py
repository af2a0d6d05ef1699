"""Decision tables of DMN XML, as data, on both backends."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from ruamel.yaml import YAML

from keyaccount.decision_model import Backend, DecisionModel
from keyaccount.feel.values.text import nested_text
from keyaccount.source import Source

DATA = YAML(typ="safe", pure=True).load(Path(__file__).with_name("tables.yaml").read_text("utf-8"))
ALL = [
    pytest.param(about, case, id=f"{about}: {case['name']}")
    for about, group in DATA.items()
    for case in group["cases"]
]
NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
INPUTS = "".join(
    f'<inputData id="_{each}" name="{each}"><variable name="{each}"/></inputData>' for each in "ij"
)
REQUIREMENTS = "".join(
    f'<informationRequirement><requiredInput href="#_{each}"/></informationRequirement>'
    for each in "ij"
)
TWO_OUTPUTS = """
<output name="a"><outputValues><text>"h", "l"</text></outputValues>
  <defaultOutputEntry><text>"h"</text></defaultOutputEntry></output>
<output name="b"><outputValues><text>2, 1</text></outputValues>
  <defaultOutputEntry><text>1</text></defaultOutputEntry></output>
"""


def _texts(element: str, texts: list[str]) -> str:
    return "".join(f"<{element}><text>{escape(each)}</text></{element}>" for each in texts)


def _output(case: dict[str, Any]) -> str:
    inner = _texts("outputValues", [case["values"]] if "values" in case else [])
    inner += _texts("defaultOutputEntry", [case["default"]] if "default" in case else [])
    return f"<output>{inner}</output>"


def _table(about: str, case: dict[str, Any]) -> str:
    if about == "several outputs":
        columns, rules = TWO_OUTPUTS, [["-", *each] for each in case["rules"]]
    elif about == "cells":
        columns, rules = _output(case), [[case["cell"], "1"]]
    else:
        columns, rules = _output(case), DATA[about]["rules"]
    rows = "".join(
        f"<rule>{_texts('inputEntry', each[:1])}{_texts('outputEntry', each[1:])}</rule>"
        for each in rules
    )
    hit = f' hitPolicy="{case["hit"]}"' if "hit" in case else ""
    aggregation = f' aggregation="{case["aggregation"]}"' if "aggregation" in case else ""
    column = "<input><inputExpression><text>i</text></inputExpression></input>"
    return f"<decisionTable{hit}{aggregation}>{column}{columns}{rows}</decisionTable>"


@pytest.mark.parametrize("backend", ["reference", "python"])
@pytest.mark.parametrize(("about", "case"), ALL)
def test_table(about: str, case: dict[str, Any], backend: Backend) -> None:
    decision = f'<decision name="d">{REQUIREMENTS}{_table(about, case)}</decision>'
    text = (
        f'<definitions xmlns="{NAMESPACE}" name="m" namespace="m">{INPUTS}{decision}</definitions>'
    )
    model = DecisionModel.load(Source("m.dmn", text), backend=backend)
    found = nested_text(model.decide("d", {"i": case.get("i"), "j": Decimal(5)}))
    assert found == case.get("gives", "null" if case.get("fails") else "1")
