"""What stands in brackets: groups, lists, ranges, contexts.

Each level of brackets costs three Python frames (`expression`, `operand`, one of
these): hence no helper between a bracket and the expression in it.

Source: DMN 1.5, 10.3.1.2, rules 7 to 12 (intervals), 54 (list), 57 to 59 (context).
"""

from __future__ import annotations

from typing import cast

from keyaccount.diagnostics.diagnostic import Text
from keyaccount.feel.lexer import STRING, name_parts
from keyaccount.feel.parsing import mistakes
from keyaccount.feel.parsing.literals import string_value
from keyaccount.feel.parsing.name_reading import new_name
from keyaccount.feel.parsing.powers import COMPARISON
from keyaccount.feel.parsing.reader import Reader
from keyaccount.feel.syntax import (
    ComparisonOperator,
    ContextEntry,
    ContextLiteral,
    Expression,
    ListLiteral,
    RangeLiteral,
    UnaryComparison,
)

COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
_ENTRY = Text("an entry", "条目")
_RANGE_ENDS = ("]", ")", "[")


def close(reader: Reader, opening: int, closing: str) -> None:
    """Read the bracket that closes the one at the token `opening`."""
    if reader.texts[reader.at] != closing:
        raise mistakes.no_symbol(reader, closing, opening)
    reader.at += 1


def parenthesised(reader: Reader) -> Expression:
    """`(expression)`, `(low..high]`, `(>= 5)`."""
    opening = reader.at
    reader.at += 1
    bare = reader.texts[reader.at] in COMPARISONS
    inner = comparison_value(reader) if bare else reader.expression(reader)
    if reader.texts[reader.at] == "..":
        return range_from(reader, inner, opening)
    close(reader, opening, ")")
    return inner


def list_or_range(reader: Reader) -> Expression:
    """`[a, b]`, `[low..high]`."""
    opening = reader.at
    reader.at += 1
    items: list[Expression] = []
    while not _list_ends(reader) or items:
        bare = reader.texts[reader.at] in COMPARISONS
        items.append(comparison_value(reader) if bare else reader.expression(reader))
        if reader.texts[reader.at] == ".." and len(items) == 1:
            return range_from(reader, items[0], opening)
        if reader.texts[reader.at] != ",":
            break
        reader.at += 1
    close(reader, opening, "]")
    return ListLiteral(reader.span(opening), tuple(items))


def open_range(reader: Reader) -> Expression:
    """`]low..high]`."""
    opening = reader.at
    if not mistakes.starts_value(reader, opening + 1):
        raise mistakes.no_value(reader)
    reader.at += 1
    low = reader.expression(reader)
    if reader.texts[reader.at] != "..":
        raise mistakes.no_symbol(reader, "..")
    return range_from(reader, low, opening)


def range_from(reader: Reader, low: Expression, opening: int) -> RangeLiteral:
    """The rest of a range, from `..` on."""
    reader.at += 1
    outer = reader.range_end
    reader.range_end = reader.depth + 1
    high = reader.expression(reader)
    reader.range_end = outer
    closing = reader.texts[reader.at]
    if closing not in _RANGE_ENDS:
        wanted = "]" if reader.texts[opening] == "[" else ")"
        raise mistakes.no_symbol(reader, wanted, opening)
    reader.at += 1
    return RangeLiteral(
        reader.span(opening),
        low,
        high,
        low_closed=reader.texts[opening] == "[",
        high_closed=closing == "]",
    )


def unary_comparison(reader: Reader) -> UnaryComparison:
    """`>= 5`, its left side left out."""
    begin = reader.at
    operator = cast(ComparisonOperator, reader.texts[begin])
    reader.at += 1
    right = reader.expression(reader, COMPARISON)
    return UnaryComparison(reader.span(begin), operator, right)


def comparison_value(reader: Reader) -> Expression:
    """`>= 5` as a value of its own, which is a range."""
    return as_value(unary_comparison(reader))


def as_value(test: UnaryComparison) -> Expression:
    """The range of the values that pass a comparison; `= 5` and `!= 5` stay what they are.

    `(= 5)` is another range than `[5..5]`, as the TCK holds (0068).
    """
    span, right, operator = test.span, test.right, test.operator
    match operator:
        case "<" | "<=":
            closed = operator == "<="
            return RangeLiteral(span, None, right, low_closed=False, high_closed=closed)
        case ">" | ">=":
            closed = operator == ">="
            return RangeLiteral(span, right, None, low_closed=closed, high_closed=False)
        case _:
            return test


def context(reader: Reader) -> Expression:
    """`{key: value, "another key": value}`; later entries see earlier ones.

    Raises:
        PolicyError: among others, a key comes twice.
    """
    opening = reader.at
    reader.at += 1
    local = reader.push()
    entries: list[ContextEntry] = []
    keys: set[str] = set()
    while reader.texts[reader.at] != "}" or entries:
        first = reader.at
        key = _key(reader)
        mistakes.refuse_repeated(reader, key, keys, first, _ENTRY)
        if reader.texts[reader.at] != ":":
            raise mistakes.no_colon(reader)
        reader.at += 1
        value = reader.expression(reader)
        entries.append(ContextEntry(reader.span(first), key, value))
        local.add(key)
        if len(name_parts(key)) > 1:
            reader.keys.add(key)
        if reader.texts[reader.at] != ",":
            break
        reader.at += 1
    reader.layers.pop()
    close(reader, opening, "}")
    return ContextLiteral(reader.span(opening), tuple(entries))


def _key(reader: Reader) -> str:
    if reader.kinds[reader.at] == STRING:
        reader.at += 1
        return string_value(reader, reader.at - 1)
    return new_name(reader, _ENTRY, any_word=True)


def _list_ends(reader: Reader) -> bool:
    """Whether `]` ends an empty list; or else it opens a range, the first item."""
    at = reader.at
    return reader.texts[at] == "]" and not (
        mistakes.starts_value(reader, at + 1) and reader.texts[at + 1] not in ("(", "[", "-")
    )
