"""Find out how a CSV file is written: its encoding, its delimiter, its header."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keyaccount.batch.csv_records import QUOTE, Record, split_record
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError

DELIMITERS: Final = (b",", b";", b"\t")
HEAD_BYTES: Final = 1 << 20
"""How much of a file is looked at to tell how it is written."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# In these a comma, a quote or a line's end is not one byte of its own, so a file must be
# turned into UTF-8 before it can be taken apart.
WIDE_ENCODINGS: Final = frozenset(
    f"utf-{bits}{order}" for bits in (16, 32) for order in ("", "-le", "-be")
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written.

    `encoding` is Python's name; `bom` the bytes before the first character.
    """

    encoding: str
    bom: int
    delimiter: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """A file's dialect and header.

    `data_offset` is where the first data row may begin, in bytes; `data_line`
    the number of that line.
    """

    dialect: Dialect
    headers: tuple[str, ...]
    data_offset: int
    data_line: int


def read_head(path: Path, encoding: str | None, name: str) -> Head:
    """The dialect and header of a file that is not in a wide encoding.

    Args:
        path: the file.
        encoding: what the caller says; None has it found out.
        name: the file as people know it.

    Raises:
        FactError: the file has no header, or one that cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    chosen, bom = find_encoding(head, encoding)
    line_start, line = bom, 1
    while (end := _line_end(head, line_start)) > line_start and not head[line_start:end].strip():
        line_start, line = end, line + 1
    if line_start >= len(head):
        raise FactError([batch_messages.no_header(name)])
    record = _header_record(head, line_start, name)
    delimiter = find_delimiter(record)
    cells = split_record(record, delimiter)
    if isinstance(cells, Diagnostic):
        raise FactError([batch_messages.bad_header(name, cells.message)])
    return Head(
        Dialect(chosen, bom, delimiter),
        tuple(_decoded(cells, chosen, name)),
        line_start + len(record),
        line + max(record.count(b"\n"), 1),
    )


def find_encoding(head: bytes, asked: str | None) -> tuple[str, int]:
    """The encoding, and how many bytes of byte-order mark come first.

    UTF-8 unless there are lines outside ASCII most of which are not, while
    GB18030 reads them all.

    Raises:
        FactError: an encoding is asked for that does not exist.
    """
    for mark, marked in _BOMS:
        if head.startswith(mark):
            return marked, len(mark)
    if asked is not None:
        try:
            "".encode(asked)  # of a codec that is not of texts `lookup` says nothing
            return codecs.lookup(asked).name, 0
        except (LookupError, ValueError):
            raise FactError([batch_messages.unknown_encoding(asked)]) from None
    whole = head if len(head) < HEAD_BYTES else head[: head.rfind(b"\n") + 1]
    beyond_ascii = [line for line in whole.split(b"\n") if not line.isascii()]
    as_utf8 = sum(_is_valid(line, "utf-8") for line in beyond_ascii)
    if as_utf8 * 2 < len(beyond_ascii) and all(_is_valid(line, "gb18030") for line in beyond_ascii):
        return "gb18030", 0
    return "utf-8", 0


def find_delimiter(header: bytes) -> bytes:
    """The delimiter that stands most often in the header, outside quotes; a comma if none does."""
    outside = b"".join(header.split(QUOTE)[::2])
    return max(DELIMITERS, key=outside.count)


def _header_record(head: bytes, start: int, name: str) -> Record:
    end = _line_end(head, start)
    while head[start:end].count(QUOTE) % 2 and end < len(head):
        end = _line_end(head, end)
    record = head[start:end]
    if b"\0" in record:
        reason = batch_messages.nul_character().message
        raise FactError([batch_messages.bad_header(name, reason)])
    return record


def _line_end(text: bytes, start: int) -> int:
    """The offset behind the line's break; a CR alone breaks a line too."""
    feed = text.find(b"\n", start)
    feed = len(text) if feed < 0 else feed + 1
    carriage = text.find(b"\r", start, feed)
    return feed if carriage < 0 or text[carriage + 1 : carriage + 2] == b"\n" else carriage + 1


def _decoded(cells: list[bytes], encoding: str, name: str) -> list[str]:
    try:
        return [cell.decode(encoding) for cell in cells]
    except UnicodeDecodeError:
        reason = batch_messages.not_in_encoding(encoding).message
        raise FactError([batch_messages.bad_header(name, reason)]) from None


def _is_valid(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
