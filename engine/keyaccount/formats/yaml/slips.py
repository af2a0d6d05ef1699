"""Slips of the hand that YAML notices only further on: told where they were made."""

from __future__ import annotations

import re
from typing import Final

from keyaccount.diagnostics import yaml_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.formats.yaml.nodes import MappingNode, ScalarNode
from keyaccount.source import Source

_KEY: Final = re.compile(r" *(?:- +)*[^\s:：#\[\]{}\"'&*!|>%@`-][^:：\[\]{}\"']*?([:：])(?!//)")
"""A line up to its first colon of either width, where that may end a key."""
_GROUPED: Final = re.compile(r"[0-9]+(?:,[0-9]{3})+")
_INDENTATION: Final = re.compile(r"\s*")
_OPENING: Final = re.compile(r"[\s\[{(]([\"'])\s*$")
"""A line up to a quote that looks as if it opened a text."""
_NEAR: Final = 100
_MOST_LINES: Final = 200


def unmade_key(source: Source, place: int, begin: int) -> Diagnostic | None:
    """A key that is none for YAML: its colon is of full width, or lacks the space behind it.

    Args:
        source: the file.
        place: offset of the `:` that YAML did not expect, or where it gave up.
        begin: offset of what it took for a value instead.
    """
    line, column = source.position(place)
    own = _KEY.match(source.line_text(line))
    if own is not None and own.start(1) == column - 1:
        # The key at the place is well made: it is the line above that did not become one.
        culprit = _line_above(source, line)
    else:
        culprit = source.position(begin).line
    return _wrong_space(source, culprit) or _wrong_colon(source, culprit)


def no_entry(mapping: MappingNode, key: ScalarNode) -> Diagnostic | None:
    """What seems a key without a value, and is none.

    `unit：t` with its colon of full width; the `000` of `1,000` and the `b` of
    `a, b`, which a comma in brackets cut off.

    Args:
        mapping: what was read of the mapping so far.
        key: the key; nothing stands behind it.
    """
    source = key.source
    colon = source.text.find("：", key.start, key.end)
    if key.style or colon >= 0:
        return None if key.style else messages.full_width_colon(source.span(colon, colon + 1))
    before = next(reversed(mapping.entries.values()), None)
    if before is None or not isinstance(before.value, ScalarNode):
        return None
    if source.text[before.value.end : key.start].strip() != "," or before.value.style:
        return None
    if source.text[key.end : key.end + _NEAR].lstrip()[:1] == ":":
        return None
    grouped = _GROUPED.match(source.text, before.value.start)
    if grouped:
        return messages.thousands_separator(source.span(*grouped.span()))
    return messages.comma_in_value(key.span, key.value)


def runaway_quote(source: Source, place: int) -> Diagnostic | None:
    """A quote that was left open, so that the one that should open the next text closed it.

    Args:
        source: the file.
        place: offset of what YAML did not expect behind the quoted text.
    """
    line, column = source.position(place)
    found = _OPENING.search(source.line_text(line)[: column - 1])
    if found is None:
        return None
    quote = found[1]
    for number in range(line - 1, max(0, line - _MOST_LINES), -1):
        text = source.line_text(number)
        if text.count(quote) % 2:
            opening = source.line_start(number) + text.rindex(quote)
            return messages.unclosed_quote(source.span(opening, opening + 1), quote)
    return None


def _wrong_space(source: Source, line: int) -> Diagnostic | None:
    indentation = _INDENTATION.match(source.line_text(line))
    foreign = indentation.group().strip(" \t") if indentation else ""
    if not foreign or indentation is None:
        return None
    start = source.line_start(line)
    return messages.foreign_space(source.span(start, start + indentation.end()), foreign[0])


def _wrong_colon(source: Source, line: int) -> Diagnostic | None:
    text = source.line_text(line)
    found = _KEY.match(text)
    if found is None:
        return None
    colon = source.line_start(line) + found.start(1)
    span = source.span(colon, colon + 1)
    if found[1] == "：":
        return messages.full_width_colon(span)
    if text[found.end() : found.end() + 1].strip():
        return messages.colon_without_space(span)
    return None


def _line_above(source: Source, line: int) -> int:
    """The next line above that is neither blank nor a comment."""
    for number in range(line - 1, 0, -1):
        text = source.line_text(number).strip()
        if text and not text.startswith("#"):
            return number
    return line
