"""The characters of literal and folded blocks with their places.

Source: YAML 1.2.2, 8.1 (block scalar styles).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from keyaccount.formats.yaml.flow_offsets import Place

_HEADER = re.compile(r"([|>])([+\-0-9]*)[^\r\n]*(\r\n|\r|\n|$)")
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")
_MOST_INDENT = 9


class _Line(NamedTuple):
    """A line of a block: where it begins, its text, where its line break stands (None: end)."""

    start: int
    text: str
    break_at: int | None


def block_places(text: str, start: int, value: str) -> list[Place] | None:
    """The value of the block whose `|` or `>` stands at `start`, character by character.

    Args:
        text: of the file.
        start: the offset of the indicator.
        value: as the parser read it. With an indentation indicator the block's
            indentation hangs on its parent's, which is not at hand here, so
            the one is taken that gives this value.
    """
    header = _HEADER.match(text, start)
    if header is None:
        return None
    indicators = header.group(2)
    chomping = "".join(each for each in indicators if each in "+-")
    for indent in _indents(text, header.end(), indicators):
        places = _block(text, header.end(), indent, header.group(1) == ">", chomping)
        if "".join(character for character, _ in places) == value:
            return places
    return None


def _indents(text: str, at: int, indicators: str) -> Iterator[int]:
    detected = _detected_indent(text, at)
    if any(each.isdigit() for each in indicators):
        yield from range(detected + _MOST_INDENT, -1, -1)
    else:
        yield max(detected, 1)


def _detected_indent(text: str, at: int) -> int:
    """The most spaces of the first line with content and of the empty ones before it."""
    most = 0
    for line in _lines(text, at):
        most = max(most, len(line.text) - len(line.text.lstrip(" ")))
        if line.text.strip(" "):
            break
    return most


def _lines(text: str, at: int) -> Iterator[_Line]:
    while at < len(text):
        found = _LINE.match(text, at)
        if found is None:
            return
        yield _Line(at, found.group(1), found.start(2) if found.group(2) else None)
        at = found.end()


def _block(text: str, at: int, indent: int, folded: bool, chomping: str) -> list[Place]:
    """Read lines until one is indented less; `pending` are line breaks not yet spoken for."""
    places: list[Place] = []
    leading: list[int] = []
    pending: list[int] = []
    after_blank = False
    for line in _lines(text, at):
        body = line.text[indent:]
        if not line.text[:indent].strip(" ") and not body:
            if line.break_at is not None:
                pending.append(line.break_at)
            continue
        if line.text[:indent].strip(" "):
            break
        blank = body[0] in " \t"
        places.extend(_joint(leading, pending, folded and not blank and not after_blank))
        places.extend(
            zip(body, range(line.start + indent, line.start + len(line.text)), strict=True)
        )
        leading, pending, after_blank = _break_of(line), [], blank
    if chomping != "-":
        places.extend(("\n", each) for each in leading)
    if chomping == "+":
        places.extend(("\n", each) for each in pending)
    return places


def _joint(leading: list[int], pending: list[int], folds: bool) -> Iterator[Place]:
    """What stands between two lines of content."""
    if folds and leading:
        if not pending:
            yield (" ", leading[0])
    else:
        yield from (("\n", each) for each in leading)
    yield from (("\n", each) for each in pending)


def _break_of(line: _Line) -> list[int]:
    return [] if line.break_at is None else [line.break_at]
