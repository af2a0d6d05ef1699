"""Take a CSV file apart record by record, and get over what is broken in it.

A record is rejected alone: reading goes on at the next line, also behind a
quote that never closes. Source: RFC 4180, with CR, LF and CRLF as line breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import Diagnostic

QUOTE: Final = b'"'
_CHUNK_BYTES: Final = 1 << 20
_BLANKS: Final = b" \t"

Record = bytes
"""The bytes of one record, line breaks inside quotes and at its end included."""


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """`record_bytes` and `record_lines` bound one record; past them a quote counts as unclosed."""

    record_bytes: int = 2_000_000
    record_lines: int = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """A data row: its number (from 1), its first line in the file, its cells' bytes.

    `cells` is None where the record holds no quote: it is then fit to be copied as it stands.
    """

    number: int
    line: int
    record: Record
    cells: list[bytes] | None


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be taken apart, and why."""

    number: int
    line: int
    record: Record
    reason: Diagnostic


class Records:
    """The rows of a file, one after the other; `blank` counts the blank lines between them."""

    def __init__(
        self,
        file: BinaryIO,
        delimiter: bytes,
        columns: int,
        first_line: int,
        limits: RecordLimits,
    ) -> None:
        self.blank = 0
        self.rows = 0
        self._lines = _Lines(file, limits.record_bytes, first_line)
        self._delimiter = delimiter
        self._columns = columns
        self._limits = limits

    def __iter__(self) -> Iterator[Row | BrokenRow]:
        wanted = self._columns - 1
        delimiter, lines = self._delimiter, self._lines
        while (line := lines.next()) is not None:
            if not line.strip(b" \r\n"):
                self.blank += 1
                continue
            self.rows += 1
            if (
                QUOTE not in line
                and b"\0" not in line
                and line.count(delimiter) == wanted
                and len(line) <= self._limits.record_bytes
            ):
                yield Row(self.rows, lines.number, line, None)
            else:
                yield self._careful(line)

    def _careful(self, line: bytes) -> Row | BrokenRow:
        number, start = self.rows, self._lines.number
        if len(line) > self._limits.record_bytes:
            reason = batch_messages.row_too_long(self._limits.record_bytes)
            return BrokenRow(number, start, line, reason)
        record, cells = self._whole_record(line)
        if isinstance(cells, Diagnostic):
            return BrokenRow(number, start, line, cells)
        if b"\0" in record:
            return BrokenRow(number, start, record, batch_messages.nul_character())
        if len(cells) < self._columns:
            reason = batch_messages.too_few_columns(len(cells), self._columns)
            return BrokenRow(number, start, record, reason)
        if any(cells[self._columns :]):
            reason = batch_messages.too_many_columns(len(cells), self._columns)
            return BrokenRow(number, start, record, reason)
        return Row(number, start, record, cells[: self._columns])

    def _whole_record(self, line: bytes) -> tuple[Record, list[bytes] | Diagnostic]:
        """The record that begins with a line; takes further lines only if they make it whole."""
        cells = split_record(line, self._delimiter)
        taken = [line]
        size = len(line)
        while isinstance(cells, Diagnostic) and cells.code == _UNCLOSED.code:
            following = self._lines.next()
            if following is not None:
                taken.append(following)
                size += len(following)
            if (
                following is None
                or len(taken) > self._limits.record_lines
                or size > self._limits.record_bytes
            ):
                break
            if QUOTE in following:
                cells = split_record(b"".join(taken), self._delimiter)
        if isinstance(cells, Diagnostic):
            self._lines.put_back(taken[1:])
            return line, cells
        return b"".join(taken), cells


class _Lines:
    """Physical lines with their numbers, of bounded length, with room to go back.

    A line past the limit comes cut off just behind it; the rest of it is skipped.
    """

    def __init__(self, file: BinaryIO, longest: int, first_line: int) -> None:
        self._source = _physical_lines(file, longest)
        self._returned: list[bytes] = []
        self.number = first_line - 1
        """The number of the line that `next` gave last, or of a record's last line."""

    def next(self) -> bytes | None:
        line = self._returned.pop() if self._returned else next(self._source, None)
        if line is not None:
            self.number += 1
        return line

    def put_back(self, lines: list[bytes]) -> None:
        self._returned.extend(reversed(lines))
        self.number -= len(lines)


def _physical_lines(file: BinaryIO, longest: int) -> Iterator[bytes]:
    rest = b""
    while chunk := file.read(_CHUNK_BYTES):
        lines = (rest + chunk).splitlines(keepends=True)
        # A CR at the end of the chunk may be half of a CRLF.
        rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        yield from lines
        if len(rest) > longest:
            tail = _skip_line(file)
            yield rest[: longest + 1]
            rest = tail
    yield from rest.splitlines(keepends=True)


def _skip_line(file: BinaryIO) -> bytes:
    """Skip to the end of the line; what was read behind it."""
    while chunk := file.read(_CHUNK_BYTES):
        lines = chunk.splitlines(keepends=True)
        if lines[0].endswith((b"\n", b"\r")):
            return chunk[len(lines[0]) :]
    return b""


def split_record(record: Record, delimiter: bytes) -> list[bytes] | Diagnostic:
    """The cells of a record, quotes resolved; or what is wrong with its quotes.

    A quote counts only at the start of a cell; elsewhere it is a character.
    Blanks behind a closing quote are dropped.
    """
    text = record.rstrip(b"\r\n")
    if QUOTE not in text:
        return text.split(delimiter)
    cells: list[bytes] = []
    at = 0
    while True:
        if text[at : at + 1] != QUOTE:
            end = text.find(delimiter, at)
            cells.append(text[at:] if end < 0 else text[at:end])
        else:
            # The break at the end of the record belongs to the text of a quote left open.
            closing = _closing_quote(text, at + 1)
            if closing < 0:
                return _UNCLOSED
            cells.append(text[at + 1 : closing].replace(b'""', QUOTE))
            end = text.find(delimiter, closing + 1)
            behind = text[closing + 1 :] if end < 0 else text[closing + 1 : end]
            if behind.strip(_BLANKS):
                return _TEXT_AFTER_QUOTE
        if end < 0:
            return cells
        at = end + 1


def _closing_quote(text: bytes, at: int) -> int:
    while True:
        at = text.find(QUOTE, at)
        if at < 0 or text[at + 1 : at + 2] != QUOTE:
            return at
        at += 2


def join_record(cells: list[bytes], delimiter: bytes) -> bytes:
    """A record that any reader takes apart into these cells; without a line break at its end."""
    return delimiter.join(_quoted(cell, delimiter) for cell in cells)


def _quoted(cell: bytes, delimiter: bytes) -> bytes:
    if QUOTE in cell or delimiter in cell or cell != cell.strip() or b"\n" in cell or b"\r" in cell:
        return b'"' + cell.replace(QUOTE, b'""') + b'"'
    return cell


_UNCLOSED = batch_messages.unclosed_quote()
_TEXT_AFTER_QUOTE = batch_messages.text_after_quote()
