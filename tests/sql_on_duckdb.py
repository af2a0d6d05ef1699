"""Runs a compiled program on DuckDB over some accounts, back to outcomes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal

import duckdb
import pyarrow

from keyaccount.backends.sql.kinds import Boolean, Column, Date, Enums, Label, Number, Text
from keyaccount.backends.sql.plan import DECIDE_AGAIN, Plan, compile_program
from keyaccount.feel.types import BOOLEAN, DATE, NUMBER, STRING, Enumeration
from keyaccount.feel.values import Date as FeelDate
from keyaccount.feel.values import from_python
from keyaccount.ir import core
from keyaccount.ir.outcome import Outcome, Status

Account = Mapping[str, object]
SIMPLE = {BOOLEAN: (Boolean(), "BOOLEAN"), STRING: (Text(), "VARCHAR"), DATE: (Date(), "DATE")}


def decide(
    program: core.Program,
    accounts: Sequence[Account],
    *,
    absent: Sequence[str] = (),
    types: Mapping[str, tuple[object, str]] | None = None,
    enums: bool = False,
) -> list[dict[str, Outcome] | None]:
    """The outcomes of each account; None where SQL asks to have it decided elsewhere.

    Args:
        program: bound.
        accounts: FEEL values by fact.
        absent: facts without a column.
        types: kinds and SQL types of columns, where not the narrowest.
        enums: whether declared values stand in ENUM columns.
    """
    columns = {
        name: (types or {}).get(name)
        or column_type(fact, [each.get(name) for each in accounts], enums)
        for name, fact in program.facts.items()
        if name not in absent
    }
    labels = Enums()
    plan = compile_program(
        program,
        {name: Column(kind) for name, (kind, _) in columns.items()},
        decisions=list(program.decisions),
        keep=["row number"],
        enums=labels,
    )
    connection = duckdb.connect()
    for each in labels.definitions():
        connection.execute(each)
    load(connection, columns, accounts)
    cursor = connection.execute(f'SELECT * FROM ({plan.sql()}) ORDER BY "row number"')
    names = [each[0] for each in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert len(rows) == len(accounts)
    return [None if row.get(DECIDE_AGAIN) else outcomes(plan, row) for row in rows]


def column_type(fact: core.Fact, values: Sequence[object], enums: bool) -> tuple[object, str]:
    """The narrowest column that holds some values."""
    if isinstance(fact.type, Enumeration):
        if not enums:
            return Text(), "VARCHAR"
        labels = ", ".join(f"'{each}'" for each in fact.type.values)
        return Label(fact.type.values), f"ENUM({labels})"
    if fact.type != NUMBER:
        return SIMPLE[fact.type]
    numbers = [each for each in values if isinstance(each, Decimal)] or [Decimal(0)]
    scale = max(0, *(-each.as_tuple().exponent for each in numbers), 0)
    digits = max(max(each.adjusted() + 1, 1) for each in numbers)
    kind = Number(digits + scale, scale)
    return kind, f"DECIMAL({kind.precision}, {kind.scale})"


def load(connection, columns, accounts) -> None:
    """The accounts as the table `accounts`; through Arrow, as row by row takes too long."""
    arrays = {
        name: pyarrow.array([to_duck(each.get(name), kind) for each in accounts], arrow_type(kind))
        for name, (kind, _) in columns.items()
    }
    numbers = pyarrow.array(range(len(accounts)), pyarrow.int32())
    connection.register("given", pyarrow.table({"row number": numbers, **arrays}))
    casts = "".join(f', CAST("{name}" AS {sql}) AS "{name}"' for name, (_, sql) in columns.items())
    connection.execute(f'CREATE TABLE accounts AS SELECT "row number"{casts} FROM given')


def arrow_type(kind: object) -> pyarrow.DataType:
    match kind:
        case Number(form="double"):
            return pyarrow.float64()
        case Number(form="integer"):
            return pyarrow.int64()
        case Number(precision, scale):
            return pyarrow.decimal128(precision, scale)
        case Boolean():
            return pyarrow.bool_()
        case Date():
            return pyarrow.date32()
        case _:
            return pyarrow.string()


def to_duck(value: object, kind: object) -> object:
    match value, kind:
        case FeelDate(year, month, day), _:
            return datetime.date(year, month, day)
        case Decimal(), Number(form="double"):
            return float(value)
        case Decimal(), Number(form="integer"):
            return int(value)
        case _:
            return value


def outcomes(plan: Plan, row: Mapping[str, object]) -> dict[str, Outcome]:
    """A row of the result, decision by decision."""
    found: dict[str, dict[str, object]] = {}
    for each in plan.columns:
        found.setdefault(each.decision, {})[each.detail] = row[each.name]
    return {name: outcome(each) for name, each in found.items()}


def outcome(details: Mapping[str, object]) -> Outcome:
    possible = details["possible"]
    return Outcome(
        from_python(details["value"]),
        tuple(details["rules"]),
        Status(details["status"]),
        tuple(details["missing"]),
        None if possible is None else tuple(from_python(each) for each in possible),
    )
