"""Read an account list from a Parquet file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from keyaccount.batch.account_list import (
    FEW_ROWS,
    ROW_NUMBER,
    AccountList,
    CountedRows,
    column_list,
)
from keyaccount.batch.duck import Database, file_literal, identifier
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import FactError

_MOST_DIGITS: Final = 38


def open_parquet(path: Path, database: Database) -> AccountList:
    """The list in a Parquet file; its columns keep their types, nested ones too.

    Raises:
        FactError: it is no Parquet file, or has decimals that could not be kept.
    """
    file = file_literal(path)
    try:
        _refuse_wide_decimals(file, database)
        headers = _headers(file, database)
        described = database.rows(f"DESCRIBE SELECT * FROM read_parquet({file})")
        counts = database.rows(f"SELECT sum(num_rows) FROM parquet_file_metadata({file})")
    except duckdb.Error as error:
        raise FactError([batch_messages.unreadable_file(str(path), str(error))]) from None
    rows_in = int(str(counts[0][0] or 0))
    names = column_list(len(described))
    number = identifier(ROW_NUMBER)
    scan = f"read_parquet({file}, file_row_number = true) AS t({names}, file_row)"
    numbered = f"(SELECT {names}, file_row + 1 AS {number} FROM {scan})"
    return AccountList(
        headers=headers,
        types=tuple(str(row[1]) for row in described),
        relation=f"read_parquet({file}) AS t({names})",
        numbered=f"{numbered} AS t({names}, {number})",
        place=lambda row: (row, row),
        counted=lambda: CountedRows(rows_in, 0, 0),
        few=rows_in <= FEW_ROWS,
    )


def _refuse_wide_decimals(file: str, database: Database) -> None:
    """DuckDB reads decimals of more than 38 digits as binary doubles, without a word."""
    wide = database.rows(
        f"SELECT name, precision FROM parquet_schema({file}) WHERE precision > {_MOST_DIGITS}"
    )
    if wide:
        raise FactError(
            [batch_messages.wide_decimal(str(name), int(str(digits))) for name, digits in wide]
        )


def _headers(file: str, database: Database) -> tuple[str, ...]:
    """The columns' own names: DuckDB puts `_1` behind one that is there twice."""
    tree = database.rows(f"SELECT name, num_children FROM parquet_schema({file})")
    found, inner = [], 0
    for name, children in tree[1:]:
        if inner == 0:
            found.append(str(name))
        inner += int(str(children or 0)) - (inner > 0)
    return tuple(found)
