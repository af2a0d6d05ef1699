"""Write the result: CSV and Parquet by the database, XLSX row by row."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keyaccount.batch.account_list import column_name
from keyaccount.batch.csv_records import join_record
from keyaccount.batch.duck import Database, identifier, literal
from keyaccount.batch.file_format import FileFormat
from keyaccount.batch.phases import Tell
from keyaccount.batch.xlsx_write import write_xlsx
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import FactError

_CHUNK_ROWS: Final = 5_000
_BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Target:
    """The file to be written: `path` is where it grows, not where it will stand.

    `headers` are those of the list, then those of the outputs.
    """

    path: Path
    format: FileFormat
    headers: tuple[str, ...]
    delimiter: str
    bom: bool


def check_headers(headers: Sequence[str], kind: FileFormat) -> None:
    """Refuse headers that a Parquet file cannot hold: it tells no names apart by case.

    Raises:
        FactError: there are some.
    """
    if kind is not FileFormat.PARQUET:
        return
    folded = [each.casefold() for each in headers]
    repeated = [each for each in dict.fromkeys(headers) if folded.count(each.casefold()) > 1]
    if repeated:
        raise FactError([batch_messages.duplicate_headers(repeated, "Parquet")])


def place(made: Path, target: Path) -> None:
    """Put a finished file where it belongs, in one step."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        made.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # On another file system: copied beside its place first, so that no half stands there.
        try:
            shutil.copyfile(made, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


def write(database: Database, target: Target, select: str, passed: int, tell: Tell | None) -> int:
    """Write the rows of a query.

    Args:
        database: runs the query.
        target: the file.
        select: the query; its columns are the list's, by `column_name`, then
            the outputs by their headers.
        passed: how many columns the list has.
        tell: told the share that is done.

    Returns:
        The number of rows written.
    """
    match target.format:
        case FileFormat.CSV:
            return _write_csv(database, target, select, tell)
        case FileFormat.PARQUET:
            return _write_parquet(database, target, select, passed, tell)
        case FileFormat.XLSX:
            chunks = database.stream(select, _CHUNK_ROWS)
            return write_xlsx(target.path, target.headers, chunks)


def _write_csv(database: Database, target: Target, select: str, tell: Tell | None) -> int:
    # The header is written as a prefix: a column of a query cannot have every name a header has.
    header = _header_line(target)
    statement = (
        f"COPY ({select}) TO {literal(str(target.path))} (FORMAT csv, HEADER false, "
        f"DELIMITER {literal(target.delimiter)}, QUOTE '\"', ESCAPE '\"', "
        f"PREFIX {literal(header)}, SUFFIX {literal(_NEW_LINE)})"
    )
    rows = _rows_written(database, statement, tell)
    if rows == 0:
        target.path.write_text(header, encoding="utf-8", newline="")
    return rows


def _write_parquet(
    database: Database, target: Target, select: str, passed: int, tell: Tell | None
) -> int:
    named = [
        f"{identifier(column_name(index))} AS {identifier(header or f'column_{index + 1}')}"
        for index, header in enumerate(target.headers[:passed])
    ]
    outputs = [identifier(header) for header in target.headers[passed:]]
    statement = (
        f"COPY (SELECT {', '.join([*named, *outputs])} FROM ({select}) AS result) "
        f"TO {literal(str(target.path))} (FORMAT parquet)"
    )
    return _rows_written(database, statement, tell)


def _rows_written(database: Database, statement: str, tell: Tell | None) -> int:
    counted = database.run(statement, tell).fetchone()
    return int(counted[0]) if counted else 0


_NEW_LINE: Final = "\n"


def _header_line(target: Target) -> str:
    cells = [header.encode() for header in target.headers]
    line = join_record(cells, target.delimiter.encode()).decode()
    return (_BOM if target.bom else "") + line + _NEW_LINE
