"""Boxed expressions as FEEL text, where FEEL has words for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from keyaccount.diagnostics.diagnostic import Text
from keyaccount.feel.lexer import is_name
from keyaccount.feel.types import SIMPLE_TYPES
from keyaccount.interchange.feel_text import quoted
from keyaccount.ir.lowering.dmn.words import children
from keyaccount.model import boxed
from keyaccount.source import Fragment

TABLE_INSIDE = Text(
    "a decision table stands inside of another expression", "决策表嵌在其他表达式之内"
)
EXTERNAL = Text("it is a function of another language", "它是其他语言的函数")


class NoTextError(Exception):
    """FEEL has no words for it; `reason` says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def feel_of(node: boxed.Expression | None) -> str:  # noqa: C901 -- one arm a node
    """The text of a boxed expression.

    Raises:
        NoTextError: FEEL cannot say it.
    """
    match node:
        case None:
            return "null"
        case boxed.LiteralExpression():
            return "null" if node.text is None else node.text.text
        case boxed.Context():
            return _context(node)
        case boxed.DecisionTable():
            raise NoTextError(TABLE_INSIDE)
        case boxed.Invocation():
            given = (f"{e.name.text}: {_operand(e.value)}" for e in node.bindings)
            return f"{_called(node.function)}({', '.join(given)})"
        case boxed.FunctionDefinition():
            return _function(node)
        case boxed.Relation():
            names = [each.name.text for each in node.columns]
            return _list(_entries(zip(names, row, strict=False)) for row in node.rows)
        case boxed.List():
            return _list(map(_operand, node.items))
        case boxed.Conditional():
            condition, then, otherwise = map(_operand, (node.condition, node.then, node.otherwise))
            return f"if {condition} then {then} else {otherwise}"
        case boxed.Filter():
            return f"({feel_of(node.base)}\n)[{feel_of(node.match)}\n]"
        case boxed.For():
            source, body = _operand(node.source), _operand(node.body)
            return f"for {node.variable.text} in {source} return {body}"
        case boxed.Quantified():
            source, predicate = _operand(node.source), _operand(node.predicate)
            variable = node.variable.text
            return f"{node.quantifier} {variable} in {source} satisfies {predicate}"
        case _:
            assert_never(node)


def _operand(node: boxed.Expression | None) -> str:
    """In brackets, unless it is one word; a comment in it must not swallow what follows."""
    text = feel_of(node)
    if text.isalnum():
        return text
    return f"({text}\n)" if "//" in text else f"({text})"


def _called(node: boxed.Expression | None) -> str:
    """What is called: a name stands as it is."""
    if isinstance(node, boxed.LiteralExpression) and node.text is not None:
        return node.text.text
    return _operand(node)


def _context(node: boxed.Context) -> str:
    named = [(e.name.text, e.value) for e in node.entries if e.name is not None]
    result = [each.value for each in node.entries if each.name is None]
    if not result:
        return _entries(named)
    key = "result"
    while any(name == key for name, _ in named):
        key += "_"
    return f"{_entries([*named, (key, result[-1])])}.{key}"


def _entries(named: Iterable[tuple[str, boxed.Expression | None]]) -> str:
    parts = (f"{name if is_name(name) else quoted(name)}: {_operand(e)}" for name, e in named)
    return f"{{{', '.join(parts)}}}"


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def _function(node: boxed.FunctionDefinition) -> str:
    if node.kind != "FEEL":
        raise NoTextError(EXTERNAL)
    parameters = ", ".join(_parameter(each.name, each.type) for each in node.parameters)
    return f"function({parameters}) {_operand(node.body)}"


def _parameter(name: Fragment, type_: Fragment | None) -> str:
    known = type_ is not None and type_.text in SIMPLE_TYPES
    return f"{name.text}: {type_.text}" if known and type_ is not None else name.text


def needs_booleans(root: boxed.Expression | None) -> bool:
    """Whether a box is there that is null where its condition is no boolean; FEEL's is false."""
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, boxed.Conditional | boxed.Filter | boxed.Quantified):
            return True
        pending.extend(children(node))
    return False


def types_inside(node: boxed.Expression | None) -> bool:  # noqa: C901 -- one arm a node
    """Whether any part of a boxed expression declares a type, which FEEL text cannot.

    A decision table is no text, and keeps its types.
    """
    match node:
        case None:
            return False
        case boxed.Context():
            return any(e.type is not None or _typed(e.value) for e in node.entries)
        case boxed.Invocation():
            return any(_typed(each.value) for each in node.bindings)
        case boxed.Relation():
            return any(each.type is not None for each in node.columns)
        case boxed.List():
            return any(map(_typed, node.items))
        case boxed.Conditional():
            return any(map(_typed, (node.condition, node.then, node.otherwise)))
        case boxed.Filter():
            return _typed(node.base) or _typed(node.match)
        case boxed.For():
            return _typed(node.source) or _typed(node.body)
        case boxed.Quantified():
            return _typed(node.source) or _typed(node.predicate)
        case boxed.FunctionDefinition():
            return any(e.type is not None for e in node.parameters) or _typed(node.body)
        case boxed.LiteralExpression() | boxed.DecisionTable():
            return False
        case _:
            assert_never(node)


def _typed(node: boxed.Expression | None) -> bool:
    return node is not None and (node.type is not None or types_inside(node))
