"""Draw diagnostics for people, with source line and caret, and as data for programs.

The one place where they are drawn.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

from keyaccount.diagnostics.diagnostic import Diagnostic, Language, Severity, Text, in_order
from keyaccount.source import Span

_MOST_SHOWN = 50
_WIDEST_LINE = 100
_CONTEXT = 30
_TAB = 4
_ELLIPSIS = "…"

_SEVERITIES = {
    Severity.ERROR: Text("error", "错误"),
    Severity.WARNING: Text("warning", "警告"),
}
_HELP = Text("help", "提示")
_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Controls of the terminal and of the direction of text: a file must not move the cursor."""


class _Style(NamedTuple):
    """ANSI sequences, or nothing."""

    error: str = ""
    warning: str = ""
    help: str = ""
    gutter: str = ""
    end: str = ""


_PLAIN = _Style()
_COLORED = _Style("\x1b[1;31m", "\x1b[1;33m", "\x1b[36m", "\x1b[2m", "\x1b[0m")


def render(
    diagnostics: Iterable[Diagnostic],
    language: Language,
    color: bool = False,
    most: int = _MOST_SHOWN,
) -> str:
    """Diagnostics in the order of their places, each with its line, caret and help.

    Args:
        diagnostics: in any order.
        language: of messages and help.
        color: whether to use ANSI colors.
        most: how many are shown; the rest are counted.

    Returns:
        The text, without a line break at its end; empty without diagnostics.
    """
    ordered = in_order(diagnostics)
    style = _COLORED if color else _PLAIN
    drawn = [_drawn(each, language, style) for each in ordered[:most]]
    if len(ordered) > most:
        left = len(ordered) - most
        drawn.append(Text(f"and {left} more", f"另有 {left} 条").in_language(language))
    return "\n\n".join(drawn)


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Diagnostics as plain data, in the order of their places; lines and columns from 1."""
    return [_plain(each) for each in in_order(diagnostics)]


def _plain(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    start = span.position if span else None
    end = span.source.position(span.end) if span else None
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "file": span.source.name if span else None,
        "line": start.line if start else None,
        "column": start.column if start else None,
        "end": {"line": end.line, "column": end.column} if end else None,
        "message": _both(diagnostic.message),
        "help": _both(diagnostic.help) if diagnostic.help else None,
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _drawn(diagnostic: Diagnostic, language: Language, style: _Style) -> str:
    paint = style.error if diagnostic.severity is Severity.ERROR else style.warning
    word = _SEVERITIES[diagnostic.severity].in_language(language)
    message = _safe(diagnostic.message.in_language(language))
    place, excerpt = "", []
    if diagnostic.span is not None:
        line, column = diagnostic.span.position
        place = f"{_safe(diagnostic.span.source.name)}:{line}:{column}: "
        excerpt = _excerpt(diagnostic.span, paint, style)
    lines = [f"{place}{paint}{word}[{diagnostic.code}]{style.end}: {message}", *excerpt]
    if diagnostic.help is not None:
        help_ = _safe(diagnostic.help.in_language(language))
        lines.append(f"{style.help}{_HELP.in_language(language)}{style.end}: {help_}")
    return "\n".join(lines)


def _excerpt(span: Span, paint: str, style: _Style) -> list[str]:
    """The line that the span begins in, and carets below; nothing where there is no text."""
    number, column = span.position
    text = span.source.line_text(number)
    if not text.strip():
        return []
    start = min(column - 1, len(text))
    end = min(start + max(span.end - span.start, 1), len(text)) if start < len(text) else start
    before, marked, after = _cut(text[:start], text[start:end], text[end:])
    before = _expanded(before, 0)
    marked = _expanded(marked, _width(before))
    after = _expanded(after, _width(before) + _width(marked))
    gutter = f"{number:>4} | "
    carets = "^" * max(_width(marked), 1)
    indent = " " * (len(gutter) - 2) + "| " + " " * _width(before)
    return [
        f"{style.gutter}{gutter}{style.end}{before}{marked}{after}".rstrip(),
        f"{style.gutter}{indent}{style.end}{paint}{carets}{style.end}",
    ]


def _cut(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """A line that is too wide, cut to the surroundings of what is marked."""
    if _width(before) + _width(marked) + _width(after) <= _WIDEST_LINE:
        return before, marked, after
    if len(before) > _CONTEXT:
        before = _ELLIPSIS + before[-_CONTEXT:]
    if len(marked) > _WIDEST_LINE - _CONTEXT:
        marked, after = marked[: _WIDEST_LINE - _CONTEXT] + _ELLIPSIS, ""
    if len(after) > _CONTEXT:
        after = after[:_CONTEXT] + _ELLIPSIS
    return before, marked, after


def _expanded(text: str, column: int) -> str:
    """Tabs as spaces to the next stop, unsafe characters replaced."""
    parts = []
    for character in _safe(text):
        shown = " " * (_TAB - column % _TAB) if character == "\t" else character
        parts.append(shown)
        column += _width(shown)
    return "".join(parts)


def _safe(text: str) -> str:
    return _UNSAFE.sub("\ufffd", text)


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if character < "\u0300":
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
