"""Write rows to an Excel workbook: texts as texts, never as formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, Final

from keyaccount.batch.xlsx_list import required
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import FactError

MOST_ROWS: Final = 1_048_575
"""Rows that a sheet holds beside the header."""
MOST_COLUMNS: Final = 16_384
_LONGEST_TEXT: Final = 32_767
_EXACT_DIGITS: Final = 15
_FIRST_YEAR: Final = 1900

Value = object


def write_xlsx(
    path: Path, headers: Sequence[str], chunks: Iterable[Sequence[Sequence[Value]]]
) -> int:
    """Write a workbook of one sheet, row by row; memory stays bounded.

    Args:
        path: the file to write.
        headers: the first row.
        chunks: the rows, in chunks.

    Returns:
        The number of rows written, without the header.

    Raises:
        FactError: more rows or columns than a sheet holds, or a package isn't there.
        OSError: the file cannot be written.
    """
    xlsxwriter = required("xlsxwriter")
    if len(headers) > MOST_COLUMNS:
        raise FactError([batch_messages.too_large(path.name, f"{MOST_COLUMNS} columns")])
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    workbook = xlsxwriter.Workbook(str(path), options)
    writer = _Writer(workbook)
    try:
        writer.write_row(headers)
        for chunk in chunks:
            for row in chunk:
                if writer.rows > MOST_ROWS:
                    raise FactError([batch_messages.too_large(path.name, f"{MOST_ROWS} rows")])
                writer.write_row(row)
    finally:
        _close(workbook)
    return writer.rows - 1


def _close(workbook: Any) -> None:
    """Write the file.

    Raises:
        OSError: the file system's own, where there is no room, for one.
    """
    try:
        workbook.close()
    except required("xlsxwriter.exceptions").FileCreateError as error:
        raise error.args[0] from None


class _Writer:
    """Writes the sheet, each value in the cell type that holds it."""

    def __init__(self, workbook: Any) -> None:
        self._sheet = workbook.add_worksheet()
        self._date = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self._instant = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.rows = 0

    def write_row(self, values: Sequence[Value]) -> None:
        for column, value in enumerate(values):
            if value is not None:
                self._write(column, value)
        self.rows += 1

    def _write(self, column: int, value: Value) -> None:
        sheet, row = self._sheet, self.rows
        match value:
            case bool():
                sheet.write_boolean(row, column, value)
            case datetime() if value.tzinfo is None and value.year >= _FIRST_YEAR:
                sheet.write_datetime(row, column, value, self._instant)
            case date() if not isinstance(value, datetime) and value.year >= _FIRST_YEAR:
                sheet.write_datetime(row, column, value, self._date)
            case int() | float() | Decimal() if _survives(value):
                sheet.write_number(row, column, value)
            case _:
                text = str(value)
                if len(text) > _LONGEST_TEXT:
                    limit = f"{_LONGEST_TEXT} characters in a cell"
                    raise FactError([batch_messages.too_large("xlsx", limit)])
                sheet.write_string(row, column, text)


def _survives(value: Decimal | float) -> bool:
    """Whether a cell, which is a binary double, holds the number exactly."""
    if isinstance(value, float):
        return isfinite(value)
    digits = Decimal(value)
    return digits.is_finite() and len(digits.normalize().as_tuple().digits) <= _EXACT_DIGITS
