"""Policies as DMN models: other tools get the same answers as the policies give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from random import Random

import pytest

from generators.accounts import random_accounts
from interchange.desk import AS_OF, NAMES, codes, exported, model, policies, shipped, xml_of
from keyaccount.backends.reference.interpreter import allows, evaluate
from keyaccount.feel.operations import same
from keyaccount.formats.dmn_xml.versions import VERSIONS
from keyaccount.formats.dmn_xml.writer import write_document
from keyaccount.ir import core
from keyaccount.ir.outcome import Status

ACCOUNTS = 25


def accounts(program: core.Program, seed: str) -> Iterator[Mapping[str, object]]:
    """Accounts of which everything is known."""
    random = Random(seed)  # noqa: S311 -- tests, not secrets
    return random_accounts(
        program,
        random,
        ACCOUNTS,
        complete=1,
        accepts=lambda name, value: allows(program.facts[name], value, AS_OF),
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_model_gives_what_the_policy_gives(name: str) -> None:
    program = shipped().bound(name, AS_OF)
    opened = model(xml_of(shipped(), name))
    own = [full for full in program.decisions if full.startswith(f"{name}.")]
    differing = []
    for account in accounts(program, name):
        outcomes = evaluate(program, account, AS_OF)
        for full in own:
            outcome = outcomes[full]
            assert outcome.status is not Status.UNDETERMINED
            value = outcome.value if outcome.status is Status.DECIDED else None
            found = opened.decide(full.removeprefix(f"{name}."), account, AS_OF)
            if not same(value, found):
                differing.append((full, account, value, found))
    assert not differing


@pytest.mark.parametrize("name", NAMES)
def test_the_model_reads_without_a_warning(name: str) -> None:
    assert model(xml_of(shipped(), name)).warnings == ()


@pytest.mark.parametrize("version", sorted(VERSIONS.values()))
def test_the_model_is_the_same_in_every_version_of_dmn(version: str) -> None:
    text = write_document(exported(shipped(), "credit").document, version)
    facts = {"account_status": "existing", "on_time_ratio": 1, "max_overdue_days": 0}
    opened = model(text)
    assert opened.decide("credit_tier", {**facts, "annual_trade": 5_000_000}, AS_OF) == "green"
    assert opened.decide("credit_tier", {**facts, "annual_trade": 4_999_999}, AS_OF) == "yellow"


SMALL = """
policy: small
facts:
  weight: {type: number}
  kind: {values: [book, "in stock", not]}
parameters:
  heavy_from: {values: {2024-01-01: 20, 2026-01-01: 25}}
functions:
  twice: {parameters: {x: number}, type: number, value: x * 2 + heavy_from}
decisions:
  heavy: {type: boolean, value: weight >= heavy_from}
  bare: {type: boolean, value: 'kind = in stock or kind in (book, "not")'}
  doubled: {value: twice(weight)}
  outcome:
    hit policy: first
    values: [crane, plain]
    default: plain
    rules:
      old: {when: heavy, then: plain, valid: {until: 2025-01-01}}
      new: {when: heavy, then: crane, valid: {from: 2025-01-01}}
      book: {when: {kind: book, weight: "> heavy_from / 2"}, then: crane}
"""


def test_parameters_and_rules_are_those_in_force() -> None:
    early, late = (date(2024, 6, 1), date(2026, 6, 1))
    small = policies(SMALL)
    facts = {"weight": 22, "kind": "not"}
    before = model(xml_of(small, "small", early))
    after = model(xml_of(small, "small", late))
    assert [before.decide("heavy", facts), before.decide("outcome", facts)] == [True, "plain"]
    assert [after.decide("heavy", facts), after.decide("outcome", facts)] == [False, "plain"]
    assert after.decide("outcome", {"weight": 30, "kind": "not"}) == "crane"


def test_what_the_model_does_not_have_is_named() -> None:
    found = exported(policies(SMALL), "small", date(2024, 6, 1))
    assert codes(found) == [
        "interchange.parameter-in-function",
        "interchange.rule-not-in-force",
    ]
    assert codes(exported(policies(SMALL), "small", date(2023, 1, 1))).count(
        "interchange.parameter-not-in-force"
    )


def test_bare_values_are_quoted_and_nothing_else_is_changed() -> None:
    document = exported(policies(SMALL), "small").document
    logic = document.definitions.decisions["bare"].logic
    assert logic is not None
    assert logic.text.text == 'kind = "in stock" or kind in ("book", "not")'  # type: ignore[union-attr]  # a literal


def test_a_function_has_the_values_of_parameters_in_its_text() -> None:
    opened = model(xml_of(policies(SMALL), "small", date(2024, 6, 1)))
    assert opened.decide("doubled", {"weight": 5}) == 30


OTHER = """
policy: other
facts: {weight: {type: number}, colour: {values: [red, blue]}}
parameters: {mark: {values: {2024-01-01: 7}}}
decisions:
  heavy: {value: colour = red or weight > mark}
"""
USER = """
policy: user
facts: {weight: {type: number}}
parameters: {mark: {values: {2024-01-01: 1}}}
decisions:
  heavy: {value: weight > mark and other.heavy}
  unused cell:
    rules:
      a: {when: {other.heavy: "-", weight: "> 1"}, then: 1}
"""


def test_borrowed_decisions_come_along_under_names_of_their_own() -> None:
    found = exported(policies(OTHER, USER), "user").document
    assert list(found.definitions.decisions) == [
        "mark",
        "heavy",
        "unused cell",
        "other_heavy",
        "other_mark",
    ]
    assert list(found.definitions.input_data) == ["weight", "colour"]
    opened = model(write_document(found))
    assert opened.decide("heavy", {"weight": 7, "colour": "blue"}) is False
    assert opened.decide("heavy", {"weight": 7, "colour": "red"}) is True
    assert opened.warnings == ()


SCORED = """
policy: scored
facts: {effort: {values: [low, high]}, paid: {type: boolean}, size: {type: number}}
decisions:
  plain: {scorecard: {criteria: {size: {input: size, points: {">= 10": 2, "< 10": 1}}}}}
  effort_class:
    values: [good, bad, out]
    scorecard:
      criteria:
        effort: {weight: 2, input: effort, points: {low: 5, high: 1}}
        size: {weight: size / 10, input: size, points: {">= 10": 2, "< 10": 1}}
        own: {points: if paid then 1 else 0}
      vetoes:
        unpaid: {when: not(paid) and size > 100, then: out}
        huge: {when: {size: "> 1000"}, then: out}
      bands: {good: ">= 10", bad: "< 10"}
  with vetoes only:
    scorecard:
      criteria: {own: {points: size * 2}}
      vetoes: {unpaid: {when: {paid: false}, then: 0}}
"""


@pytest.mark.parametrize("paid", [True, False])
@pytest.mark.parametrize("size", [1, 9, 10, 50, 101, 1001])
@pytest.mark.parametrize("effort", ["low", "high"])
def test_scorecards_become_contexts_that_give_the_same(effort: str, size: int, paid: bool) -> None:
    facts = {"effort": effort, "size": size, "paid": paid}
    scored = policies(SCORED)
    result = scored.decide("scored", facts, as_of=AS_OF)
    opened = model(xml_of(scored, "scored"))
    for name in result:
        assert opened.decide(name, facts) == result[name].value
