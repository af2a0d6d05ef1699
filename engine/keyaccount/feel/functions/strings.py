"""Built-in functions on strings, but for those that take regular expressions.

Characters are Unicode code points, also beyond the basic plane.
Source: DMN 1.5, 10.3.4.3 (table 73).
"""

from __future__ import annotations

from decimal import Decimal

from keyaccount.feel.budget import spend_on_text
from keyaccount.feel.functions.builtin import Builtin, Parameter, function
from keyaccount.feel.operations.lists import position
from keyaccount.feel.types import BOOLEAN, NUMBER, STRING, ListType
from keyaccount.feel.values.number import truncated


def substring(string: str, start: Decimal, length: Decimal | None = None) -> str | None:
    """From a position (from 1; negative: from the end), all or `length` characters.

    Null where the string has no such place, and for a length under 1.
    """
    index = position(start, len(string))
    if index is None:
        return None
    if length is None:
        return string[index:]
    count = truncated(length)
    if count is None:
        return string[index:] if length > 0 else None
    return string[index : index + count] if count > 0 else None


def string_length(string: str) -> Decimal:
    """How many characters."""
    return Decimal(len(string))


def substring_before(string: str, match: str) -> str:
    """What stands before the first match; nothing where there is none."""
    index = string.find(match)
    return string[:index] if index > 0 else ""


def substring_after(string: str, match: str) -> str:
    """What stands after the first match; nothing where there is none."""
    index = string.find(match)
    return "" if index < 0 else string[index + len(match) :]


def contains(string: str, match: str) -> bool:
    """Whether the match stands anywhere in it."""
    return match in string


def string_join(strings: list[str | None], delimiter: str | None = None) -> str:
    """All strings, nulls left out, with the delimiter between them."""
    parts = [each for each in strings if each is not None]
    between = delimiter or ""
    spend_on_text(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


_STRING, _MATCH = ("string", STRING), ("match", STRING)

STRING_FUNCTIONS: tuple[Builtin, ...] = (
    function(
        "substring",
        substring,
        STRING,
        _STRING,
        ("start position", NUMBER),
        ("length", NUMBER),
        optional=1,
    ),
    function("string length", string_length, NUMBER, _STRING),
    function("upper case", str.upper, STRING, _STRING),
    function("lower case", str.lower, STRING, _STRING),
    function("substring before", substring_before, STRING, _STRING, _MATCH),
    function("substring after", substring_after, STRING, _STRING, _MATCH),
    function("contains", contains, BOOLEAN, _STRING, _MATCH),
    function("starts with", str.startswith, BOOLEAN, _STRING, _MATCH),
    function("ends with", str.endswith, BOOLEAN, _STRING, _MATCH),
    function(
        "string join",
        string_join,
        STRING,
        ("list", ListType(STRING)),
        Parameter("delimiter", STRING, nullable=True),
        optional=1,
    ),
)
