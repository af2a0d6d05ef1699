"""The library's face: what a program may ask for, and what it is told when it asks amiss."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import keyaccount
from keyaccount import FactError, KeyaccountError, Limits, PolicyError, PolicySet, UnknownNameError
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.source import Source

SHIPPING = """
policy: shipping
facts: {tonnes: {type: number, allowed: ">= 0"}}
parameters: {mark: {values: {2024-01-01: 20, 2026-01-01: 25}}}
decisions:
  big: {value: tonnes >= mark}
  class:
    hit policy: collect
    values: [large, urgent]
    rules: {large: {when: big, then: large}}
"""


@pytest.fixture
def policies(tmp_path: Path) -> PolicySet:
    (tmp_path / "shipping.yaml").write_text(SHIPPING, encoding="utf-8")
    return PolicySet.load(tmp_path)


def test_every_public_name_is_there() -> None:
    assert all(getattr(keyaccount, name) for name in keyaccount.__all__)


def test_a_policy_that_is_not_there(policies: PolicySet) -> None:
    with pytest.raises(UnknownNameError, match=r"no policy `shiping`.*did you mean `shipping`"):
        policies.decide("shiping", {})
    with pytest.raises(KeyError):
        policies.explain("shiping", {}, as_of=date(2026, 1, 1))


def test_decisions_that_are_not_there_are_told_all_at_once(policies: PolicySet) -> None:
    with pytest.raises(KeyaccountError) as caught:
        policies.decide("shipping", {}, decisions=["bigg", "class", "small"])
    assert [each.message.en for each in caught.value.diagnostics] == [
        "policy `shipping` has no decision `bigg`",
        "policy `shipping` has no decision `small`",
    ]


def test_a_result_that_is_not_there(policies: PolicySet) -> None:
    result = policies.decide("shipping", {"tonnes": 30})
    with pytest.raises(UnknownNameError, match="did you mean `class`"):
        result["clas"]
    assert result.get("clas") is None


def test_a_text_is_no_list_of_decisions(policies: PolicySet) -> None:
    with pytest.raises(TypeError, match="list of names"):
        policies.decide("shipping", {}, decisions="big")


def test_a_moment_stands_for_its_date(policies: PolicySet) -> None:
    moment = datetime(2025, 12, 31, 23, 59, tzinfo=UTC)
    result = policies.decide("shipping", {"tonnes": 20}, as_of=moment)
    assert type(result.as_of) is date
    assert result["big"].value is True


def test_a_text_is_no_date(policies: PolicySet) -> None:
    with pytest.raises(TypeError, match="as_of must be a date"):
        policies.decide("shipping", {}, as_of="2026-01-01")  # type: ignore[arg-type] # the point


def test_an_error_says_what_to_do(policies: PolicySet) -> None:
    with pytest.raises(FactError, match=r"did you mean `tonnes`\?"):
        policies.decide("shipping", {"tons": 1})


def test_threads_that_open_the_same_policies_at_once(policies: PolicySet) -> None:
    answers: list[tuple[int, int, object]] = []

    def ask(first: int) -> None:
        for tonnes in range(first, first + 40):
            for year in (2024, 2026):
                facts = {"tonnes": tonnes}
                result = policies.decide("shipping", facts, as_of=date(year, 6, 1))
                answers.append((tonnes, year, result["big"].value))

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 8 * 40 * 2
    assert all(found is (n >= (20 if year == 2024 else 25)) for n, year, found in answers)


def test_the_caller_sets_what_an_evaluation_may_take() -> None:
    source = Source(
        "p.yaml", "policy: p\ndecisions: {x: {value: count(for i in 1..900 return i)}}\n"
    )
    policies = {"p": read_policy(source)}
    found = PolicySet(policies).decide("p", {}, as_of=date(2026, 1, 1))
    assert found["x"].value == 900
    small = PolicySet(policies, Limits(feel_steps=500))
    for ask in (small.decide, small.explain):
        with pytest.raises(PolicyError) as caught:
            ask("p", {}, as_of=date(2026, 1, 1))
        assert [each.code for each in caught.value.diagnostics] == ["feel.too-many-steps"]


def test_facts_nested_without_end_are_refused() -> None:
    source = Source("p.yaml", "policy: p\nfacts: {a: {type: Any}}\ndecisions: {x: {value: a}}\n")
    policies = PolicySet({"p": read_policy(source)})
    deep: list[object] = []
    deep.append(deep)
    with pytest.raises(FactError) as caught:
        policies.decide("p", {"a": {"b": deep}})
    assert [each.code for each in caught.value.diagnostics] == ["fact.nested-too-deep"]


def test_facts_that_the_decisions_do_not_look_at_may_be_given(tmp_path: Path) -> None:
    (tmp_path / "sample.yaml").write_text(
        "policy: sample\nfacts: {a: {type: number}, b: {type: number}}\n"
        "decisions: {c: {value: a > 1}, d: {value: b > 1}}\n"
    )
    policies = PolicySet.load(tmp_path)
    assert policies.decide("sample", {"a": 2, "b": 3}, decisions=["c"])["c"].value is True
    with pytest.raises(FactError, match="no fact is called `e`"):
        policies.decide("sample", {"a": 2, "e": 3}, decisions=["c"])
