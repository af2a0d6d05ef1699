"""Read an account list from a Parquet file."""

from __future__ import annotations

from pathlib import Path

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


def open_parquet(path: Path, database: Database) -> AccountList:
    """The list in a Parquet file; its columns keep their types, nested ones too.

    Raises:
        FactError: it is no Parquet file.
    """
    file = file_literal(path)
    try:
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
        headers=tuple(str(row[0]) for row in described),
        types=tuple(str(row[1]) for row in described),
        relation=f"read_parquet({file}) AS t({names})",
        numbered=f"{numbered} AS t({names}, {number})",
        place=lambda row: (row, row),
        counted=lambda: CountedRows(rows_in, 0, 0),
        few=rows_in <= FEW_ROWS,
    )
