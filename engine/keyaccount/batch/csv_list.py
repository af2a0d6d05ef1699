"""Read an account list from a CSV file: the fast way, or by way of a clean copy."""

from __future__ import annotations

import codecs
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keyaccount.batch.account_list import (
    FEW_BYTES,
    ROW_NUMBER,
    AccountList,
    CountedRows,
    column_list,
    column_name,
)
from keyaccount.batch.csv_clean import Cleaned, Places, RejectRow, clean_copy
from keyaccount.batch.csv_dialect import (
    HEAD_BYTES,
    WIDE_ENCODINGS,
    Head,
    find_encoding,
    read_head,
)
from keyaccount.batch.csv_records import RecordLimits
from keyaccount.batch.csv_scan import Layout, scan
from keyaccount.batch.duck import file_literal, identifier, literal
from keyaccount.batch.phases import Tell
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import FactError

_COPY_CHARACTERS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file that has been looked at: `path` is in an encoding whose line breaks are one byte.

    `simple`: nothing at its beginning asks for the careful reader.
    """

    path: Path
    head: Head
    simple: bool


def look_at(path: Path, encoding: str | None, folder: Path) -> CsvFile:
    """Find out how a file is written.

    Args:
        path: the file.
        encoding: what the caller says it is in; None has it found out.
        folder: where an intermediate copy may go.

    Raises:
        FactError: no header, an unknown encoding, or not text at all.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            found, _ = find_encoding(file.read(HEAD_BYTES), encoding)
        if found in WIDE_ENCODINGS:
            path, encoding = _in_utf8(path, found, folder), "utf-8"
        head = read_head(path, encoding, name)
    except OSError as error:
        raise FactError([batch_messages.unreadable_file(name, error.strerror or "")]) from None
    simple = (
        head.dialect.encoding == "utf-8"
        and len(head.headers) > 1
        and head.data_line == 2
        and scan(path, head.data_offset, HEAD_BYTES).plain
    )
    return CsvFile(path, head, simple)


def open_directly(file: CsvFile) -> AccountList:
    """The list, read by the database as it stands, while its rows are counted beside it.

    Whether that reading may be trusted is known when the count is there: the
    two agree, and `counted` gives the rows; else it gives None rows.
    """
    counter = _Counter(file)
    relation = _relation(file.path, file.head, header=True, parallel=True)

    def place(number: int) -> tuple[int, int]:
        return counter.places().of(number)

    return _list_of(file, relation, place, counter.counted)


def open_cleaned(file: CsvFile, folder: Path, reject: RejectRow, tell: Tell) -> AccountList:
    """The list without its broken rows, which are rejected.

    Args:
        file: the file.
        folder: where the clean copy goes.
        reject: called for each row left out.
        tell: told the part of the file that has been read.
    """
    copy = folder / "clean.csv"
    size = max(file.path.stat().st_size, 1)
    cleaned = clean_copy(
        file.path, copy, file.head, RecordLimits(), reject, lambda done: tell(done / size)
    )
    counts = CountedRows(cleaned.rows_in, cleaned.blank, cleaned.rows_in - cleaned.kept)
    relation = _relation(copy, file.head, header=False, parallel=not cleaned.spans_lines)
    return _list_of(file, relation, cleaned.places.of, lambda: counts)


class UntrustedFileError(Exception):
    """The file holds what the fast reader is not to be trusted with."""


class _Counter:
    """Counts the rows of a file in a thread, while the database reads it."""

    def __init__(self, file: CsvFile) -> None:
        self._file = file
        self._layout: Layout | None = None
        self._places: Places | None = None
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    def counted(self) -> CountedRows:
        layout = self._finished()
        if not layout.plain:
            raise UntrustedFileError
        return CountedRows(layout.rows, 0, 0)

    def places(self) -> Places:
        """Where rows stand: on consecutive lines, unless some take several."""
        if self._places is None:
            self._places = self._found_places()
        return self._places

    def _count(self) -> None:
        # A file that cannot be read is told of by its reader.
        with suppress(OSError):
            self._layout = scan(self._file.path, self._file.head.data_offset)

    def _finished(self) -> Layout:
        self._thread.join()
        if self._layout is None:
            raise UntrustedFileError
        return self._layout

    def _found_places(self) -> Places:
        if not self._finished().spans_lines:
            return Places(self._file.head.data_line)
        return _places_of(self._file)


def _places_of(file: CsvFile) -> Places:
    cleaned: Cleaned = clean_copy(
        file.path,
        Path(os.devnull),
        file.head,
        RecordLimits(),
        lambda *_: None,
        lambda _: None,
    )
    return cleaned.places


def _list_of(
    file: CsvFile,
    relation: str,
    place: Callable[[int], tuple[int, int]],
    counted: Callable[[], CountedRows],
) -> AccountList:
    count = len(file.head.headers)
    names = column_list(count)
    number = identifier(ROW_NUMBER)
    numbered = f"(SELECT {names}, row_number() OVER () AS {number} FROM {relation})"
    return AccountList(
        headers=file.head.headers,
        types=("VARCHAR",) * count,
        relation=relation,
        numbered=f"{numbered} AS t({names}, {number})",
        place=place,
        counted=counted,
        few=file.path.stat().st_size <= FEW_BYTES,
        delimiter=file.head.dialect.delimiter.decode(),
        bom=file.head.dialect.bom > 0 or file.head.dialect.encoding != "utf-8",
    )


def _relation(path: Path, head: Head, *, header: bool, parallel: bool) -> str:
    """The file as the database reads it: all text, nothing detected, every oddity an error."""
    columns = ", ".join(f"{literal(column_name(i))}: 'VARCHAR'" for i in range(len(head.headers)))
    new_line = "" if header else ", new_line = '\\n'"
    return (
        f"read_csv({file_literal(path)}, auto_detect = false, header = {str(header).lower()}, "
        f"delim = {literal(head.dialect.delimiter.decode())}, quote = '\"', escape = '\"', "
        f"columns = {{{columns}}}, allow_quoted_nulls = false, strict_mode = true, "
        f"compression = 'none', parallel = {str(parallel).lower()}{new_line})"
    )


def _in_utf8(path: Path, encoding: str, folder: Path) -> Path:
    """A copy of a file in UTF-8.

    Raises:
        FactError: it is not in the encoding.
    """
    target = folder / "utf8.csv"
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as source, target.open("wb") as copy:
            while block := source.read(_COPY_CHARACTERS):
                copy.write(decoder.decode(block).encode())
            copy.write(decoder.decode(b"", final=True).encode())
    except UnicodeError:
        reason = batch_messages.not_in_encoding(encoding).message
        raise FactError([batch_messages.unreadable_file(str(path), reason.en)]) from None
    return target
