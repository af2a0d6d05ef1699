"""What may stand behind an operand: arguments, a filter's predicate, a path.

Source: DMN 1.5, 10.3.1.2, rules 38 to 42 (function invocation), 45 (path), 52 (filter).
"""

from __future__ import annotations

from keyaccount.diagnostics import feel_messages
from keyaccount.diagnostics.diagnostic import PolicyError, Text
from keyaccount.feel.lexer import WORD
from keyaccount.feel.parsing import mistakes
from keyaccount.feel.parsing.brackets import COMPARISONS, close, comparison_value
from keyaccount.feel.parsing.name_reading import member, new_name, new_name_end
from keyaccount.feel.parsing.reader import Reader
from keyaccount.feel.syntax import Argument, Expression, Filter, Invocation, Path

_ARGUMENT = Text("an argument", "参数")


def path(reader: Reader, base: Expression, begin: int) -> Path:
    """`.name`."""
    reader.at += 1
    name = member(reader)
    return Path(reader.span(begin), base, name)


def predicate(reader: Reader, base: Expression, begin: int) -> Filter:
    """`[predicate]`; the known entries of contexts are names in it."""
    opening = reader.at
    reader.at += 1
    depth = len(reader.layers)
    reader.layers += (*reader.scope.members, reader.keys)
    condition = reader.expression(reader)
    del reader.layers[depth:]
    close(reader, opening, "]")
    return Filter(reader.span(begin), base, condition)


def invocation(reader: Reader, function: Expression, begin: int) -> Invocation:
    """`(arguments)`, all named or none.

    Raises:
        PolicyError: named and unnamed ones are mixed, or a name comes twice.
    """
    opening = reader.at
    reader.at += 1
    arguments: list[Argument] = []
    names: set[str] = set()
    while reader.texts[reader.at] != ")" or arguments:
        first = reader.at
        name = _argument_name(reader)
        if arguments and (name is None) != (arguments[0].name is None):
            raise PolicyError([feel_messages.mixed_arguments(reader.token_span(first))])
        if name is not None:
            mistakes.refuse_repeated(reader, name, names, first, _ARGUMENT)
        bare = reader.texts[reader.at] in COMPARISONS
        node = comparison_value(reader) if bare else reader.expression(reader)
        arguments.append(Argument(reader.span(first), name, node))
        if reader.texts[reader.at] != ",":
            break
        reader.at += 1
    close(reader, opening, ")")
    return Invocation(reader.span(begin), function, tuple(arguments))


def _argument_name(reader: Reader) -> str | None:
    """The name before a colon, where there is one."""
    first = reader.at
    if reader.kinds[first] != WORD:
        return None
    if reader.texts[new_name_end(reader, first, any_word=True)] != ":":
        return None
    name = new_name(reader, _ARGUMENT, any_word=True)
    reader.at += 1
    return name
