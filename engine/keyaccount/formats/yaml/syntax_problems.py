"""The YAML parser's complaints in the author's words.

Both of ruamel.yaml's parsers are understood; where their words differ, what
stands at the place decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from keyaccount.diagnostics import yaml_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.formats.yaml.slips import runaway_quote, unmade_key
from keyaccount.source import Source, Span

_CLOSING = {"[": "]", "{": "}"}
_ESCAPE = re.compile(r"\\(?:x\w{0,2}|u\w{0,4}|U\w{0,8}|[^\r\n]?)")
_FIRST_WORD = re.compile(r"[^\r\n]*[^\s]")


class Problem(NamedTuple):
    """What the parser said: its words, what it was about, and offsets of both."""

    words: str
    context: str
    place: int
    begin: int


def syntax_problem(source: Source, problem: Problem) -> Diagnostic:
    """The diagnostic for a complaint of the parser."""
    for recognize in _RECOGNIZERS:
        found = recognize(source, problem)
        if found is not None:
            return found
    return messages.not_yaml(_at(source, problem.place), problem.words)


def _tab(source: Source, problem: Problem) -> Diagnostic | None:
    if _character(source, problem.place) != "\t":
        return None
    return messages.tab(_at(source, problem.place))


def _runaway_quote(source: Source, problem: Problem) -> Diagnostic | None:
    in_block = "block scalar" in problem.context
    return runaway_quote(source, problem.begin if in_block else problem.place)


def _unmade_key(source: Source, problem: Problem) -> Diagnostic | None:
    if "simple key" in problem.context:
        return unmade_key(source, problem.place, problem.begin)
    if "mapping values are not allowed" in problem.words:
        return unmade_key(source, problem.place, problem.place)
    return None


def _quote(source: Source, problem: Problem) -> Diagnostic | None:
    is_over = "end of stream" in problem.words or "document indicator" in problem.words
    if "quoted scalar" not in problem.context or not is_over:
        return None
    return messages.unclosed_quote(_at(source, problem.begin), _character(source, problem.begin))


def _escape(source: Source, problem: Problem) -> Diagnostic | None:
    unreadable = "nicode" in problem.words or "escape" in problem.words
    if not unreadable and "quoted scalar" not in problem.context and problem.words:
        return None
    before = max(source.text.rfind("\\", 0, problem.place + 1), 0)
    found = _ESCAPE.match(source.text, before)
    if found is None:
        return None
    return messages.unknown_escape(source.span(before, found.end()), found.group())


def _block(source: Source, problem: Problem) -> Diagnostic | None:
    if "block scalar" not in problem.context:
        return None
    span = _at(source, problem.begin)
    return messages.block_indicator(span, _character(source, problem.begin))


def _reserved(source: Source, problem: Problem) -> Diagnostic | None:
    if "cannot start any token" not in problem.words:
        return None
    character = _character(source, problem.place)
    if character == "%" and source.position(problem.place).column == 1:
        return messages.directive(_at(source, problem.place))
    return messages.reserved_character(_at(source, problem.place), character)


def _colon(source: Source, problem: Problem) -> Diagnostic | None:
    if "found unexpected ':'" in problem.words:
        return messages.colon_without_space(_at(source, problem.place))
    if "mapping values are not allowed" not in problem.words:
        return None
    line, column = source.position(problem.place)
    before = source.line_text(line)[: column - 1]
    if ": " in before or "{" in before:
        return messages.colon_inside(_at(source, problem.place))
    indent = len(before) - len(before.lstrip())
    return messages.key_under_value(
        source.span(problem.place - len(before) + indent, problem.place)
    )


def _dash(source: Source, problem: Problem) -> Diagnostic | None:
    if "sequence entries are not allowed" not in problem.words:
        return None
    return messages.dash(_at(source, problem.place))


def _question_mark(source: Source, problem: Problem) -> Diagnostic | None:
    if "mapping keys are not allowed" not in problem.words:
        return None
    return messages.question_mark(_at(source, problem.place))


def _missing_colon(source: Source, problem: Problem) -> Diagnostic | None:
    if "simple key" not in problem.context:
        return None
    found = _FIRST_WORD.match(source.text, problem.begin)
    end = found.end() if found else problem.begin
    return messages.missing_colon(source.span(problem.begin, end), source.text[problem.begin : end])


def _flow(source: Source, problem: Problem) -> Diagnostic | None:
    bracket = _character(source, problem.begin)
    if "parsing a flow" not in problem.context or bracket not in _CLOSING:
        return None
    return messages.unclosed_bracket(_at(source, problem.begin), bracket, _CLOSING[bracket])


def _stray(source: Source, problem: Problem) -> Diagnostic | None:
    character = _character(source, problem.place)
    if character not in ("]", "}", ","):
        return None
    return messages.stray_bracket(_at(source, problem.place), character)


def _anchor(source: Source, problem: Problem) -> Diagnostic | None:
    """`&` or `*` without a name behind it."""
    if "alphabetic or numeric" not in problem.words:
        return None
    begin = max(source.text.rfind(each, 0, problem.place) for each in "&*")
    return messages.reserved_character(_at(source, begin), _character(source, begin))


def _value(source: Source, problem: Problem) -> Diagnostic | None:
    """Inside brackets, something else where an item should begin."""
    if "node content" not in problem.words:
        return None
    if _character(source, problem.place) == ":":
        return messages.empty_key(_at(source, problem.place))
    begin = max(source.text.rfind(each, 0, problem.place) for each in _CLOSING)
    if begin < 0:
        return None
    bracket = source.text[begin]
    return messages.unclosed_bracket(_at(source, begin), bracket, _CLOSING[bracket])


def _tag(source: Source, problem: Problem) -> Diagnostic | None:
    if "tag" not in problem.words + problem.context:
        return None
    found = re.compile(r"\S+").match(source.text, problem.begin)
    end = found.end() if found else problem.begin
    return messages.unknown_tag(source.span(problem.begin, end), source.text[problem.begin : end])


def _directive(source: Source, problem: Problem) -> Diagnostic | None:
    if "directive" not in problem.words + problem.context:
        return None
    return messages.directive(_at(source, problem.begin))


def _document(source: Source, problem: Problem) -> Diagnostic | None:
    if "document start" not in problem.words:
        return None
    return messages.several_documents(_at(source, problem.place))


def _misplaced(source: Source, problem: Problem) -> Diagnostic | None:
    """Something where a key or a dash should begin: after a value, or wrongly indented."""
    if "block" not in problem.context:
        return None
    if _character(source, problem.place) == ":":
        return messages.empty_key(_at(source, problem.place))
    line, column = source.position(problem.place)
    if source.line_text(line)[: column - 1].strip(" -"):
        return messages.text_after_quote(_to_line_end(source, problem.place))
    return messages.wrong_indentation(_to_line_end(source, problem.place))


_RECOGNIZERS: tuple[Callable[[Source, Problem], Diagnostic | None], ...] = (
    _tab,
    _runaway_quote,
    _quote,
    _escape,
    _block,
    _reserved,
    _directive,
    _unmade_key,
    _colon,
    _dash,
    _question_mark,
    _missing_colon,
    _flow,
    _stray,
    _anchor,
    _value,
    _tag,
    _document,
    _misplaced,
)


def _character(source: Source, offset: int) -> str:
    return source.text[offset : offset + 1]


def _at(source: Source, offset: int) -> Span:
    return source.span(offset, min(offset + 1, len(source.text)))


def _to_line_end(source: Source, offset: int) -> Span:
    found = _FIRST_WORD.match(source.text, offset)
    return source.span(offset, found.end() if found else offset)
