"""Cut FEEL text into tokens: words, numbers, strings, symbols.

Names are not known here: they may hold spaces and operators, so the parser puts
them together from words and symbols. Nothing is refused here either: what is no
FEEL becomes a token of its own kind, and the parser says so when it gets there.

Source: DMN 1.5, 10.3.1.2, rules 22 to 62 (names, literals, white space, comments).
"""

from __future__ import annotations

import re
from typing import NamedTuple

END = 0
WORD = 1
NUMBER = 2
STRING = 3
SYMBOL = 4
UNCLOSED_STRING = 5
UNCLOSED_COMMENT = 6
CURLY_STRING = 7
OTHER = 8

# The standard lists blocks of Unicode, which hold punctuation and digits of
# Chinese input methods as well (U+3001 to U+3020, U+FF01 to U+FF65): those are
# worth a message, not a name. So a word is what Unicode calls one, with the
# standard's further symbols, combining marks and emoji.
_SYMBOL_LETTERS = "\u200c\u200d\u2070-\u218f\u2e80-\u2fef\U00010000-\U000effff"
_MARKS = "\u00b7\u0300-\u036f\u0483-\u167f\u1681-\u180d\u180f-\u1fff\u203f\u2040\u3099-\u309a\u30fb"
_WORD = rf"(?:[^\W\d]|[{_SYMBOL_LETTERS}])\w*+(?:[{_MARKS}{_SYMBOL_LETTERS}]\w*+)*+"
_SPACE = "\t-\r \u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_LINE_END = "\n-\r\u0085\u2028\u2029"
_GAP = rf"(?:[{_SPACE}]++|//[^{_LINE_END}]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+"

# `==`, `&&`, `||`, `<>`, `=>`, `=<` are no FEEL: kept whole, for the message.
_SYMBOLS = r"\*\*|\.\.|->|[=!<>]=|=>|=<|<>|&&|\|\||[-+*/=<>()\[\]{},:.?@'!]"

_TOKEN = re.compile(
    _GAP + "(?:"
    rf"({_WORD})"
    r"|((?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)"
    rf'|("(?:[^"\\{_LINE_END}]++|\\[^{_LINE_END}])*+")'
    rf'|("[^{_LINE_END}]*+)'
    r"|(/\*[\s\S]*+)"
    rf"|(“[^”{_LINE_END}]*+”|‘[^’{_LINE_END}]*+’)"
    rf"|({_SYMBOLS})"
    r"|(\Z)"
    r"|([\s\S]))"
)
_KINDS = (
    None,
    WORD,
    NUMBER,
    STRING,
    UNCLOSED_STRING,
    UNCLOSED_COMMENT,
    CURLY_STRING,
    SYMBOL,
    END,
    OTHER,
)


class Tokens(NamedTuple):
    """Token `i` is `texts[i]`, of `kinds[i]`, at `starts[i]` to `ends[i]` of the text.

    The last one is the `END`: empty, right behind the token before it.
    """

    texts: list[str]
    kinds: list[int]
    starts: list[int]
    ends: list[int]


def tokenize(text: str) -> Tokens:
    """All tokens of a text; comments and white space are gone."""
    texts: list[str] = []
    kinds: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    kind_of = _KINDS
    for match in _TOKEN.finditer(text):
        group = match.lastindex or 0
        kind = kind_of[group]
        if not kind:
            break
        start, end = match.span(group)
        texts.append(text[start:end])
        kinds.append(kind)
        starts.append(start)
        ends.append(end)
    last = ends[-1] if ends else 0
    texts.append("")
    kinds.append(END)
    starts.append(last)
    ends.append(last)
    return Tokens(texts, kinds, starts, ends)


NAME_SYMBOLS = frozenset(("+", "-", "*", "/", "**", ".", "'", "?"))
"""The symbols that a name may hold behind its first word (DMN 1.5, rule 30), and `?`."""


def spelling(tokens: Tokens, first: int, end: int) -> str:
    """Some tokens as one name: one space where the author left any."""
    texts, _, starts, ends = tokens
    pieces = [texts[first]]
    for at in range(first + 1, end):
        if starts[at] > ends[at - 1]:
            pieces.append(" ")
        pieces.append(texts[at])
    return "".join(pieces)


def may_be_in_name(tokens: Tokens, at: int) -> bool:
    """Whether a name that the text itself declares may hold a token."""
    kind = tokens.kinds[at]
    return kind in (WORD, NUMBER) or (kind == SYMBOL and tokens.texts[at] in NAME_SYMBOLS)


def is_name(text: str) -> bool:
    """Whether a text can be written as a name, and is read back the same."""
    tokens = tokenize(text)
    count = len(tokens.texts) - 1
    return (
        tokens.kinds[0] == WORD
        and all(may_be_in_name(tokens, at) for at in range(count))
        and spelling(tokens, 0, count) == text
    )


def name_parts(name: str) -> list[str]:
    """The texts of a name's tokens: two spellings of one name have the same ones."""
    if name.isascii() and name.isidentifier():
        return [name]
    return tokenize(name).texts[:-1]
