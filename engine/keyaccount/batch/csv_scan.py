"""Count a CSV file's rows from its bytes, and see whether the fast reader may be trusted with it.

DuckDB's reader is fast, and lenient in places: it drops blanks around quotes,
skips blank lines and keeps NULs. A file with anything of that kind is left to
`csv_clean`. The count made here is independent of the reader's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BLOCK_BYTES: Final = 4 << 20
_KEPT_BYTES: Final = 2
# A quote with blanks between it and a delimiter or line break.
_LOOSE_QUOTE: Final = re.compile(rb'(?:^|[,;\t\r\n])[ \t]+"|"[ \t]+(?:[,;\t\r\n]|$)')


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of a file, as its line breaks outside quotes tell, without the header.

    `plain`: whether nothing in it needs the careful reader. `lines` are all
    line breaks, those inside quotes included.
    """

    rows: int
    plain: bool
    lines: int

    @property
    def spans_lines(self) -> bool:
        """Whether some row takes more than one line."""
        return self.lines != self.rows


def scan(path: Path, offset: int, length: int | None = None) -> Layout:
    """Look over the bytes of a file.

    Args:
        path: the file.
        offset: where the first data row begins, in bytes.
        length: how many bytes to look at; None for all of them.
    """
    state = _State()
    remaining = length
    # Unbuffered: blocks go straight from the system into one bytes object.
    with path.open("rb", buffering=0) as file:
        file.seek(offset)
        while block := file.read(
            _BLOCK_BYTES if remaining is None else min(_BLOCK_BYTES, remaining)
        ):
            state.take(block)
            if not state.plain:
                break
            if remaining is not None:
                remaining -= len(block)
    return state.layout()


class _State:
    """What has been seen so far; `tail` are the last bytes of the block before."""

    __slots__ = ("carriages", "inside", "lines", "pairs", "plain", "rows", "tail")

    def __init__(self) -> None:
        self.rows = self.lines = self.carriages = self.pairs = 0
        self.inside = False
        self.plain = True
        self.tail = b"\n"

    def take(self, block: bytes) -> None:
        seam = self.tail + block[:_KEPT_BYTES]
        if b"\0" in block or _has_blank_line(block) or _has_blank_line(seam):
            self.plain = False
            return
        lines = block.count(b"\n")
        self.lines += lines
        if b"\r" in block or self.tail.endswith(b"\r"):
            self.carriages += block.count(b"\r")
            self.pairs += block.count(b"\r\n") + (
                self.tail.endswith(b"\r") and block.startswith(b"\n")
            )
        self.rows += self._rows_of_quoted(block) if self.inside or b'"' in block else lines
        self.tail = (self.tail + block)[-_KEPT_BYTES:]

    def _rows_of_quoted(self, block: bytes) -> int:
        if _LOOSE_QUOTE.search(block):
            self.plain = False
        parts = block.split(b'"')
        outside = parts[1 if self.inside else 0 :: 2]
        self.inside ^= len(parts) % 2 == 0
        return sum(part.count(b"\n") for part in outside)

    def layout(self) -> Layout:
        unfinished = 0 if self.tail.endswith(b"\n") else 1
        one_kind_of_break = self.carriages == self.pairs and self.pairs in {0, self.lines}
        plain = self.plain and one_kind_of_break and not self.inside
        return Layout(self.rows + unfinished, plain, self.lines + unfinished)


def _has_blank_line(block: bytes) -> bool:
    # A single byte is found many times faster than two.
    return b"\n\n" in block or (b"\r" in block and b"\n\r" in block)
