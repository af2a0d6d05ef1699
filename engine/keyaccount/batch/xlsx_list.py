"""Read an account list from an Excel workbook: its first sheet."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from keyaccount.batch.account_list import (
    FEW_ROWS,
    ROW_NUMBER,
    AccountList,
    CountedRows,
    column_name,
)
from keyaccount.batch.duck import Database, identifier
from keyaccount.batch.mapping import folded
from keyaccount.batch.xlsx_cells import take_cells
from keyaccount.batch.xlsx_guard import WorkbookLimits, check_workbook
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError

_HEADER_WITHIN: Final = 20
"""The header is looked for in this many rows: titles often stand above it."""


def open_xlsx(path: Path, database: Database, fact_names: Collection[str]) -> AccountList:
    """The list on the first sheet of a workbook.

    Blank rows are none of the list. The header is the first row in which a
    cell names a fact; where there is none, the first row that isn't blank.

    Args:
        path: the workbook.
        database: where the list goes.
        fact_names: folded headers that facts go by.

    Raises:
        FactError: no workbook, one past the limits, or one without a header.
    """
    fastexcel = required("fastexcel")
    # It logs a warning for each column without a single value.
    logging.getLogger("fastexcel").setLevel(logging.ERROR)
    pyarrow = required("pyarrow")
    check_workbook(path, WorkbookLimits())
    try:
        workbook = fastexcel.read_excel(str(path))
        top = _rows(workbook, 0, _HEADER_WITHIN)
    except fastexcel.FastExcelError as error:
        raise FactError([batch_messages.unreadable_file(str(path), str(error))]) from None
    header_at = _header_row(top, fact_names)
    if header_at is None:
        raise FactError([batch_messages.no_header(str(path))])
    sheet_rows = take_cells(workbook, pyarrow, header_at + 1, database)
    found = _list_of(top[header_at], sheet_rows, database, first_line=header_at + 2)
    return replace(found, doubts=tuple(_other_sheets(workbook)))


def _other_sheets(workbook: Any) -> Iterator[Diagnostic]:
    """What to say of further sheets with anything on them."""
    first, *others = workbook.sheet_names
    told = [
        name
        for name in others
        if workbook.load_sheet(name, header_row=None, n_rows=1, dtypes="string").total_height
    ]
    if told:
        yield batch_messages.other_sheets(first, told)


def required(package: str) -> ModuleType:
    """A package of the extra `xlsx`.

    Raises:
        FactError: it isn't installed.
    """
    try:
        # Imported by name where it is used: most lists are CSV or Parquet.
        return importlib.import_module(package)
    except ImportError:
        raise FactError([batch_messages.missing_extra("xlsx", package)]) from None


def _rows(workbook: Any, start: int, count: int) -> list[list[str | None]]:
    sheet = workbook.load_sheet(0, header_row=None, skip_rows=start, n_rows=count, dtypes="string")
    columns = sheet.to_arrow().to_pydict().values()
    return [list(row) for row in zip(*columns, strict=True)]


def _header_row(rows: list[list[str | None]], fact_names: Collection[str]) -> int | None:
    filled = [at for at, row in enumerate(rows) if any(cell and cell.strip() for cell in row)]
    for at in filled:
        if any(cell and folded(cell) in fact_names for cell in rows[at]):
            return at
    return filled[0] if filled else None


def _list_of(
    header: list[str | None],
    sheet_rows: int,
    database: Database,
    first_line: int,
) -> AccountList:
    headers = tuple((cell or "").strip() for cell in header)
    names = [identifier(column_name(index)) for index in range(len(headers))]
    listed, number = ", ".join(names), identifier(ROW_NUMBER)
    columns = ", ".join(f"{_plainer(name, database)} AS {name}" for name in names)
    blank = " AND ".join(f"nullif(trim({name}::VARCHAR), '') IS NULL" for name in names)
    database.run(
        f"CREATE TABLE kept AS "
        f"SELECT {columns}, line, row_number() OVER (ORDER BY line) AS {number} "
        f"FROM list WHERE NOT ({blank}) ORDER BY line"
    )
    lines = [int(str(row[0])) for row in database.rows("SELECT line FROM kept ORDER BY line")]
    types = [str(row[1]) for row in database.rows(f"DESCRIBE SELECT {listed} FROM kept")]
    counts = CountedRows(len(lines), sheet_rows - len(lines), 0)
    return AccountList(
        headers=headers,
        types=tuple(types),
        relation=f"kept AS t({listed}, line, {number})",
        numbered=f"kept AS t({listed}, line, {number})",
        place=lambda number: (number, lines[number - 1] + first_line - 1),
        counted=lambda: counts,
        few=counts.rows_in <= FEW_ROWS,
    )


def _plainer(name: str, database: Database) -> str:
    """A column in the plainest type that holds all of it.

    A workbook has no integers and no dates, only numbers and instants.
    """
    kind = str(database.rows(f"SELECT any_value(typeof({name})) FROM list")[0][0])
    if kind == "DOUBLE":
        whole = f"bool_and({name} = trunc({name}) AND abs({name}) < 1e15)"
        target = "BIGINT"
    elif kind.startswith("TIMESTAMP"):
        whole, target = f"bool_and({name} = date_trunc('day', {name}))", "DATE"
    else:
        return name
    fits = database.rows(f"SELECT {whole} FROM list")[0][0]
    return f"CAST({name} AS {target})" if fits else name
