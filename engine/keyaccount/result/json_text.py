"""Write values as JSON, decimals as exact JSON numbers.

The standard writer knows no decimals, and going through binary floating point
would change `5000000.10`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

_LONGEST_PLAIN = 40
"""Digits up to which a number is written out; beyond it has an exponent."""


def to_json(value: object, *, indent: int | None = None) -> str:
    """JSON text of a value.

    Args:
        value: null, booleans, text, numbers, and lists and mappings of them;
            anything else (dates, durations) goes in as its FEEL text.
        indent: spaces a level; None puts all on one line.

    >>> from decimal import Decimal
    >>> to_json({"limit": Decimal("5000000.10")})
    '{"limit": 5000000.10}'
    """
    return "".join(_pieces(value, indent, 0))


def _pieces(value: object, indent: int | None, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        entries = ((f"{_quoted(str(key))}: ", each) for key, each in value.items())
        yield from _bracketed("{}", entries, indent, depth)
    elif type(value) is list or type(value) is tuple:  # a FEEL date is a tuple of its own class
        yield from _bracketed("[]", (("", each) for each in value), indent, depth)
    else:
        yield _scalar(value)


def _scalar(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return number_text(value)
        case int():
            return str(int(value))
        case _:
            return _quoted(str(value))


def _bracketed(
    brackets: str, entries: Iterable[tuple[str, object]], indent: int | None, depth: int
) -> Iterator[str]:
    separator, close = _layout(indent, depth)
    empty = True
    yield brackets[0]
    for label, each in entries:
        yield close[1] if empty else separator
        yield label
        yield from _pieces(each, indent, depth + 1)
        empty = False
    yield brackets[1] if empty else close[0] + brackets[1]


def _layout(indent: int | None, depth: int) -> tuple[str, tuple[str, str]]:
    """What stands between entries; and before the closing bracket, before the first entry."""
    if indent is None:
        return ", ", ("", "")
    inner = "\n" + " " * (indent * (depth + 1))
    return "," + inner, ("\n" + " " * (indent * depth), inner)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def number_text(number: Decimal) -> str:
    """A finite number as JSON writes it, its trailing zeros kept.

    >>> number_text(Decimal("1E+3")), number_text(Decimal("0.10"))
    ('1000', '0.10')
    """
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -_LONGEST_PLAIN <= exponent <= _LONGEST_PLAIN:
        return format(number, "f")
    return str(number)
