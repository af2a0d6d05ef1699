"""Refuse workbooks that would burst: measured before anything opens them.

A workbook is a ZIP archive: a few bytes may unfold to gigabytes, whatever the
archive's directory says, and two cells in far corners may span a table of
17 billion. So every part is unfolded once, piece by piece, and measured.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import FactError

_PIECE_BYTES: Final = 1 << 16
_LOCAL_HEADER: Final = struct.Struct("<4s5H3L2H")
_CELL: Final = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_ROW: Final = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d{1,7})"')
_SEAM_BYTES: Final = 200


@dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """`parts` of an archive, `unfolded_bytes` of all together, `cells` that a sheet spans."""

    parts: int = 2_000
    unfolded_bytes: int = 1 << 30
    cells: int = 20_000_000


def check_workbook(path: Path, limits: WorkbookLimits) -> None:
    """Unfold a workbook, and keep nothing.

    Raises:
        FactError: it is no workbook, or past a limit.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            members = archive.infolist()
            if len(members) > limits.parts:
                raise FactError([batch_messages.too_large(str(path), f"{limits.parts} parts")])
            total = 0
            for member in members:
                total += _measure(path, file, member, limits, total)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, NotImplementedError) as error:
        raise FactError([batch_messages.unreadable_file(str(path), str(error))]) from None


def _measure(
    path: Path, file: BinaryIO, member: zipfile.ZipInfo, limits: WorkbookLimits, before: int
) -> int:
    """The unfolded size of one part."""
    size = 0
    extent = _Extent() if member.filename.lower().startswith("xl/worksheets/") else None
    for piece in _unfolded(file, member):
        size += len(piece)
        if before + size > limits.unfolded_bytes:
            limit = f"{limits.unfolded_bytes >> 20} MiB"
            raise FactError([batch_messages.too_large(str(path), limit)])
        if extent is not None:
            extent.take(piece)
            if extent.cells > limits.cells:
                raise FactError([batch_messages.too_large(str(path), f"{limits.cells} cells")])
    return size


def _unfolded(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part's bytes, as they really are and not as many as the directory says."""
    file.seek(member.header_offset)
    header = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if header[0] != b"PK\3\4":
        raise zipfile.BadZipFile("a part is not where the directory says")
    file.seek(header[-2] + header[-1], 1)
    remaining = member.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type else None
    while remaining > 0 and (packed := file.read(min(_PIECE_BYTES, remaining))):
        remaining -= len(packed)
        if inflate is None:
            yield packed
            continue
        while packed:
            yield inflate.decompress(packed, _PIECE_BYTES)
            packed = inflate.unconsumed_tail


class _Extent:
    """How far the cells of a sheet reach."""

    __slots__ = ("_columns", "_rows", "_seam")

    def __init__(self) -> None:
        self._rows = self._columns = 0
        self._seam = b""

    @property
    def cells(self) -> int:
        return self._rows * self._columns

    def take(self, piece: bytes) -> None:
        text = self._seam + piece
        for letters, digits in set(_CELL.findall(text)):
            self._rows = max(self._rows, int(digits))
            self._columns = max(self._columns, _column_number(letters))
        for digits in set(_ROW.findall(text)):
            self._rows = max(self._rows, int(digits))
        self._seam = text[-_SEAM_BYTES:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
