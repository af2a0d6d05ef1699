"""What to say where the text doesn't go on as the grammar wants: the common slips by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from keyaccount.diagnostics import feel_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, Text
from keyaccount.feel.lexer import (
    CURLY_STRING,
    END,
    NUMBER,
    OTHER,
    STRING,
    SYMBOL,
    UNCLOSED_COMMENT,
    UNCLOSED_STRING,
    WORD,
)
from keyaccount.feel.names import RESERVED
from keyaccount.feel.parsing.full_width import FULL_WIDTH
from keyaccount.feel.parsing.reader import Reader

_MOST_AT_ONCE = 20
_GROUPS = re.compile(r"(_?[0-9]{3})+")
_GROUP = 3  # digits between thousands separators
CLOSING = (")", "]", "}")
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_OPERATORS = (*_COMPARISONS, "+", "-", "*", "/", "**", "and", "or", "in", "between")
_VALUE_WORDS = ("null", "true", "false", "not", "if", "for", "some", "every", "function")
_VALUE_SIGNS = ("(", "[", "{", "@", "?", "-")
_LEADING_WORDS = ("if", "then", "else", "return", "satisfies")


def no_value(reader: Reader) -> PolicyError:
    """A value has to stand here, and none does."""
    at = reader.at
    slip = _slip(reader)
    if slip is not None:
        return PolicyError(slip)
    found = reader.texts[at]
    behind = _operator_behind(reader)
    span = reader.token_span(at)
    if found in _COMPARISONS and behind in ("and", "or"):
        return PolicyError([messages.bare_comparison(span, found, behind)])
    if found in _OPERATORS and behind is None:
        return PolicyError([messages.missing_left_side(span, found)])
    if found in CLOSING and behind is None and not _open_bracket(reader):
        return PolicyError([messages.stray_bracket(span, found)])
    return PolicyError([messages.expected_value(span, found, behind)])


def no_symbol(reader: Reader, wanted: str, opening: int | None = None) -> PolicyError:
    """A word or sign of the grammar has to stand here.

    `opening` is the token of the bracket, or of the `if`, that it belongs to.
    """
    slip = _slip(reader) or _two_values(reader)
    if slip is not None:
        return PolicyError(slip)
    found = reader.texts[reader.at]
    span = reader.token_span(reader.at)
    if opening is None:
        return PolicyError([messages.expected_symbol(span, wanted, found)])
    place = reader.token_span(opening).position
    if wanted == "else":
        return PolicyError([messages.missing_else(span, found, place)])
    opened = reader.texts[opening]
    return PolicyError([messages.unclosed_bracket(span, opened, place, wanted, found)])


def no_colon(reader: Reader) -> PolicyError:
    """A colon has to stand behind the name of an entry."""
    slip = _slip(reader) or _two_values(reader)
    span = reader.token_span(reader.at)
    return PolicyError(slip or [messages.expected_entry_value(span, reader.texts[reader.at])])


def no_date_text(reader: Reader) -> PolicyError:
    """A string has to stand behind `@`."""
    span = reader.token_span(reader.at)
    found = reader.texts[reader.at]
    return PolicyError(_slip(reader) or [messages.expected_date_text(span, found)])


def no_end(reader: Reader) -> PolicyError:
    """The text has to end here."""
    slip = _slip(reader) or _two_values(reader)
    if slip is not None:
        return PolicyError(slip)
    at = reader.at
    found = reader.texts[at]
    span = reader.token_span(at)
    if found in CLOSING:
        return PolicyError([messages.stray_bracket(span, found)])
    if found == "," and reader.kinds[at - 1] == NUMBER and reader.kinds[at + 1] == NUMBER:
        return PolicyError([messages.thousands_separator(span)])
    if found == "..":
        return PolicyError([messages.range_without_brackets(span)])
    return PolicyError([messages.unexpected_end(span, found)])


def joined_tests(reader: Reader) -> PolicyError:
    """`and` or `or` behind the first test of a cell."""
    word = reader.texts[reader.at]
    return PolicyError([messages.joined_tests(reader.token_span(reader.at), word)])


def refuse_thousands(reader: Reader) -> None:
    """Refuse `5,000` among the tests of a cell, where FEEL reads two numbers, 5 and 0."""
    texts, kinds, starts, ends = reader.tokens
    at = reader.at
    if (
        texts[at] == ","
        and kinds[at - 1] == kinds[at + 1] == NUMBER
        and len(texts[at + 1]) == _GROUP
        and texts[at + 1][0] == "0"
        and texts[at + 1].isdigit()
        and starts[at + 1] - ends[at - 1] == 1
    ):
        raise PolicyError([messages.thousands_separator(reader.token_span(at))])


def no_name(reader: Reader, what: Text) -> PolicyError:
    """A name has to stand here."""
    span = reader.token_span(reader.at)
    found = reader.texts[reader.at]
    return PolicyError(_slip(reader) or [messages.expected_name(span, found, what)])


def no_type(reader: Reader) -> PolicyError:
    """A type has to stand here."""
    span = reader.token_span(reader.at)
    found = reader.texts[reader.at]
    slip = None if found == "<>" else _slip(reader)
    return PolicyError(slip or [messages.expected_type(span, found)])


def no_bracket(reader: Reader, at: int) -> PolicyError:
    """`not`, at a token, has no bracket behind it."""
    slip = _slip(reader)
    return PolicyError(slip or [messages.not_without_brackets(reader.token_span(at))])


def refuse_repeated(reader: Reader, name: str, names: set[str], at: int, what: Text) -> None:
    """Add a name to those that are there, or refuse it where it is there already."""
    if name in names:
        raise PolicyError([messages.repeated_name(reader.token_span(at), name, what)])
    names.add(name)


def _slip(reader: Reader) -> list[Diagnostic] | None:
    """What is wrong with the next token wherever it stands; None where nothing is."""
    at = reader.at
    kind = reader.kinds[at]
    text = reader.texts[at]
    span = reader.token_span(at)
    if kind == UNCLOSED_STRING:
        return [messages.unclosed_string(span)]
    if kind == UNCLOSED_COMMENT:
        return [messages.unclosed_comment(span)]
    if kind in (CURLY_STRING, OTHER, SYMBOL):
        return _odd_sign(reader)
    if kind == WORD and text.isupper() and text.lower() in RESERVED:
        return [messages.upper_case_word(span, text)]
    return None


def _odd_sign(reader: Reader) -> list[Diagnostic] | None:
    at = reader.at
    text = reader.texts[at]
    span = reader.token_span(at)
    if text == "'":
        return [_single_quotes(reader)]
    if text in messages.FOREIGN_OPERATORS and text != "?":
        return [messages.foreign_operator(span, text)]
    if text[0] in FULL_WIDTH:
        return list(islice(_full_width_behind(reader), _MOST_AT_ONCE))
    return None if reader.kinds[at] == SYMBOL else [messages.unknown_character(span, text)]


def _full_width_behind(reader: Reader) -> Iterator[Diagnostic]:
    """All full-width signs from the next token on: whoever typed one typed more.

    Signs side by side, the digits of a number for one, are told together.
    """
    texts, kinds, starts, ends = reader.tokens
    odd = [
        at
        for at in range(reader.at, len(texts))
        if kinds[at] in (CURLY_STRING, OTHER) and texts[at][0] in FULL_WIDTH
    ]
    while odd:
        first = last = odd.pop(0)
        while odd and kinds[last] == kinds[odd[0]] == OTHER and starts[odd[0]] == ends[last]:
            last = odd.pop(0)
        span = reader.token_span(first).to(reader.token_span(last))
        written = texts[first][0] if first == last else "".join(texts[first : last + 1])
        yield messages.full_width(span, written, "".join(FULL_WIDTH[each] for each in written))


def _single_quotes(reader: Reader) -> Diagnostic:
    texts = reader.texts
    try:
        closing = texts.index("'", reader.at + 1)
    except ValueError:
        closing = reader.at
    first = reader.token_span(reader.at)
    return messages.single_quotes(first.to(reader.token_span(closing)))


def _two_values(reader: Reader) -> list[Diagnostic] | None:
    """The next token starts a value right behind another one."""
    at = reader.at
    if at == 0 or not starts_value(reader, at) or not _ends_value(reader, at - 1):
        return None
    text = reader.texts[at]
    span = reader.token_span(at)
    before = reader.texts[at - 1]
    if text == "?" or (text in messages.FOREIGN_OPERATORS and reader.kinds[at] == WORD):
        return [messages.foreign_operator(span, text)]
    if before == "is":
        return [messages.foreign_operator(reader.token_span(at - 1), before)]
    if reader.kinds[at - 1] == NUMBER:
        return [_behind_number(reader)]
    words = _words_before(reader)
    joined = f"{words} {text}" if words and reader.kinds[at] == WORD else ""
    return [messages.expected_operator(span, text, joined, reader.scope)]


def _behind_number(reader: Reader) -> Diagnostic:
    """A value right behind a number: a unit, more digits, or one that lacks an operator."""
    at = reader.at
    number, text, span = reader.texts[at - 1], reader.texts[at], reader.token_span(at)
    if _GROUPS.fullmatch(text) and number.isdigit():
        return messages.thousands_separator(span)
    is_unit = reader.kinds[at] == WORD and text not in set(reader.scope)
    is_last = reader.kinds[at + 1] == END or reader.texts[at + 1] in (*CLOSING, ",", *_OPERATORS)
    if reader.token_span(at - 1).end == span.start or (is_unit and is_last):
        return messages.unit_after_number(span, number, text)
    return messages.expected_operator(span, text, "", reader.scope)


def starts_value(reader: Reader, at: int) -> bool:
    """Whether a value may start at a token, by the look of it."""
    text = reader.texts[at]
    if reader.kinds[at] == WORD:
        return reader.plain_word(at) or text in _VALUE_WORDS
    return reader.kinds[at] in (NUMBER, STRING) or text in _VALUE_SIGNS


def _ends_value(reader: Reader, at: int) -> bool:
    text = reader.texts[at]
    if reader.kinds[at] == WORD:
        return text not in RESERVED or text in ("null", "true", "false")
    return reader.kinds[at] in (NUMBER, STRING) or text in (*CLOSING, "?")


def _words_before(reader: Reader) -> str:
    first = reader.at
    while first > 0 and reader.kinds[first - 1] in (WORD, NUMBER):
        if reader.texts[first - 1] in RESERVED:
            break
        first -= 1
    return reader.spelling(first, reader.at) if first < reader.at else ""


def _operator_behind(reader: Reader) -> str | None:
    """The operator or word right before the next token, where there is one."""
    before = reader.texts[reader.at - 1] if reader.at else ""
    if before == "," and not reader.texts[reader.at]:
        return before
    return before if before in _OPERATORS or before in _LEADING_WORDS else None


def _open_bracket(reader: Reader) -> bool:
    before = reader.texts[: reader.at]
    return any(before.count(a) > before.count(b) for a, b in ("()", "[]", "{}"))
