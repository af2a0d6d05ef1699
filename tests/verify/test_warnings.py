"""What is doubtful but not wrong; and what looks doubtful but is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyaccount.diagnostics.diagnostic import Diagnostic, Severity
from keyaccount.policy_set import PolicySet
from keyaccount.verify.files import check


def found(folder: Path, text: str) -> list[Diagnostic]:
    (folder / "sample.yaml").write_text("policy: sample\n" + text, encoding="utf-8")
    return list(check([folder]))


def told(folder: Path, text: str) -> list[str]:
    diagnostics = found(folder, text)
    assert all(each.severity is Severity.WARNING for each in diagnostics)
    places = [each.span.position for each in diagnostics if each.span]
    return [f"{d.code} {p.line}:{p.column}" for d, p in zip(diagnostics, places, strict=True)]


NULLS = """facts:
  tonnes: {{type: number{extra}}}
decisions:
  none: {{value: tonnes = null}}
  rebate: {{rules: {{a: {{when: {{tonnes: not(null)}}, then: 5}}}}}}
"""


def test_a_fact_that_is_never_null_is_compared_with_null(tmp_path: Path) -> None:
    assert told(tmp_path, NULLS.format(extra="")) == [
        "policy.never-null 5:17",
        "policy.never-null 6:43",
    ]
    assert told(tmp_path, NULLS.format(extra=", nullable: true")) == []


@pytest.mark.parametrize(
    ("tests", "allowed"),
    [('"> 5"', "< 5"), ('">= 20"', "[0..10]"), ('"-1"', ">= 0")],
)
def test_a_rule_against_what_is_allowed_can_never_match(
    tests: str, allowed: str, tmp_path: Path
) -> None:
    text = f"""facts:
  tonnes: {{type: number, allowed: "{allowed}"}}
decisions:
  rebate:
    rules:
      big: {{when: {{tonnes: {tests}}}, then: 5}}
"""
    assert told(tmp_path, text) == ["table.never-matches 7:7"]


def test_conditions_that_contradict_each_other(tmp_path: Path) -> None:
    text = """facts:
  tonnes: {type: number}
parameters:
  most: {values: {2024-01-01: 5, 2025-01-01: 50}}
decisions:
  rebate:
    rules:
      medium: {when: tonnes > 10 and tonnes < most, then: 5}
"""
    assert told(tmp_path, text) == ["table.never-matches 9:7"]


def test_facts_and_parameters_that_nothing_looks_at(tmp_path: Path) -> None:
    text = """facts:
  tonnes: {type: number}
  told: {type: string}
  spare: {type: string}
parameters:
  mark: {values: {2024-01-01: 20}}
decisions:
  big: {value: tonnes > 20, because: "in {told}"}
"""
    assert told(tmp_path, text) == ["policy.unused 5:3", "policy.unused 7:3"]


def test_dated_rules_of_one_condition_that_add_to_each_other(tmp_path: Path) -> None:
    text = """facts:
  tonnes: {type: number}
decisions:
  gifts:
    hit policy: collect
    rules:
      spring: {when: tonnes > 20, then: 1, valid: {from: 2024-01-01, until: 2024-07-01}}
      summer: {when: tonnes > 20, then: 2, valid: {from: 2024-06-01, until: 2024-09-01}}
      winter: {when: tonnes > 20, then: 3, valid: {from: 2024-12-01}}
"""
    assert told(tmp_path, text) == []


def test_bands_without_declared_values_are_the_values(tmp_path: Path) -> None:
    text = """facts:
  tonnes: {type: number}
decisions:
  class:
    scorecard:
      criteria: {volume: {input: tonnes, points: {">= 20": 5, "< 20": 0}}}
      bands: {very good: ">= 5", poor: "< 5"}
  good: {value: class = very good}
"""
    assert told(tmp_path, text) == []
    result = PolicySet.load(tmp_path).decide("sample", {"tonnes": 20})
    assert result["class"].value == "very good"
    assert result["good"].value is True
