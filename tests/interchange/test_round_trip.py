"""YAML to DMN to YAML: the same policy, with what was changed in between."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interchange.desk import (
    AS_OF,
    NAMES,
    codes,
    imported,
    model,
    policies,
    policy,
    shipped,
    xml_of,
)
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.dmn_xml.writer import write_document
from keyaccount.interchange.to_dmn import export_policy
from keyaccount.model.content import content
from keyaccount.policy_set import PolicySet
from keyaccount.resources import policies_folder


@pytest.mark.parametrize("name", NAMES)
def test_every_policy_comes_back_the_same(name: str) -> None:
    found = imported(xml_of(shipped(), name))
    assert content(policy(found.text, found.beside)) == content(shipped().policies[name])
    assert found.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_byte_comes_back(name: str) -> None:
    author = (policies_folder() / f"{name}.yaml").read_text("utf-8")
    found = imported(xml_of(shipped(), name))
    assert found.text == author
    for beside, text in found.beside.items():
        assert text == (policies_folder() / beside).read_text("utf-8")


RATES = """\
policy: rates
facts: {weight: {type: number}}
decisions:
  rate:
    hit policy: first
    rules: {from: rates.csv}
calendars:
  office: {hours: {2024-01-01: {daily: ["09:00-17:00"]}}, holidays: {from: days.csv}}
  works: {hours: {2024-01-01: {daily: ["09:00-17:00"]}}, holidays: {table: china, from: days.csv}}
  shop: {hours: {2024-01-01: {daily: ["09:00-17:00"]}}, holidays: china}
"""
TABLES = {
    "rates.csv": "id,weight,then\nheavy,>= 10,5\nlight,< 10,3\n",
    "days.csv": "date,day,name\n2024-01-01,holiday,New Year\n",
}


@pytest.fixture
def rates(tmp_path: Path) -> PolicySet:
    for name, text in {**TABLES, "rates.yaml": RATES}.items():
        (tmp_path / name).write_text(text, "utf-8")
    return PolicySet.load(tmp_path)


def test_tables_beside_a_policy_go_along(rates: PolicySet) -> None:
    found = imported(xml_of(rates, "rates"))
    assert (found.text, found.beside, found.warnings) == (RATES, TABLES, ())


def test_a_table_that_was_changed_stands_in_the_policy_then(rates: PolicySet) -> None:
    xml = xml_of(rates, "rates").replace("<text>3</text>", "<text>4</text>")
    found = imported(xml)
    assert "light: {when: {weight: < 10}, then: 4}" in found.text.replace('"', "")
    assert list(found.beside) == ["days.csv"]


@pytest.mark.parametrize("name", ["../rates.csv", "/rates.csv", "C:rates.csv", "a\\rates.csv"])
def test_names_of_tables_that_lead_elsewhere_are_refused(rates: PolicySet, name: str) -> None:
    with pytest.raises(PolicyError):
        imported(xml_of(rates, "rates").replace("rates.csv", name))


@pytest.mark.parametrize("version", ["1.1", "1.2", "1.3", "1.4"])
def test_older_versions_of_dmn_carry_the_policy_too(version: str) -> None:
    found = export_policy(shipped().policies, shipped().program, "credit", AS_OF, version=version)
    text = write_document(found.document, version)
    author = (policies_folder() / "credit.yaml").read_text("utf-8")
    assert imported(text).text == author


PARCELS = """\
# All about parcels
policy: parcels
title: {en: Parcels, zh: 包裹}
facts:
  weight: {type: number, unit: kg, allowed: ">= 0", aliases: [重量]}  # as weighed
  kind: {type: string, values: [book, glass]}

parameters:
  heavy_from: {values: {2024-01-01: 20, 2027-01-01: 30}}  # assumption

functions:
  twice: {parameters: {x: number}, type: number, value: x * 2}

decisions:
  heavy:
    value: weight >= heavy_from  # a comment
    because: {en: "weighs {weight}", zh: "重 {weight}"}

  handling:
    title: {en: Handling, zh: 处理方式}
    hit policy: first
    values: [crane, careful, plain]
    titles: {crane: {en: By crane, zh: 吊装}}
    rules:
      heavy:
        when: heavy
        then: crane
        because: {en: "heavy, {weight}", zh: 重}
      asleep: {when: {kind: book}, then: plain, valid: {until: 2025-01-01}}
      glass: {when: {kind: glass, weight: "> 1"}, then: careful}
      rest: {then: plain}
"""


def changed(*edits: tuple[str, str]) -> str:
    """The model of the parcels, edited as another tool would."""
    xml = xml_of(policies(PARCELS), "parcels")
    start = xml.index("</ka:policy>")  # what stands before it is nothing that tools edit
    head, model = xml[:start], xml[start:]
    for pattern, new in edits:
        model, count = re.subn(pattern, new, model, count=1, flags=re.DOTALL)
        assert count == 1, pattern
    return head + model


def lines_changed(text: str) -> tuple[list[str], list[str]]:
    before, after = PARCELS.splitlines(), text.splitlines()
    return [e for e in before if e not in after], [e for e in after if e not in before]


def test_nothing_changed() -> None:
    assert imported(changed()).text == PARCELS


def test_a_changed_cell_changes_its_rule_alone() -> None:
    found = imported(changed((r"<text>&gt; 1</text>", "<text>&gt; 2</text>")))
    assert lines_changed(found.text) == (
        ['      glass: {when: {kind: glass, weight: "> 1"}, then: careful}'],
        ['      glass: {when: {kind: glass, weight: "> 2"}, then: careful}'],
    )
    assert found.warnings == ()


def test_a_changed_parameter_changes_the_value_in_force() -> None:
    found = imported(changed((r"<text>20</text>", "<text>22.5</text>")))
    values = policy(found.text).parameters["heavy_from"].values
    assert [each.value.text for each in values] == ["22.5", "30"]
    assert "# a comment" in found.text


def test_a_changed_text_is_taken_over() -> None:
    found = imported(changed((r"weight &gt;= heavy_from", "weight &gt; heavy_from")))
    heavy = policy(found.text).decisions["heavy"]
    assert heavy.logic.text.text == "weight > heavy_from"  # type: ignore[union-attr]  # a literal
    assert heavy.because.keys() == {"en", "zh"}


def test_a_deleted_decision_is_gone() -> None:
    found = imported(changed((r"<businessKnowledgeModel .*?</businessKnowledgeModel>", "")))
    assert "twice" not in policy(found.text).functions


def test_an_added_decision_comes_in() -> None:
    added = (
        '<decision id="d" name="half"><variable name="half" typeRef="number"/>'
        '<informationRequirement><requiredInput href="#fact_weight"/></informationRequirement>'
        "<literalExpression><text>weight / 2</text></literalExpression></decision><dmndi:DMNDI>"
    )
    found = imported(changed(("<dmndi:DMNDI>", added)))
    assert found.text == PARCELS + "\n  half:\n    type: number\n    value: weight / 2\n"


def test_a_changed_title_is_taken_over() -> None:
    found = imported(changed(("Handling · 处理方式", "Treatment · 处理")))
    titles = policy(found.text).decisions["handling"].title
    assert titles == {"en": "Treatment", "zh": "处理"}


def test_rules_that_were_not_in_force_stay() -> None:
    found = imported(changed((r"<text>&gt; 1</text>", "<text>&gt; 2</text>")))
    table = policy(found.text).decisions["handling"].logic
    assert [each.id.text for each in table.rules] == ["heavy", "asleep", "glass", "rest"]  # type: ignore[union-attr]  # a table


def test_a_changed_scorecard_is_named_and_stays() -> None:
    scored = policies(
        "policy: scored\n"
        "facts: {size: {type: number}}\n"
        "decisions:\n"
        "  plain: {scorecard: {criteria: {size: {input: size, points: {'>= 10': 2, '< 10': 1}}}}}\n"
    )
    xml = xml_of(scored, "scored").replace("<text>2</text>", "<text>3</text>")
    found = imported(xml)
    assert codes(found) == ["interchange.not-carried"]
    assert list(found.left_out) == ["plain"]
    assert found.text == scored.policies["scored"].span.source.text


def test_borrowed_names_are_the_others_again() -> None:
    other = "policy: other\nfacts: {a: {type: number}}\ndecisions: {big: {value: a > 1}}\n"
    user = "policy: user\ndecisions: {x: {value: other.big}, y: {value: other.big and x}}\n"
    xml = xml_of(policies(other, user), "user")
    found = imported(xml.replace("<text>big and x</text>", "<text>big or x</text>"))
    assert policy(found.text).decisions["y"].logic.text.text == "other.big or x"  # type: ignore[union-attr]  # a literal
    touched = imported(xml.replace("<text>a &gt; 1</text>", "<text>a &gt; 2</text>"))
    assert codes(touched) == ["interchange.not-carried"]
    assert touched.text == user


CHINESE = """\
policy: 大客户
title: {zh: 大客户分类}
facts:
  月用量-吨: {type: number, unit: t, allowed: ">= 0", aliases: [用量]}
  行业 类别: {type: string, values: [党政军, 其他]}
parameters:
  标准用量: {values: {2024-01-01: 20}}
functions:
  折算: {parameters: {数量: number}, type: number, value: 数量 * 2}
decisions:
  大户: {type: boolean, value: 月用量-吨 >= 标准用量, because: {zh: "月用量 {月用量-吨}"}}
  类别:
    hit policy: collect
    values: [经济, 重要]
    rules:
      经济: {when: 大户, then: 经济}
      重要: {when: {行业 类别: 党政军, 折算(月用量-吨): "> 2"}, then: 重要}
"""


def test_chinese_names_with_spaces_and_operators() -> None:
    xml = xml_of(policies(CHINESE), "大客户")
    assert imported(xml).text == CHINESE
    facts = {"月用量-吨": 25, "行业 类别": "党政军"}
    assert model(xml).decide("类别", facts) == ["经济", "重要"]


def test_without_our_extensions_a_model_is_one_of_another_tool() -> None:
    ours = r"<extensionElements>.*?</extensionElements>"
    xml = re.sub(ours, "", xml_of(policies(CHINESE), "大客户"), flags=re.DOTALL)
    found = policies(imported(xml).text)
    facts = {"月用量-吨": 25, "行业 类别": "党政军"}
    assert found.decide("大客户", facts)["类别"].value == ["经济", "重要"]
