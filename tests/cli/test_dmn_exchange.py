"""`keyaccount dmn export` and `keyaccount dmn import`."""

from __future__ import annotations

from pathlib import Path

from cli.desk import PARCELS, KeyaccountCommand
from keyaccount.decision_model import DecisionModel
from keyaccount.formats.dmn_xml.document_reader import read_document

FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="loan" namespace="l">
  <inputData id="a" name="amount"><variable name="amount" typeRef="number"/></inputData>
  <decision id="d" name="approved"><variable name="approved" typeRef="boolean"/>
    <informationRequirement><requiredInput href="#a"/></informationRequirement>
    <literalExpression><text>amount &lt; 1000</text></literalExpression></decision>
  <decision id="e" name="odd">
    <literalExpression><text>1 + true</text></literalExpression></decision>
  <decisionService id="s" name="service"><outputDecision href="#d"/></decisionService>
</definitions>
"""


def test_a_policy_goes_to_dmn_and_comes_back(keyaccount: KeyaccountCommand) -> None:
    ran = keyaccount("dmn", "export", "parcels", "--output", "parcels.dmn", "--as-of", "2026-02-01")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    model = DecisionModel.load(Path("parcels.dmn"))
    assert model.decide("handling", {"weight": 25, "fragile": False}) == "crane"
    ran = keyaccount("dmn", "import", "parcels.dmn")
    assert (ran.code, ran.out, ran.err) == (0, PARCELS, "")


def test_the_model_of_a_date(keyaccount: KeyaccountCommand) -> None:
    keyaccount("dmn", "export", "parcels", "--output", "parcels.dmn", "--as-of", "2025-02-01")
    ran = keyaccount("dmn", "run", "parcels.dmn", "--decision", "heavy_from")
    assert ran.out == "heavy_from: 20\n"


def test_without_a_file_the_model_is_printed(keyaccount: KeyaccountCommand) -> None:
    ran = keyaccount("dmn", "export", "parcels", "--dmn-version", "1.3")
    assert ran.code == 0
    assert 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"' in ran.out


def test_a_model_that_is_written_anew_keeps_its_positions(keyaccount: KeyaccountCommand) -> None:
    keyaccount("dmn", "export", "parcels", "--output", "parcels.dmn")
    path = Path("parcels.dmn")
    text = path.read_text("utf-8")
    before = read_document(path).diagram.shapes["decision_heavy"]
    path.write_text(text.replace(f'x="{before.x}" y="{before.y}"', 'x="4711" y="12"'), "utf-8")
    keyaccount("dmn", "export", "parcels", "--output", "parcels.dmn")
    assert read_document(path).diagram.shapes["decision_heavy"].x == 4711


def test_a_file_that_is_no_model_is_left_alone(keyaccount: KeyaccountCommand) -> None:
    Path("notes.txt").write_text("mine", "utf-8")
    ran = keyaccount("dmn", "export", "parcels", "--output", "notes.txt")
    assert ran.code == 2
    assert "`notes.txt` is there already, and is no DMN model" in ran.err
    assert Path("notes.txt").read_text("utf-8") == "mine"


def test_an_unknown_policy(keyaccount: KeyaccountCommand) -> None:
    ran = keyaccount("dmn", "export", "parcel")
    assert ran.code == 2
    assert "did you mean `parcels`?" in ran.err


def test_what_a_policy_cannot_carry_is_named(keyaccount: KeyaccountCommand) -> None:
    Path("loan.dmn").write_text(FOREIGN, "utf-8")
    ran = keyaccount("dmn", "import", "loan.dmn")
    assert ran.code == 0
    assert "    value: amount < 1000\n" in ran.out
    assert "`odd` is left out: " in ran.err
    assert "`service` is left out: a policy has no decision services" in ran.err
    assert "loan.dmn:9:" in ran.err


def test_the_same_for_programs(keyaccount: KeyaccountCommand) -> None:
    Path("loan.dmn").write_text(FOREIGN, "utf-8")
    told = keyaccount("dmn", "import", "loan.dmn", "--format", "json").json
    assert list(told["left_out"]) == ["service", "odd"]
    assert told["policy"].startswith("# yaml-language-server")
    assert {each["severity"] for each in told["diagnostics"]} == {"warning"}


def test_the_same_in_chinese(keyaccount: KeyaccountCommand) -> None:
    Path("loan.dmn").write_text(FOREIGN, "utf-8")
    ran = keyaccount("dmn", "import", "loan.dmn", "--lang", "zh")
    assert "略去 `service`：策略中没有决策服务" in ran.err


def test_only_the_same_policy_is_written_over(keyaccount: KeyaccountCommand) -> None:
    Path("loan.dmn").write_text(FOREIGN, "utf-8")
    ran = keyaccount("dmn", "import", "loan.dmn", "--output", "policies/parcels.yaml")
    assert ran.code == 2
    assert Path("policies/parcels.yaml").read_text("utf-8") == PARCELS
    keyaccount("dmn", "import", "loan.dmn", "--output", "policies/loan.yaml")
    ran = keyaccount("dmn", "import", "loan.dmn", "--output", "policies/loan.yaml")
    assert ran.code == 0
    ran = keyaccount("decide", "loan", "--facts", '{"amount": 999}', "--format", "json")
    assert ran.json["decisions"]["approved"]["value"] is True


def test_a_model_that_cannot_be_a_policy_at_all(keyaccount: KeyaccountCommand) -> None:
    empty = FOREIGN[: FOREIGN.index("  <decision ")] + "</definitions>"
    Path("empty.dmn").write_text(empty, "utf-8")
    ran = keyaccount("dmn", "import", "empty.dmn")
    assert ran.code == 1
    assert "no decision of the model can be put into a policy" in ran.err


def test_a_file_that_is_no_xml(keyaccount: KeyaccountCommand) -> None:
    Path("broken.dmn").write_text("<definitions", "utf-8")
    ran = keyaccount("dmn", "import", "broken.dmn")
    assert ran.code == 1
    assert "not well-formed" in ran.err


def test_tables_beside_a_policy_are_written_beside_it(keyaccount: KeyaccountCommand) -> None:
    table = "id,size,then\nheavy,>= 10,5\nlight,< 10,3\n"
    Path("policies/rates.csv").write_text(table, "utf-8")
    Path("policies/rates.yaml").write_text(
        "policy: rates\nfacts: {size: {type: number}}\n"
        "decisions: {rate: {hit policy: first, rules: {from: rates.csv}}}\n",
        "utf-8",
    )
    ran = keyaccount("dmn", "export", "rates", "--output", "rates.dmn")
    assert (ran.code, ran.err) == (0, "")
    ran = keyaccount("dmn", "import", "rates.dmn")
    assert "the policy needs `rates.csv` beside it" in ran.err
    assert keyaccount("dmn", "import", "rates.dmn", "--output", "new/rates.yaml").code == 0
    assert Path("new/rates.csv").read_text("utf-8") == table
    Path("other").mkdir()
    Path("other/rates.csv").write_text("mine", "utf-8")
    ran = keyaccount("dmn", "import", "rates.dmn", "--output", "other/rates.yaml")
    assert (ran.code, "`other/rates.csv` is there already" in ran.err) == (2, True)
    assert not Path("other/rates.yaml").exists()
