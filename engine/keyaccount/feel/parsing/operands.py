"""Operands: literals, names, brackets, phrases; and what may stand behind one."""

from __future__ import annotations

from collections.abc import Callable

from keyaccount.feel.lexer import NUMBER, STRING, WORD
from keyaccount.feel.parsing import mistakes
from keyaccount.feel.parsing.brackets import (
    context,
    list_or_range,
    open_range,
    parenthesised,
)
from keyaccount.feel.parsing.literals import number, string, string_value
from keyaccount.feel.parsing.name_reading import name
from keyaccount.feel.parsing.phrases import (
    for_expression,
    function_definition,
    if_expression,
    quantified,
)
from keyaccount.feel.parsing.reader import Reader
from keyaccount.feel.parsing.suffixes import invocation, path, predicate
from keyaccount.feel.syntax import (
    AtLiteral,
    BooleanLiteral,
    Expression,
    InputValue,
    Name,
    NullLiteral,
)


def operand(reader: Reader) -> Expression:
    """One operand, without what stands behind it.

    Raises:
        PolicyError: no value starts here.
    """
    kind = reader.kinds[reader.at]
    if kind == WORD:
        found = name(reader)
        if found is not None:
            return found
        read = _WORDS.get(reader.texts[reader.at])
    elif kind == NUMBER:
        return number(reader)
    elif kind == STRING:
        return string(reader)
    else:
        read = _SYMBOLS.get(reader.texts[reader.at])
    if read is None:
        raise mistakes.no_value(reader)
    return read(reader)


def suffixed(reader: Reader, base: Expression, begin: int) -> Expression:
    """An operand with the calls, filters and paths behind it; `begin` is its first token."""
    while True:
        text = reader.texts[reader.at]
        if text == "(":
            base = invocation(reader, base, begin)
        elif text == ".":
            base = path(reader, base, begin)
        elif text == "[" and not _closes_range(reader):
            base = predicate(reader, base, begin)
        else:
            return base


def _closes_range(reader: Reader) -> bool:
    """Whether `[` behind the upper end of a range closes it: no expression starts there."""
    if reader.range_end != reader.depth:
        return False
    at = reader.at + 1
    if reader.kinds[at] == WORD:
        text = reader.texts[at]
        return not (text in _WORDS or reader.plain_word(at) or reader.declared(at))
    return reader.kinds[at] not in (NUMBER, STRING) and reader.texts[at] not in _BEFORE_PREDICATE


_BEFORE_PREDICATE = frozenset(("(", "[", "{", "@", "?", "-"))


def _null(reader: Reader) -> Expression:
    reader.at += 1
    return NullLiteral(reader.span(reader.at - 1))


def _true(reader: Reader) -> Expression:
    reader.at += 1
    return BooleanLiteral(reader.span(reader.at - 1), value=True)


def _false(reader: Reader) -> Expression:
    reader.at += 1
    return BooleanLiteral(reader.span(reader.at - 1), value=False)


def _not(reader: Reader) -> Expression:
    """`not` is a function, and reserved: `not x` is the slip of a programmer."""
    at = reader.at
    reader.at += 1
    if reader.texts[reader.at] != "(":
        raise mistakes.no_bracket(reader, at)
    return Name(reader.span(at), "not")


def _at_literal(reader: Reader) -> Expression:
    at = reader.at
    reader.at += 1
    if reader.kinds[reader.at] != STRING:
        raise mistakes.no_date_text(reader)
    text = string_value(reader, reader.at)
    reader.at += 1
    return AtLiteral(reader.span(at), text)


def _input_value(reader: Reader) -> Expression:
    entry = reader.declared(reader.at)
    at = reader.at
    if entry is not None:
        reader.at += entry[0]
        return Name(reader.span(at), entry[1])
    reader.at += 1
    return InputValue(reader.span(at))


_WORDS: dict[str, Callable[[Reader], Expression]] = {
    "null": _null,
    "true": _true,
    "false": _false,
    "not": _not,
    "if": if_expression,
    "for": for_expression,
    "some": quantified,
    "every": quantified,
    "function": function_definition,
}

_SYMBOLS: dict[str, Callable[[Reader], Expression]] = {
    "(": parenthesised,
    "[": list_or_range,
    "]": open_range,
    "{": context,
    "@": _at_literal,
    "?": _input_value,
}
