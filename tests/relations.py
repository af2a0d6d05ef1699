"""Accounts as a relation on DuckDB: one statement decides every row, and is read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import pyarrow

from keyaccount.backends.sql.kinds import Boolean, Column, Date, Kind, Label, Number, Text
from keyaccount.backends.sql.plan import DECIDE_AGAIN, Plan, compile_program
from keyaccount.feel.types import BOOLEAN, DATE, NUMBER, Enumeration
from keyaccount.feel.values.text import to_text
from keyaccount.ir import core
from keyaccount.ir.outcome import Outcome
from sql_on_duckdb import outcomes

Account = Mapping[str, object]
Outcomes = dict[str, Outcome]

ROW = "row number"
FETCHED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Form:
    """How a fact stands in the relation."""

    kind: Kind
    sql_type: str
    nullable: bool = True


def decided(
    program: core.Program, accounts: Sequence[Account], forms: Mapping[str, Form]
) -> Iterator[Outcomes | None]:
    """The outcomes of each account; None where SQL asks to have it decided elsewhere.

    Args:
        program: bound.
        accounts: FEEL values by fact.
        forms: the columns; a fact left out has none.

    Raises:
        PolicyError: something has no exact equal in SQL.
    """
    columns = {name: Column(each.kind, nullable=each.nullable) for name, each in forms.items()}
    plan = compile_program(program, columns, decisions=list(program.decisions), keep=[ROW])
    return _rows(program, accounts, forms, plan)


def _rows(
    program: core.Program, accounts: Sequence[Account], forms: Mapping[str, Form], plan: Plan
) -> Iterator[Outcomes | None]:
    with duckdb.connect(config={"threads": 1}) as connection:
        load(connection, accounts, forms)
        cursor = connection.execute(f'SELECT * FROM ({plan.sql()}) ORDER BY "{ROW}"')
        names = [each[0] for each in cursor.description]
        expected = 0
        while rows := cursor.fetchmany(FETCHED_AT_ONCE):
            for row in rows:
                found = dict(zip(names, row, strict=True))
                assert found[ROW] == expected
                expected += 1
                yield None if found.get(DECIDE_AGAIN) else outcomes(plan, found)
        assert expected == len(accounts)


def load(
    connection: duckdb.DuckDBPyConnection, accounts: Sequence[Account], forms: Mapping[str, Form]
) -> None:
    """The accounts as the table `accounts`: handed over as text, cast by DuckDB."""
    texts = {name: [text_of(each.get(name)) for each in accounts] for name in forms}
    columns = {ROW: pyarrow.array(range(len(accounts)), pyarrow.int64())}
    columns |= {name: pyarrow.array(each, pyarrow.string()) for name, each in texts.items()}
    connection.register("texts", pyarrow.table(columns))
    casts = [f'CAST("{name}" AS {form.sql_type}) AS "{name}"' for name, form in forms.items()]
    selected = ", ".join([f'"{ROW}"', *casts])
    connection.execute(f"CREATE TABLE accounts AS SELECT {selected} FROM texts")


def text_of(value: object) -> str | None:
    return format(value, "f") if isinstance(value, Decimal) else to_text(value)


def narrowest(fact: core.Fact, values: Iterable[object], *, enums: bool = False) -> Form:
    """The narrowest column that holds some values of a fact.

    A type that no column has is handed over as text, which SQL refuses.
    """
    match fact.type:
        case Enumeration(labels) if enums:
            return label(labels)
        case _ if fact.type == NUMBER:
            return _decimal([each for each in values if isinstance(each, Decimal)])
        case _:
            return SIMPLE.get(fact.type, TEXT)


def label(values: Sequence[str]) -> Form:
    """An ENUM column."""
    quoted = ", ".join(f"'{each}'" for each in values)
    return Form(Label(tuple(values)), f"ENUM({quoted})")


def decimal(precision: int, scale: int) -> Form:
    return Form(Number(precision, scale), f"DECIMAL({precision}, {scale})")


def _decimal(numbers: Sequence[Decimal]) -> Form:
    scale = max([0, *(-int(each.as_tuple().exponent) for each in numbers)])
    digits = max([1, *(each.adjusted() + 1 for each in numbers)])
    return decimal(digits + scale, scale)


TEXT = Form(Text(), "VARCHAR")
SIMPLE = {BOOLEAN: Form(Boolean(), "BOOLEAN"), DATE: Form(Date(), "DATE")}
