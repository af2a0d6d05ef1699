"""Numbers and strings: from the author's characters to their values.

Source: DMN 1.5, 10.3.1.2, rules 36 to 39 (numeric literal), 40, 64 (string literal).
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from keyaccount.diagnostics import feel_messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.parsing.reader import Reader
from keyaccount.feel.syntax import NumberLiteral, StringLiteral

# Decimal128, which FEEL's numbers follow.
_LARGEST_EXPONENT = 6144
_SMALLEST_EXPONENT = -6176

_ESCAPE = re.compile(
    r"\\(?:([nrt'\"\\])|u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6}))"
)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}
_HIGHEST = 0x10FFFF


def number(reader: Reader) -> NumberLiteral:
    """A number, exact."""
    at = reader.at
    reader.at += 1
    span = reader.token_span(at)
    try:
        value = Decimal(reader.texts[at])
    except InvalidOperation:  # an exponent of more digits than the library takes
        raise PolicyError([feel_messages.number_out_of_range(span)]) from None
    if value and not _SMALLEST_EXPONENT <= value.adjusted() <= _LARGEST_EXPONENT:
        raise PolicyError([feel_messages.number_out_of_range(span)])
    return NumberLiteral(span, value)


def string(reader: Reader) -> StringLiteral:
    """A string, its escapes resolved."""
    at = reader.at
    reader.at += 1
    return StringLiteral(reader.token_span(at), string_value(reader, at))


def string_value(reader: Reader, at: int) -> str:
    """What a string token stands for.

    A backslash that starts no escape is itself, as in the regular expression `"\\d+"`.

    Raises:
        PolicyError: an escape stands for no character.
    """
    text = reader.texts[at][1:-1]
    if "\\" not in text:
        return text
    pieces: list[str] = []
    done = 0
    for match in _ESCAPE.finditer(text):
        character = _character(match)
        if character is None:
            start = reader.starts[at] + 1
            span = reader.fragment.span(start + match.start(), start + match.end())
            raise PolicyError([feel_messages.bad_escape(span, match[0])])
        pieces += (text[done : match.start()], character)
        done = match.end()
    return "".join((*pieces, text[done:]))


def _character(match: re.Match[str]) -> str | None:
    plain, high, low, short, long = match.groups()
    if plain:
        return _PLAIN.get(plain, plain)
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    code = int(short or long, 16)
    return None if 0xD800 <= code <= 0xDFFF or code > _HIGHEST else chr(code)
