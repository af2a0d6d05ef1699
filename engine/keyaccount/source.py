"""Where text came from: sources, spans and fragments of the author's files.

Every later stage carries spans, so that any message can point at the very
character the author wrote, inside folded and literal YAML blocks too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Position(NamedTuple):
    """A place in a file: line and column, both from 1; the column counts characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A file as read: the name shown to people, and its whole text."""

    name: str
    text: str
    _line_starts: list[int] = field(init=False, repr=False, default_factory=list)

    def position(self, offset: int) -> Position:
        """The line and column of a character offset."""
        starts = self._starts()
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line_text(self, line: int) -> str:
        """The text of a line (from 1), without its line break."""
        starts = self._starts()
        if not 1 <= line <= len(starts):
            return ""
        end = starts[line] if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r\n")

    def line_start(self, line: int) -> int:
        """The offset at which a line (from 1) begins."""
        return self._starts()[line - 1]

    def span(self, start: int, end: int) -> Span:
        """The span from one offset to another, the end not included."""
        return Span(self, start, end)

    def _starts(self) -> list[int]:
        if not self._line_starts:
            self._line_starts.append(0)
            for offset, character in enumerate(self.text):
                if character == "\n":
                    self._line_starts.append(offset + 1)
        return self._line_starts


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source: character offsets, the end not included."""

    source: Source
    start: int
    end: int

    @property
    def position(self) -> Position:
        return self.source.position(self.start)

    @property
    def text(self) -> str:
        """The author's own characters in this span."""
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of the other."""
        return Span(self.source, self.start, other.end)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A text taken out of a source, each character of which knows where it stood.

    `offsets[i]` is the offset in the source of `text[i]`; one more entry closes
    the last character. For text that stands in the file as it is, a `range`.
    """

    text: str
    source: Source
    offsets: Sequence[int]

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The author's span of `text[start:end]`."""
        stop = len(self.text) if end is None else end
        first = self.offsets[min(start, len(self.offsets) - 1)]
        if stop <= start:
            return Span(self.source, first, first)
        return Span(self.source, first, self.offsets[stop - 1] + 1)

    def part(self, start: int, end: int) -> Fragment:
        """The fragment of `text[start:end]`."""
        return Fragment(self.text[start:end], self.source, self.offsets[start : end + 1])

    @classmethod
    def whole(cls, text: str, name: str = "<text>") -> Fragment:
        """A fragment that is a source of its own: for tests, tools and the API."""
        return cls(text, Source(name, text), range(len(text) + 1))
