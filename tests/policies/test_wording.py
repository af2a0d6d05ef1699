"""What the shipped policies say to people: in both languages, everywhere."""

from __future__ import annotations

import re

import pytest

from keyaccount.feel.types import Enumeration, ListType
from keyaccount.ir.rewrite import rules_of
from policies.shipped import EVERY, FOLDER, OVER_LISTS, POLICIES, PROGRAM

LANGUAGES = {"en", "zh"}
CHINESE = re.compile("[\u4e00-\u9fff]")
DECISIONS = list(PROGRAM.decisions.values())


@pytest.mark.parametrize("policy", [*POLICIES, OVER_LISTS])
def test_titles_are_in_both_languages(policy):
    declared = EVERY[policy]
    titled = {
        **declared.facts,
        **declared.parameters,
        **declared.decisions,
    }
    assert set(declared.title) == LANGUAGES
    assert [name for name, each in titled.items() if set(each.title) != LANGUAGES] == []


@pytest.mark.parametrize("policy", EVERY)
def test_what_plans_name_is_titled_in_both_languages(policy):
    declared = EVERY[policy]
    titled = {**declared.roles, **declared.events, **declared.plans}
    for plan in declared.plans.values():
        titled |= plan.steps
    assert [name for name, each in titled.items() if set(each.title) != LANGUAGES] == []
    assert [name for name, each in titled.items() if not CHINESE.search(each.title["zh"])] == []


@pytest.mark.parametrize("policy", [*POLICIES, OVER_LISTS])
def test_chinese_titles_are_chinese(policy):
    declared = EVERY[policy]
    titles = {
        name: each.title["zh"]
        for name, each in {**declared.facts, **declared.parameters, **declared.decisions}.items()
    }
    assert [name for name, title in titles.items() if not CHINESE.search(title)] == []


def test_declared_values_of_facts_have_titles():
    missing = [
        (name, value)
        for name, fact in PROGRAM.facts.items()
        if isinstance(fact.type, Enumeration)
        for value in fact.type.values
        if set(fact.value_titles.get(value, {})) != LANGUAGES
    ]
    assert missing == []


def test_declared_values_of_decisions_have_titles():
    missing = [
        (decision.name, value)
        for decision in DECISIONS
        for value in values(decision.type)
        if set(decision.value_titles.get(value, {})) != LANGUAGES
    ]
    assert missing == []


def values(kind):
    inner = kind.item if isinstance(kind, ListType) else kind
    return inner.values if isinstance(inner, Enumeration) else ()


@pytest.mark.parametrize("decision", DECISIONS, ids=[each.name for each in DECISIONS])
def test_every_answer_has_a_reason_in_both_languages(decision):
    if decision.because:
        assert set(decision.because) == LANGUAGES
    rules = rules_of(decision.logic)
    assert rules or decision.because
    silent = [each.id for each in rules if set(each.because or decision.because) != LANGUAGES]
    assert silent == []


def test_titles_that_stand_for_an_empty_cell_name_no_value():
    """`无` in an account list is an empty cell, so no value may go by that word."""
    taken = {
        title
        for fact in PROGRAM.facts.values()
        for titles in fact.value_titles.values()
        for title in titles.values()
    }
    assert not taken & {"无", "缺", "未知", "None", "NA", "N/A"}


@pytest.mark.parametrize("policy", [*POLICIES, OVER_LISTS])
def test_every_assumed_figure_is_marked_beside_it(policy):
    """A figure has a comment `# assumption: why`, or is one that the domain gives."""
    text = (FOLDER / f"{policy}.yaml").read_text("utf-8")
    figures = text.partition("\nparameters:")[2].partition("\nfunctions:")[0]
    figures = figures.partition("\ndecisions:")[0]
    unmarked = re.findall(r"^  (\w+):\n(?:    .*\n)*?    values: \{[^}]*\}$", figures, re.MULTILINE)
    assert set(unmarked) <= GIVEN


GIVEN = {
    "economic_tonnes",
    "economic_revenue",
    "tier_adjustment_days",
    "quota_days",
    "core_share",
}
"""Figures that are no assumption: 20 t, 5,000,000 CNY, at most 10 days, three days in a row,
80 percent of the business."""
