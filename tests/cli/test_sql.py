from __future__ import annotations

import duckdb
import pytest
import sqlglot

from cli.desk import KeyaccountCommand


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_sql_prints_one_statement(keyaccount: KeyaccountCommand, dialect: str) -> None:
    told = keyaccount("sql", "parcels", "--dialect", dialect, "--as-of", "2025-06-01")
    assert told.code == 0
    assert "--   weight DECIMAL(18, 4)" in told.out
    assert len(sqlglot.parse(told.out, dialect=dialect)) == 1


def test_sql_is_made_for_the_columns_described(keyaccount: KeyaccountCommand) -> None:
    described = ("--column", "weight=numeric(6, 1)", "--table", "shipments", "--keep", "number")
    told = keyaccount("sql", "parcels", *described, "--as-of", "2025-06-01")
    assert told.code == 0
    assert "--   weight DECIMAL(6, 1)" in told.out
    shipments = duckdb.sql(
        "SELECT 7 AS number, 20.0::DECIMAL(6, 1) AS weight, NULL::BOOLEAN AS fragile"
    )
    duckdb.register("shipments", shipments)
    (row,) = duckdb.sql(told.out).fetchall()
    assert row[:2] == (7, True)


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ("wait=DATE", "`weight`"),
        ("weight=DECIMAL(39,2)", "DECIMAL(39,2)"),
        ("weight=MONEY", "MONEY"),
        ("weight", "`=`"),
    ],
)
def test_columns_that_will_not_do_are_wrong_usage(
    keyaccount: KeyaccountCommand, column: str, says: str
) -> None:
    told = keyaccount("sql", "parcels", "--column", column)
    assert told.code == 2
    assert says in told.err
    assert told.out == ""
