"""Types as FEEL writes them: `number`, `list<date and time>`, `function<number> -> Any`.

Source: DMN 1.5, 10.3.1.2, rule 54 (type), 10.3.2.9.
"""

from __future__ import annotations

from keyaccount.diagnostics.diagnostic import Text
from keyaccount.feel.lexer import WORD
from keyaccount.feel.names import longest
from keyaccount.feel.parsing import mistakes
from keyaccount.feel.parsing.name_reading import new_name
from keyaccount.feel.parsing.reader import Reader
from keyaccount.feel.syntax import (
    ContextTypeExpression,
    FunctionTypeExpression,
    ListTypeExpression,
    NamedType,
    RangeTypeExpression,
    TypeExpression,
)

_ENTRY = Text("an entry", "条目")
_WORD_TYPES = ("function", "null")


def type_expression(reader: Reader) -> TypeExpression:
    """A type.

    Raises:
        PolicyError: none stands there, or it is nested too deep.
    """
    begin = reader.at
    text = reader.texts[begin]
    generic = reader.texts[begin + 1] in ("<", "<>") if reader.kinds[begin] == WORD else False
    reader.enter()
    if generic and text in ("list", "range"):
        result = _item_type(reader, text)
    elif generic and text == "context":
        result = _context_type(reader)
    elif generic and text == "function":
        result = _function_type(reader)
    else:
        result = NamedType(reader.token_span(begin), _type_name(reader))
        result = NamedType(reader.span(begin), result.name)
    reader.depth -= 1
    return result


def _item_type(reader: Reader, kind: str) -> TypeExpression:
    begin = reader.at
    opening = _open(reader)
    item = type_expression(reader)
    _close(reader, opening)
    span = reader.span(begin)
    return ListTypeExpression(span, item) if kind == "list" else RangeTypeExpression(span, item)


def _context_type(reader: Reader) -> TypeExpression:
    begin = reader.at
    opening = _open(reader)
    entries: list[tuple[str, TypeExpression]] = []
    while reader.texts[reader.at] != ">" or entries:
        name = new_name(reader, _ENTRY, any_word=True)
        if reader.texts[reader.at] != ":":
            raise mistakes.no_symbol(reader, ":")
        reader.at += 1
        entries.append((name, type_expression(reader)))
        if reader.texts[reader.at] != ",":
            break
        reader.at += 1
    _close(reader, opening)
    return ContextTypeExpression(reader.span(begin), tuple(entries))


def _function_type(reader: Reader) -> TypeExpression:
    begin = reader.at
    parameters: list[TypeExpression] = []
    if reader.texts[begin + 1] == "<>":
        reader.at += 2
    else:
        opening = _open(reader)
        while reader.texts[reader.at] != ">" or parameters:
            parameters.append(type_expression(reader))
            if reader.texts[reader.at] != ",":
                break
            reader.at += 1
        _close(reader, opening)
    if reader.texts[reader.at] != "->":
        raise mistakes.no_symbol(reader, "->")
    reader.at += 1
    result = type_expression(reader)
    return FunctionTypeExpression(reader.span(begin), tuple(parameters), result)


def _open(reader: Reader) -> int:
    if reader.texts[reader.at + 1] != "<":
        reader.at += 1
        raise mistakes.no_type(reader)
    reader.at += 2
    return reader.at - 1


def _close(reader: Reader, opening: int) -> None:
    if reader.texts[reader.at] != ">":
        raise mistakes.no_symbol(reader, ">", opening)
    reader.at += 1


def _type_name(reader: Reader) -> str:
    """The longest known type, or else plain words, with dots between."""
    at = reader.at
    entry = longest(reader.scope.types, reader.texts, at)
    if entry is not None:
        reader.at += entry[0]
        return entry[1]
    pieces: list[str] = []
    while True:
        first = reader.at
        while reader.plain_word(reader.at) or (
            first == reader.at and reader.texts[first] in _WORD_TYPES
        ):
            reader.at += 1
        if reader.at == first:
            raise mistakes.no_type(reader)
        pieces.append(reader.spelling(first, reader.at))
        if reader.texts[reader.at] != ".":
            return ".".join(pieces)
        reader.at += 1
