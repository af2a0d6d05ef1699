"""The statement in each dialect: it parses there, and holds nothing that engines do differently."""

import re
from datetime import date
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from keyaccount.backends.sql.kinds import Boolean, Column, Date, Enums, Number, Text
from keyaccount.backends.sql.plan import DECIDE_AGAIN, compile_program
from keyaccount.feel.types import BOOLEAN, DATE, NUMBER, STRING, Enumeration
from keyaccount.formats.yaml.reader import read_policies
from keyaccount.ir.binding import bind
from keyaccount.ir.lowering import lower
from policies.shipped import OVER_LISTS

KINDS = {NUMBER: Number(18, 2), BOOLEAN: Boolean(), STRING: Text(), DATE: Date()}
PROGRAM = bind(lower(read_policies(Path(__file__).parents[3] / "policies")), date(2026, 1, 31))
POLICIES = sorted({each.policy for each in PROGRAM.decisions.values()} - {OVER_LISTS})

DIALECTS = ("duckdb", "postgres", "spark")
# What each engine does its own way, or not at all.
FOREIGN = {
    "duckdb": (exp.Div, exp.Round, exp.Upper, exp.Lower, exp.Trim, exp.CurrentDate, exp.Join),
    "postgres": (exp.Div, exp.Round, exp.Upper, exp.TryCast, exp.Struct, exp.CurrentDate, exp.Join),
    "spark": (exp.Div, exp.Round, exp.Upper, exp.Lower, exp.Trim, exp.CurrentDate, exp.Join),
}


def columns():
    found = {}
    for name, fact in PROGRAM.facts.items():
        kind = KINDS.get(STRING if isinstance(fact.type, Enumeration) else fact.type)
        if kind is not None:
            found[name] = Column(kind)
    return found


def plan(policy, dialect, **options):
    decisions = [name for name, each in PROGRAM.decisions.items() if each.policy == policy]
    return compile_program(PROGRAM, columns(), decisions=decisions, dialect=dialect, **options)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("lists", ["array", "text"])
def test_the_statement_parses_and_is_portable(policy, dialect, lists):
    text = plan(policy, dialect, lists=lists).sql(pretty=True)
    tree = sqlglot.parse_one(text, read=dialect)
    assert not [each.sql() for each in tree.find_all(*FOREIGN[dialect])]
    assert not re.search(r"\bENUM\b", text)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_decision_has_its_columns_in_order(dialect):
    compiled = plan("classification", dialect)
    names = sqlglot.parse_one(compiled.sql(), read=dialect).named_selects
    expected = [each.name for each in compiled.columns]
    assert names == expected + ([] if compiled.decides_all else [DECIDE_AGAIN])
    assert "account_class" in names
    assert "account_class_possible" in names


def test_only_the_details_that_are_wanted_are_made():
    compiled = plan("classification", "duckdb", details=("value", "status"))
    assert {each.detail for each in compiled.columns} == {"value", "status"}
    assert "_missing" not in compiled.sql()


def test_labels_have_types_with_names_on_request():
    enums = Enums()
    assert "labels_0" in plan("classification", "duckdb", enums=enums).sql()
    assert any("'undetermined'" in each for each in enums.definitions())
    assert "labels_0" not in plan("classification", "duckdb").sql()


def test_columns_of_the_relation_pass_through():
    compiled = plan("classification", "duckdb", keep=["客户 名称"])
    assert sqlglot.parse_one(compiled.sql(), read="duckdb").named_selects[0] == "客户 名称"
