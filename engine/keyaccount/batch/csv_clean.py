"""Write a copy of a CSV file that holds its good rows alone, in UTF-8, without the header.

The fast reader takes that copy without a complaint; the rows left out are
rejects, and `Places` knows where each row that was kept stood in the file.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keyaccount.batch.csv_dialect import Head
from keyaccount.batch.csv_records import BrokenRow, RecordLimits, Records, Row, join_record
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import Diagnostic

_TELL_EVERY = 100_000

RejectRow = Callable[[int, int, str, Diagnostic], None]
"""Called with the row's number, its line, its text and the reason."""


class Places:
    """Where the rows that were kept stood: row numbers and lines, kept where they jump."""

    def __init__(self, first_line: int) -> None:
        self._kept = array("q", [1])
        self._rows = array("q", [0])
        self._lines = array("q", [first_line - 1])

    def note(self, kept: int, row: int, line: int) -> None:
        """The row kept as number `kept` is row `row` of the list, on line `line` of the file."""
        row_offset, line_offset = row - kept, line - kept
        if row_offset != self._rows[-1] or line_offset != self._lines[-1]:
            self._kept.append(kept)
            self._rows.append(row_offset)
            self._lines.append(line_offset)

    def of(self, kept: int) -> tuple[int, int]:
        """The row number and the line of a row that was kept."""
        at = bisect_right(self._kept, kept) - 1
        return kept + self._rows[at], kept + self._lines[at]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What the copy came to: rows in the file, rows kept, blank lines, and where they stood.

    `spans_lines`: whether a kept row holds a line break in a cell.
    """

    rows_in: int
    kept: int
    blank: int
    places: Places
    spans_lines: bool


def clean_copy(
    source: Path,
    target: Path,
    head: Head,
    limits: RecordLimits,
    reject: RejectRow,
    tell: Callable[[int], None],
) -> Cleaned:
    """Copy the good rows of a file.

    Args:
        source: the file, in an encoding in which a line break is one byte.
        target: where the copy goes.
        head: the file's dialect and header.
        limits: bounds on one record.
        reject: called for every row left out, in order.
        tell: called now and then with the number of bytes read.
    """
    dialect, columns = head.dialect, len(head.headers)
    encoding = "" if dialect.encoding in {"utf-8", "ascii"} else dialect.encoding
    places, kept, spans = Places(head.data_line), 0, False
    with source.open("rb") as file, target.open("wb") as out:
        file.seek(head.data_offset)
        records = Records(file, dialect.delimiter, columns, head.data_line, limits)
        for row in records:
            if row.number % _TELL_EVERY == 0:
                tell(file.tell())
            text = row if isinstance(row, BrokenRow) else _as_utf8(row, dialect.delimiter, encoding)
            if isinstance(text, BrokenRow):
                shown = text.record.decode(dialect.encoding, "backslashreplace")
                reject(text.number, text.line, shown.rstrip("\r\n"), text.reason)
                continue
            kept += 1
            places.note(kept, row.number, row.line)
            spans = spans or b"\n" in text or b"\r" in text
            out.write(text)
            out.write(b"\n")
    return Cleaned(records.rows, kept, records.blank, places, spans)


def _as_utf8(row: Row, delimiter: bytes, encoding: str) -> bytes | BrokenRow:
    record = row.record.rstrip(b"\r\n") if row.cells is None else join_record(row.cells, delimiter)
    try:
        if encoding:
            return record.decode(encoding).encode()
        if not record.isascii():
            record.decode()
    except UnicodeDecodeError:
        reason = batch_messages.not_in_encoding(encoding or "UTF-8")
        return BrokenRow(row.number, row.line, row.record, reason)
    return record
