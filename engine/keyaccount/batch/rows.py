"""Read a list row by row, as facts: for whoever decides each row apart from the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

import duckdb

from keyaccount.batch.account_list import (
    ROW_NUMBER,
    AccountList,
    column_name,
    existing_file,
)
from keyaccount.batch.cells import MissingMarkers
from keyaccount.batch.csv_list import look_at, open_cleaned
from keyaccount.batch.duck import Database, Resources, database, identifier
from keyaccount.batch.file_format import FileFormat, format_of
from keyaccount.batch.mapping import fact_headers, folded, map_columns
from keyaccount.batch.parquet_list import open_parquet
from keyaccount.batch.request import Task, task_of
from keyaccount.batch.row_decider import RowReader
from keyaccount.batch.sql_cells import as_text, is_list
from keyaccount.batch.xlsx_list import open_xlsx
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.policy_set import PolicySet

_CHUNK_ROWS: Final = 1_000
_MARKERS: Final = MissingMarkers()


@dataclass(frozen=True, slots=True)
class FactRow:
    """A row: `number` counts from 1, `line` is where it stands in the file.

    `kept` is the text of the column that was asked for.
    """

    number: int
    line: int
    kept: str | None
    _cells: Sequence[str | None]
    _reader: RowReader

    def facts(self) -> dict[str, object] | None:
        """The facts that its cells give; None where one of them gives none."""
        row = self._reader.read(self._cells)
        return None if row.bad else row.facts


@dataclass(frozen=True, slots=True)
class FactRows:
    """The rows of an open list, to be gone through once.

    `count` is how many come; `unreadable` how many were left out, as they
    could not be taken apart.
    """

    count: int
    unreadable: int
    _database: Database
    _accounts: AccountList
    _reader: RowReader
    _select: str

    def __iter__(self) -> Iterator[FactRow]:
        for chunk in self._database.stream(self._select, _CHUNK_ROWS):
            for number, kept, *cells in cast("list[tuple[Any, ...]]", chunk):
                _, line = self._accounts.place(number)
                yield FactRow(number, line, kept, cells, self._reader)


@contextmanager
def open_rows(
    policies: PolicySet,
    policy: str,
    path: Path,
    folder: Path,
    *,
    decisions: Sequence[str] | None = None,
    as_of: date | None = None,
    encoding: str | None = None,
    keep: str | None = None,
) -> Iterator[FactRows]:
    """Open a list as `run_batch` does; what its cells mean is the same to the letter.

    Args:
        policies: the policies.
        policy: the name of the policy.
        path: CSV, Parquet or XLSX, by its ending.
        folder: where intermediate files may go; they are gone at the end.
        decisions: local names of the decisions that the facts are for; all where left out.
        as_of: the date of the decisions; today where left out.
        encoding: of a CSV file; found out where left out.
        keep: the header of a column whose texts are wanted besides.

    Raises:
        FactError: the file or its headers are not as they should be.
    """
    task = task_of(policies, policy, decisions, {}, as_of, _MARKERS)
    format_of(existing_file(path))
    with database(folder / path.name, Resources(threads=1)) as db:
        try:
            accounts, unreadable = _opened(path, db, task, encoding, keep)
            yield _rows(db, accounts, task, keep, unreadable)
        except duckdb.Error as error:
            raise FactError([batch_messages.cannot_compute(str(error))]) from None


def _opened(
    path: Path, db: Database, task: Task, encoding: str | None, keep: str | None
) -> tuple[AccountList, int]:
    """The list, and how many of its rows could not be taken apart."""
    match format_of(path):
        case FileFormat.PARQUET:
            return open_parquet(path, db), 0
        case FileFormat.XLSX:
            names = fact_headers(task.facts, {} if keep is None else {keep: keep})
            return open_xlsx(path, db, names), 0
        case FileFormat.CSV:
            file = look_at(path, encoding, db.folder)
            accounts = open_cleaned(file, db.folder, lambda *_: None, lambda _: None)
            return accounts, accounts.counted().structural_rejects


def _rows(
    db: Database, accounts: AccountList, task: Task, keep: str | None, unreadable: int
) -> FactRows:
    db.make_room(len(accounts.headers))
    columns = map_columns(accounts.headers, task.facts, {}, {}, tuple(task.program.facts)).by_fact
    kept = "NULL" if keep is None else _text(accounts, _place_of(keep, accounts.headers))
    lists = {name: is_list(accounts.types[index]) for name, index in columns.items()}
    cells = [_text(accounts, index) for index in columns.values()]
    number = identifier(ROW_NUMBER)
    select = f"SELECT {', '.join([number, kept, *cells])} FROM {accounts.numbered}"
    reader = RowReader(task.program, lists, _MARKERS)
    count = accounts.counted().rows_in - unreadable
    return FactRows(count, unreadable, db, accounts, reader, select)


def _text(accounts: AccountList, index: int) -> str:
    return as_text(identifier(column_name(index)), accounts.types[index])


def _place_of(header: str, headers: Sequence[str]) -> int:
    """The column of a header.

    Raises:
        FactError: there is none.
    """
    for index, each in enumerate(headers):
        if folded(each) == folded(header):
            return index
    raise FactError([batch_messages.unknown_header(header, headers)])
