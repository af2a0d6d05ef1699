"""`keyaccount dmn run`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.desk import KeyaccountCommand

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="parcels" namespace="p">
  <inputData id="_day" name="day"><variable name="day" typeRef="date"/></inputData>
  <decision id="_next" name="next day">
    <informationRequirement><requiredInput href="#_day"/></informationRequirement>
    <literalExpression><text>day + @"P1D"</text></literalExpression>
  </decision>
  <decision name="weight"><literalExpression><text>0.1 + 0.2</text></literalExpression></decision>
  <decision name="unsure"><literalExpression><text>wieght + 1</text></literalExpression></decision>
</definitions>
"""


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "parcels.dmn").write_text(MODEL, "utf-8")
    return "parcels.dmn"


def test_one_decision(keyaccount: KeyaccountCommand, model: str) -> None:
    inputs = '{"day": "2024-02-28"}'
    ran = keyaccount("dmn", "run", model, "--decision", "next day", "--inputs", inputs)
    assert (ran.code, ran.out) == (0, "next day: 2024-02-29\n")


def test_all_decisions_for_programs(keyaccount: KeyaccountCommand, model: str) -> None:
    ran = keyaccount("dmn", "run", model, "--format", "json")
    assert ran.out == (
        '{\n  "decisions": {\n    "next day": null,\n    "weight": 0.3,\n'
        '    "unsure": null\n  }\n}\n'
    )


def test_what_is_null_for_a_reason_is_told(keyaccount: KeyaccountCommand, model: str) -> None:
    ran = keyaccount("dmn", "run", model)
    assert "parcels.dmn:9:" in ran.err
    assert "wieght" in ran.err
    assert ran.code == 0


def test_a_decision_that_is_not_there(keyaccount: KeyaccountCommand, model: str) -> None:
    ran = keyaccount("dmn", "run", model, "--decision", "wieght")
    assert ran.code == 2
    assert "did you mean `weight`?" in ran.err


def test_an_input_that_is_not_there(keyaccount: KeyaccountCommand, model: str) -> None:
    ran = keyaccount("dmn", "run", model, "--inputs", '{"dya": 1}')
    assert ran.code == 1
    assert "it can be `day`" in ran.err


def test_xml_that_is_none_is_told_with_its_place(
    keyaccount: KeyaccountCommand, tmp_path: Path
) -> None:
    (tmp_path / "bad.dmn").write_text("<definitions>\n  <decision>\n</definitions>", "utf-8")
    ran = keyaccount("dmn", "run", "bad.dmn")
    assert ran.code == 1
    assert "bad.dmn:3:" in ran.err


def test_the_caller_sets_limits(keyaccount: KeyaccountCommand, model: str) -> None:
    ran = keyaccount("dmn", "run", model, "--limit", "xml_nodes=3")
    assert (ran.code, "more than 3 elements" in ran.err) == (1, True)
    ran = keyaccount("--limit", "xml_nodes=3", "dmn", "import", model)
    assert ran.code == 1
    ran = keyaccount("dmn", "run", model, "--limit", "xml_nodes=30", "--decision", "weight")
    assert (ran.code, ran.out) == (0, "weight: 0.3\n")


@pytest.mark.parametrize("levels", [50, 150, 300, 400, 900, 20_000])
@pytest.mark.parametrize("command", ["run", "import"])
def test_boxes_nested_deep(keyaccount: KeyaccountCommand, command: str, levels: int) -> None:
    boxes = f"{'<list>' * levels}{'</list>' * levels}"
    head, _ = MODEL.split("  <inputData", maxsplit=1)
    text = f'{head}<decision name="d">{boxes}</decision></definitions>'
    Path("deep.dmn").write_text(text, "utf-8")
    ran = keyaccount("dmn", command, "deep.dmn", "--limit", "xml_nesting=1000000")
    assert ran.code == 0 or "nested too deep" in ran.err or "nothing-carried" in ran.err
    assert levels > 50 or ran.code == 0


@pytest.mark.parametrize("place", ["before", "after"])
def test_what_is_no_limit(keyaccount: KeyaccountCommand, model: str, place: str) -> None:
    for limit, told in (
        ("xml_node=3", "did you mean `xml_nodes`?"),
        ("xml_nodes=-3", "must be a whole number, not `-3`"),
        ("xml_nodes", "must be a whole number, not ``"),
        (f"xml_nodes={'9' * 5000}", "must be a whole number"),
    ):
        option, run = ("--limit", limit), ("dmn", "run", model)
        ran = keyaccount(*option, *run) if place == "before" else keyaccount(*run, *option)
        assert (ran.code, told in ran.err) == (2, True)
