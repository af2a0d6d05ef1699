"""Lists joined by `|` say the same as arrays."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

import yaml_cases
from keyaccount.backends.sql.decoding import shown
from keyaccount.backends.sql.kinds import Boolean, Column, Number
from keyaccount.backends.sql.plan import compile_program
from keyaccount.feel.values import from_python
from keyaccount.ir.binding import bind

POLICY = """\
policy: p
facts: {x: {type: number}, y: {type: boolean}, z: {type: boolean, nullable: true}}
decisions:
  few:
    hit policy: collect
    rules: {a: {when: x > 1, then: 1.50}, b: {when: y, then: 2}}
  many:
    hit policy: output order
    values: [six, five, four, three, two, one]
    rules:
      r1: {when: x > 1, then: one}
      r2: {when: x > 2, then: two}
      r3: {when: x > 3, then: three}
      r4: {when: y, then: four}
      r5: {when: z, then: five}
      r6: {when: not(y), then: one}
  either: {value: 'if y then "yes" else if x > 2 then null else "no"'}
  nested: {value: '["a", "b"]'}
  strict: {hit policy: unique, rules: {s: {when: x > 1, then: 1}, t: {when: x > 3, then: 2}}}
"""
COLUMNS = {"x": Column(Number(5, 2)), "y": Column(Boolean()), "z": Column(Boolean())}
ROWS = [
    (x, y, z)
    for x in (None, Decimal("1.5"), Decimal("2.5"), Decimal(4))
    for y in (None, True, False)
    for z in (None, True)
]


def table(lists):
    program = bind(yaml_cases.program_of(POLICY), date(2026, 1, 31))
    plan = compile_program(program, COLUMNS, decisions=list(program.decisions), lists=lists)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE accounts (x DECIMAL(5, 2), y BOOLEAN, z BOOLEAN)")
        connection.executemany("INSERT INTO accounts VALUES (?, ?, ?)", ROWS)
        rows = connection.execute(plan.sql()).fetchall()
    return plan.columns, [row[: len(plan.columns)] for row in rows]


def joined(value):
    if not isinstance(value, list):
        return value
    return "|".join(shown(from_python(each)) for each in value)


@pytest.mark.parametrize("lists", ["text", "values"])
def test_text_is_the_array_joined(lists):
    columns, arrays = table("array")
    _, texts = table(lists)
    for array_row, text_row in zip(arrays, texts, strict=True):
        for column, array, text in zip(columns, array_row, text_row, strict=True):
            is_array = lists == "values" and column.detail == "value"
            assert text == (array if is_array else joined(array)), column.name


def test_every_status_occurs():
    columns, rows = table("text")
    statuses = {row[i] for row in rows for i, each in enumerate(columns) if each.detail == "status"}
    assert statuses == {"decided", "undetermined", "conflict"}
