"""The phrases that start with a word: `if`, `for`, `some`, `every`, `function`.

The last part of each reaches as far right as it can.

Source: DMN 1.5, 10.3.1.2, rules 46 to 48 (for, if, quantified), 55 and 56 (function definition).
"""

from __future__ import annotations

from typing import Literal as OneOf
from typing import cast

from keyaccount.diagnostics.diagnostic import Text
from keyaccount.feel.parsing import mistakes
from keyaccount.feel.parsing.brackets import close
from keyaccount.feel.parsing.name_reading import new_name
from keyaccount.feel.parsing.reader import Reader
from keyaccount.feel.parsing.type_expressions import type_expression
from keyaccount.feel.syntax import (
    Expression,
    For,
    FormalParameter,
    FunctionDefinition,
    If,
    IterationRange,
    Iterator,
    Quantified,
)

_VARIABLE = Text("a variable", "变量")
_PARAMETER = Text("a parameter", "参数")


def if_expression(reader: Reader) -> Expression:
    """`if condition then a else b`."""
    begin = reader.at
    reader.at += 1
    condition = reader.expression(reader)
    _word(reader, "then")
    then = reader.expression(reader)
    if reader.texts[reader.at] != "else":
        raise mistakes.no_symbol(reader, "else", begin)
    reader.at += 1
    otherwise = reader.expression(reader)
    return If(reader.span(begin), condition, then, otherwise)


def for_expression(reader: Reader) -> Expression:
    """`for x in list, i in 1..3 return body`; `partial` are the results so far."""
    begin = reader.at
    iterators = _iterators(reader)
    _word(reader, "return")
    body = reader.expression(reader)
    reader.layers.pop()
    return For(reader.span(begin), iterators, body)


def quantified(reader: Reader) -> Expression:
    """`some x in list satisfies predicate`, and `every`."""
    begin = reader.at
    quantifier = cast(OneOf["some", "every"], reader.texts[begin])
    iterators = _iterators(reader)
    _word(reader, "satisfies")
    predicate = reader.expression(reader)
    reader.layers.pop()
    return Quantified(reader.span(begin), quantifier, iterators, predicate)


def function_definition(reader: Reader) -> Expression:
    """`function(a: number, b) body`, `function(a) external {...}`."""
    begin = reader.at
    reader.at += 1
    if reader.texts[reader.at] != "(":
        raise mistakes.no_symbol(reader, "(")
    parameters = _parameters(reader)
    external = reader.texts[reader.at : reader.at + 2] == ["external", "{"]
    if external:
        reader.at += 1
    reader.push(tuple(each.name for each in parameters))
    body = reader.expression(reader)
    reader.layers.pop()
    return FunctionDefinition(reader.span(begin), parameters, body, external)


def _word(reader: Reader, word: str) -> None:
    if reader.texts[reader.at] != word:
        raise mistakes.no_symbol(reader, word)
    reader.at += 1


def _iterators(reader: Reader) -> tuple[Iterator, ...]:
    """The iterators behind `for`; each is known to those behind it. Leaves a layer of names."""
    local = reader.push(("partial",))
    iterators: list[Iterator] = []
    while not iterators or reader.texts[reader.at] == ",":
        reader.at += 1
        begin = reader.at
        name = new_name(reader, _VARIABLE)
        _word(reader, "in")
        start = reader.at
        source = reader.expression(reader)
        if reader.texts[reader.at] == "..":
            reader.at += 1
            end = reader.expression(reader)
            source = IterationRange(reader.span(start), source, end)
        iterators.append(Iterator(reader.span(begin), name, source))
        local.add(name)
    return tuple(iterators)


def _parameters(reader: Reader) -> tuple[FormalParameter, ...]:
    opening = reader.at
    reader.at += 1
    parameters: list[FormalParameter] = []
    names: set[str] = set()
    while reader.texts[reader.at] != ")" or parameters:
        begin = reader.at
        name = new_name(reader, _PARAMETER, any_word=True)
        mistakes.refuse_repeated(reader, name, names, begin, _PARAMETER)
        declared = None
        if reader.texts[reader.at] == ":":
            reader.at += 1
            declared = type_expression(reader)
        parameters.append(FormalParameter(reader.span(begin), name, declared))
        if reader.texts[reader.at] != ",":
            break
        reader.at += 1
    close(reader, opening, ")")
    return tuple(parameters)
