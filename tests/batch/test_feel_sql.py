from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from keyaccount.backends.sql.kinds import (
    DOUBLE,
    Boolean,
    Date,
    Days,
    Kind,
    Label,
    ListOf,
    Number,
    Record,
    Text,
)
from keyaccount.batch.feel_sql import feel_text, is_writable
from keyaccount.feel.values.date import Date as FeelDate
from keyaccount.feel.values.text import to_text

STEP = Record((("limit", Number(6, 3)), ("unit", Label(("day",))), ("odd-key", Boolean())))
CASES = [
    ("1.500::DECIMAL(6, 3)", Number(6, 3), Decimal("1.5")),
    ("100::DECIMAL(6, 0)", Number(6, 0), Decimal(100)),
    ("-0.250::DECIMAL(6, 3)", Number(6, 3), Decimal("-0.25")),
    ("7::BIGINT", Number(19, 0, "integer"), Decimal(7)),
    ("true", Boolean(), True),
    ("'a \"b\" \\'", Text(), 'a "b" \\'),
    ("DATE '2024-02-29'", Date(), FeelDate(2024, 2, 29)),
    (
        "{'limit': 1.500::DECIMAL(6, 3), 'unit': 'day', 'odd-key': NULL::BOOLEAN}",
        STEP,
        {"limit": Decimal("1.5"), "unit": "day", "odd-key": None},
    ),
    (
        "{'x': {'y': 'a \"b\" \\'}, 'z': ['p', NULL]}",
        Record((("x", Record((("y", Text()),))), ("z", ListOf(Text())))),
        {"x": {"y": 'a "b" \\'}, "z": ["p", None]},
    ),
]


@pytest.mark.parametrize(("sql", "kind", "value"), CASES, ids=[case[0] for case in CASES])
def test_sql_writes_values_as_feel_does(sql: str, kind: Kind, value: object) -> None:
    assert is_writable(kind)
    with duckdb.connect() as connection:
        text, nothing = connection.execute(
            f"SELECT {feel_text('v', kind)}, {feel_text('n', kind)} "
            f"FROM (SELECT {sql} AS v, CASE WHEN false THEN {sql} END AS n)"
        ).fetchall()[0]
    assert text == (to_text(value) if value is not True else "true")
    assert nothing is None


@pytest.mark.parametrize("kind", [DOUBLE, Days(), Record((("a", Days()),)), ListOf(DOUBLE)])
def test_what_sql_would_write_otherwise_is_refused(kind: Kind) -> None:
    assert not is_writable(kind)
