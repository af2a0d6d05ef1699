"""What SQL refuses: at compile time, with a code and the place of the cell."""

from datetime import date

import pytest

import yaml_cases
from keyaccount.backends.sql.kinds import Boolean, Column, Date, Number, Text, kind_of_sql_type
from keyaccount.backends.sql.plan import compile_program
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.ir.binding import bind

HEAD = """\
policy: p
facts:
  a: {type: number}
  b: {type: number}
  w: {type: number}
  s: {type: string}
  d: {type: date}
  t: {type: date and time}
decisions:
"""
COLUMNS = {"a": Number(18, 2), "b": Number(18, 2), "w": Number(34, 20), "s": Text(), "d": Date()}

CASES = {
    "an open division": ("{value: a / b}", "sql.open-division", "a / b"),
    "a quotient in a sum": ("{value: a / b + 1}", "sql.open-division", "a / b + 1"),
    "a root": ("{value: sqrt(a) > 2}", "sql.not-in-sql", "sqrt(a)"),
    "upper case": ('{value: upper case(s) = "A"}', "sql.not-in-sql", "upper case(s)"),
    "a regular expression": ("{value: 'matches(s, \"a+\")'}", "sql.not-in-sql", 'matches(s, "a+")'),
    "a changing exponent": ("{value: a ** b > 2}", "sql.not-in-sql", "a ** b"),
    "too many digits": ("{value: w * w > 2}", "sql.too-many-digits", "w * w"),
    "a loop": ('{value: "for x in [1, a] return x"}', "sql.not-in-sql", "for x in [1, a] return x"),
    "a time": ("{value: t = t}", "sql.wrong-column-type", "t"),
    "mixed results": ('{value: if a > 1 then 1 else "x"}', "sql.mixed-outputs", "if a > 1"),
}


def refusals(text, columns=COLUMNS, **options):
    bound = bind(yaml_cases.program_of(text), date(2026, 1, 31))
    typed = {name: Column(kind) for name, kind in columns.items() if name in bound.facts}
    if "t" in bound.facts:
        typed["t"] = Column(Text())
    with pytest.raises(PolicyError) as caught:
        compile_program(bound, typed, decisions=list(bound.decisions), **options)
    return caught.value.diagnostics


@pytest.mark.parametrize("case", CASES)
def test_a_refusal_names_the_cell(case):
    decision, code, place = CASES[case]
    (found,) = refusals(f"{HEAD}  x: {decision}\n")
    assert found.code == code
    assert found.span is not None
    assert found.span.text.startswith(place)
    assert found.message.zh
    assert found.help


def test_all_cells_are_named_at_once():
    rules = """\
  x:
    hit policy: first
    rules:
      one: {when: sqrt(a) > 1, then: 1}
      two: {when: a > 1, then: 2}
      three: {when: log(a) > 1, then: 3}
  y: {value: x > 1}
  z: {value: a / b}
"""
    places = [each.span.text for each in refusals(HEAD + rules)]
    assert places == ["sqrt(a)", "log(a)", "a / b"]


def test_facts_that_differ_in_case_alone_need_columns_of_their_own():
    text = "policy: p\nfacts: {Ab: {type: number}, aB: {type: number}}\n"
    text += "decisions:\n  x: {value: Ab > aB}\n"
    both = {"Ab": Number(5, 2), "aB": Number(5, 2)}
    assert [each.code for each in refusals(text, both)] == ["sql.same-column"]


def test_a_column_must_hold_its_fact():
    found = refusals(HEAD + "  x: {value: a > 1}\n", {"a": Boolean()})
    assert [each.code for each in found] == ["sql.wrong-column-type"]


SQL_TYPES = {
    "DECIMAL(18,2)": Number(18, 2),
    "INTEGER": Number(10, 0, "integer"),
    "UBIGINT": Number(20, 0, "integer"),
    "DOUBLE": Number(15, 0, "double"),
    "VARCHAR": Text(),
    "DATE": Date(),
    "BOOLEAN": Boolean(),
    "FLOAT": None,
    "BLOB": None,
}


@pytest.mark.parametrize("name", SQL_TYPES)
def test_the_kind_of_a_column_by_the_name_of_its_type(name):
    assert kind_of_sql_type(name) == SQL_TYPES[name]
