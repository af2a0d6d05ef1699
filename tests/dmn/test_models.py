"""Models of DMN XML, as data, on both backends: what their decisions and functions give."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from keyaccount.decision_model import Backend, DecisionModel
from keyaccount.feel.values.text import nested_text
from keyaccount.source import Source

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def _groups() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml")):
        for group in YAML(typ="safe", pure=True).load(path.read_text("utf-8")):
            found[f"{path.stem}: {group['about']}"] = group
    return found


GROUPS = _groups()


def _source(inner: str, namespace: str) -> Source:
    start = f'<definitions xmlns="{NAMESPACE}" name="{namespace}" namespace="{namespace}">'
    return Source(f"{namespace}.dmn", f"{start}{inner}</definitions>")


def _exact(value: object) -> object:
    """YAML's floats are written short enough to be exact by their text."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, list):
        return [_exact(each) for each in value]
    if isinstance(value, dict):
        return {name: _exact(each) for name, each in value.items()}
    return value


@pytest.mark.parametrize("backend", ["reference", "python"])
@pytest.mark.parametrize("about", GROUPS)
def test_model(about: str, backend: Backend) -> None:
    group = GROUPS[about]
    imported = [_source(inner, name) for name, inner in group.get("imports", {}).items()]
    model = DecisionModel.load(_source(group["model"], "main"), imported, backend=backend)
    given, wanted = {}, {}
    for case in group["cases"]:
        ask = model.decide if case["ask"] in model.decisions() else model.invoke
        key = (case["name"], case["ask"])
        given[key] = nested_text(ask(case["ask"], _exact(case.get("inputs", {}))))  # type: ignore[arg-type]
        wanted[key] = case["gives"]
    assert given == wanted
