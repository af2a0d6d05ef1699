"""CSV to cells that know their places; Python's own reader does not tell them.

Source: RFC 4180; space around a cell without quotes is no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from keyaccount.diagnostics import table_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.source import Fragment, Source

_SPACE = re.compile(r"[ \t]*")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_PLAIN = re.compile(r"[^,\r\n]*")
_BREAK = re.compile(r"\r\n|\r|\n")


def read_cells(
    source: Source, report: Callable[[Diagnostic], None]
) -> Iterator[Sequence[Fragment]]:
    """The lines of a table as cells. A quote that is never closed ends the table."""
    at, text = 0, source.text
    line: list[Fragment] = []
    while at < len(text):
        found = _cell(source, at, report)
        if found is None:
            return
        cell, at = found
        line.append(cell)
        if text[at : at + 1] == ",":
            at += 1
            if at < len(text):
                continue
            line.append(Fragment("", source, (at,)))
        yield line
        line = []
        ending = _BREAK.match(text, at)
        at = ending.end() if ending else len(text)


def _cell(
    source: Source, at: int, report: Callable[[Diagnostic], None]
) -> tuple[Fragment, int] | None:
    """A cell, and the offset of the comma or line break after it; None where it never ends."""
    start = _end(_SPACE.match(source.text, at), at)
    if source.text[start : start + 1] != '"':
        end = _end(_PLAIN.match(source.text, start), start)
        stripped = start + len(source.text[start:end].rstrip())
        text = source.text[start:stripped]
        return Fragment(text, source, range(start, stripped + 1)), end
    quoted = _QUOTED.match(source.text, start)
    if quoted is None:
        report(messages.unclosed_quote(source.span(start, start + 1)))
        return None
    after = _end(_PLAIN.match(source.text, quoted.end()), quoted.end())
    if source.text[quoted.end() : after].strip():
        report(messages.text_after_quote(source.span(quoted.end(), after)))
    return _unquoted(source, quoted.start(1), quoted.group(1)), after


def _unquoted(source: Source, start: int, inside: str) -> Fragment:
    offsets: list[int] = []
    characters: list[str] = []
    index = 0
    while index < len(inside):
        characters.append(inside[index])
        offsets.append(start + index)
        index += 2 if inside[index] == '"' else 1
    return Fragment("".join(characters), source, (*offsets, start + len(inside)))


def _end(found: re.Match[str] | None, otherwise: int) -> int:
    return found.end() if found else otherwise
