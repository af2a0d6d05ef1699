"""Take the cells of a sheet as they stand: numbers to the last digit, errors as errors."""

from __future__ import annotations

import re
from typing import Any, Final

from keyaccount.batch.account_list import column_name
from keyaccount.batch.duck import Database, identifier

_TEXT_TYPES: Final = ("string", "large_string", "string_view")
_ERROR: Final = re.compile(r"Error\((\w+)\)")
_ERRORS: Final = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}
"""What a sheet shows where a formula failed, by fastexcel's word for it."""


def take_cells(workbook: Any, pyarrow: Any, skip_rows: int, database: Database) -> int:
    """Hand the first sheet to the database: table `list`, columns `in#0`, `in#1`, ... and `line`.

    fastexcel leaves out cells whose formula failed, but tells of them: such a
    cell is text, `#DIV/0!` for one, lest it pass for an empty cell.

    Args:
        workbook: as fastexcel opened it.
        pyarrow: the package, which is there with the extra `xlsx` alone.
        skip_rows: rows above the list, its header among them.
        database: where the cells go; `line` counts from 1.

    Returns:
        The number of rows.
    """
    sheet, problems = _load(workbook, skip_rows, {}).to_arrow_with_errors()
    failed = [
        (row + 1, column, _ERRORS.get(found[1], "#ERROR!"))
        for row, column, detail in _places(problems)
        if (found := _ERROR.search(detail))
    ]
    as_text = dict.fromkeys((column for _, column, _ in failed), "string")
    if as_text:
        sheet = _load(workbook, skip_rows, as_text).to_arrow()
    _create(workbook, sheet, skip_rows, database)
    for column in as_text:
        at = {line: text for line, other, text in failed if other == column}
        shown = pyarrow.table({"at": list(at), "text": list(at.values())})
        database.take_arrow("shown", shown)
        name = identifier(column_name(column))
        database.run(f"UPDATE list SET {name} = shown.text FROM shown WHERE line = shown.at")
    return int(sheet.num_rows)


def _load(workbook: Any, skip_rows: int, types: dict[int, str]) -> Any:
    return workbook.load_sheet(
        0, header_row=None, skip_rows=skip_rows, schema_sample_rows=None, dtypes=types or None
    )


def _places(problems: Any) -> list[tuple[int, int, str]]:
    """Row and column from 0, and what fastexcel says."""
    return [(*each.offset_position, each.detail) for each in problems.errors] if problems else []


def _create(workbook: Any, sheet: Any, skip_rows: int, database: Database) -> None:
    """Create the table `list`.

    In a column of numbers and texts, fastexcel writes numbers with nine
    decimals at most. Such columns are read once more as numbers: where a
    cell's text is another number than the cell itself, the cell is right.
    """
    names = [column_name(index) for index in range(sheet.num_columns)]
    texts = [index for index, field in enumerate(sheet.schema) if str(field.type) in _TEXT_TYPES]
    cells, source = [identifier(name) for name in names], "sheet"
    database.take_arrow("sheet", sheet.rename_columns(names))
    if texts:
        numbers = _load(workbook, skip_rows, dict.fromkeys(texts, "float")).to_arrow()
        database.take_arrow("numbers", numbers.rename_columns([f"n{name}" for name in names]))
        source = "sheet POSITIONAL JOIN numbers"
    for index in texts:
        text, number = cells[index], identifier(f"n{names[index]}")
        other = f"TRY_CAST({text} AS DOUBLE) <> {number}"
        cells[index] = f"CASE WHEN {other} THEN {number}::VARCHAR ELSE {text} END AS {text}"
    listed = ", ".join(cells)
    database.run(
        f"CREATE TABLE list AS SELECT {listed}, row_number() OVER () AS line FROM {source}"
    )
