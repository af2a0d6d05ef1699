"""What names stand for: declared values that share a name, reasons, what lies out of sight."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyaccount.policy_set import PolicySet
from keyaccount.verify.files import check


@pytest.fixture
def load(tmp_path: Path):
    """A set of policies of one text."""

    def opened(text: str) -> PolicySet:
        (tmp_path / "sample.yaml").write_text("policy: sample\n" + text, encoding="utf-8")
        assert check([tmp_path]) == ()
        return PolicySet.load(tmp_path)

    return opened


def test_a_decision_may_be_named_as_the_value_it_tests_for(load) -> None:
    policies = load("""
facts: {score: {type: number}}
decisions:
  outcome:
    values: [approved, rejected]
    rules:
      high: {when: score >= 60, then: approved}
      low: {when: score < 60, then: rejected}
  approved: {value: outcome = approved}
""")
    assert policies.decide("sample", {"score": 60})["approved"].value is True


def test_a_rule_may_give_the_value_that_its_condition_is_named_as(load) -> None:
    policies = load("""
facts: {sector: {values: [media, other]}}
decisions:
  class:
    hit policy: collect
    values: [media]
    rules:
      media: {when: media, then: media}
  media: {value: sector = media}
""")
    assert policies.decide("sample", {"sector": "media"})["class"].value == ["media"]


REASONS = """
facts: {tonnes: {type: number}, region: {type: string}, price: {type: number}}
parameters:
  mark: {values: {2024-01-01: 20}}
decisions:
  big: {value: tonnes >= 20, because: "{tonnes} t in {region}, the mark is {mark}, worth {worth}"}
  worth: {value: price * 2, because: "big: {big}"}
"""


def test_a_reason_tells_what_the_logic_does_not_look_at(load) -> None:
    result = load(REASONS).decide("sample", {"tonnes": 25, "region": "north", "price": 3})
    assert result.because("big") == ("25 t in north, the mark is 20, worth 6",)
    assert result.because("worth") == ("big: yes",)


def test_what_only_a_reason_tells_is_there_for_one_decision_alone(load) -> None:
    facts = {"tonnes": 25, "region": "north"}
    result = load(REASONS).decide("sample", facts, decisions=["big"])
    assert list(result) == ["big"]
    assert result["big"].status == "decided"
    assert result.because("big") == ("25 t in north, the mark is 20, worth unknown",)


def test_declared_values_may_be_words_of_feel_in_quotes(load) -> None:
    policies = load("""
facts: {kind: {values: ["not", other]}}
decisions:
  plain: {value: not(kind = "not")}
""")
    assert policies.decide("sample", {"kind": "other"})["plain"].value is True
