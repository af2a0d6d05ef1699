"""Where each character of a scalar's value stands in the file.

A YAML parser gives a scalar's value and where it begins and ends; for a
position inside the value, quotes, escapes, folded lines and indentation have to
be walked once more. That is done only when somebody asks, which is when there
is a message to print.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import overload

from keyaccount.formats.yaml.block_offsets import block_places
from keyaccount.formats.yaml.flow_offsets import flow_places

_PROPERTIES = re.compile(r"(?:[&!]\S*|#[^\n]*|[ \t\r\n]+)*")
_CONTENT_AFTER_PROPERTIES = "&!"


def scalar_offsets(text: str, start: int, end: int, style: str, value: str) -> Sequence[int]:
    """The offset of each character of `value`, and one more that closes the last.

    Args:
        text: of the file.
        start: of the node, its anchor and tag included.
        end: of the node.
        style: one of `'"|>`, or empty.
        value: as the parser read it.
    """
    if start < end and text[start] in _CONTENT_AFTER_PROPERTIES:
        found = _PROPERTIES.match(text, start, end)
        start = found.end() if found else start
    opening = len(style) if style in ("", "'", '"') else 0
    if style in ("", "'", '"') and text[start + opening : end - opening] == value:
        return range(start + opening, end - opening + 1)
    return _LazyOffsets(text, start, end, style, value)


class _LazyOffsets(Sequence[int]):
    """Offsets worked out at the first look."""

    __slots__ = ("_end", "_found", "_start", "_style", "_text", "_value")

    def __init__(self, text: str, start: int, end: int, style: str, value: str) -> None:
        self._text, self._start, self._end = text, start, end
        self._style, self._value = style, value
        self._found: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self._value) + 1

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if not self._found:
            self._found = _places(self._text, self._start, self._end, self._style, self._value)
        return self._found[index]


def _places(text: str, start: int, end: int, style: str, value: str) -> tuple[int, ...]:
    if style in ("|", ">"):
        places = block_places(text, start, value)
    else:
        places = flow_places(text, start + len(style), end - len(style), style)
    if places is None or "".join(character for character, _ in places) != value:
        # Beyond what the walk knows (line breaks of YAML 1.1, say): point at the scalar as a whole.
        return tuple(min(start + index, end) for index in range(len(value) + 1))
    offsets = [offset for _, offset in places]
    return (*offsets, offsets[-1] + 1 if offsets else start)
