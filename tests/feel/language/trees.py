"""FEEL trees as short texts, and texts as trees, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression, parse_unary_tests
from keyaccount.source import Fragment

_FOLDER = Path(__file__).parent / "cases"


def cases(file: str) -> list[dict[str, Any]]:
    """The cases of a data file."""
    return YAML(typ="safe").load(_FOLDER / file)


def scope_of(case: dict[str, Any]) -> Scope:
    return Scope(case.get("names", ()), case.get("members", ()), case.get("types", ()))


def parse(text: str, scope: Scope | None = None) -> syntax.Expression:
    return parse_expression(Fragment.whole(text), scope or Scope())


def parse_tests(text: str, scope: Scope | None = None) -> syntax.UnaryTests:
    return parse_unary_tests(Fragment.whole(text), scope or Scope())


def nodes(tree: object) -> Iterator[syntax.Node]:
    """A tree's nodes, itself first."""
    if isinstance(tree, tuple):
        for each in tree:
            yield from nodes(each)
    elif isinstance(tree, syntax.Node):
        yield tree
        for name in tree.__match_args__:
            yield from nodes(getattr(tree, name))


def shown(node: syntax.Node) -> str:
    """A tree with every bracket drawn: `(>= <monthly tonnes> 20)`."""
    leaf = _leaf(node)
    if leaf is not None:
        return leaf
    match node:
        case syntax.RangeLiteral():
            start = "[" if node.low_closed else "("
            end = "]" if node.high_closed else ")"
            return f"{start}{_or_none(node.low)}..{_or_none(node.high)}{end}"
        case syntax.ContextEntry() | syntax.Argument():
            name = node.key if isinstance(node, syntax.ContextEntry) else node.name
            return shown(node.value) if name is None else f"{_name(name)}: {shown(node.value)}"
        case syntax.FormalParameter():
            return _name(node.name) if node.type is None else f"{node.name}: {shown(node.type)}"
        case syntax.Iterator():
            return f"{_name(node.name)} in {shown(node.source)}"
        case syntax.ListLiteral():
            return f"[{', '.join(map(shown, node.items))}]"
        case syntax.ContextLiteral():
            return f"{{{', '.join(map(shown, node.entries))}}}"
        case syntax.Path():
            return f"({shown(node.base)} . {_name(node.name)})"
        case _:
            return _listed(node)


def _leaf(node: syntax.Node) -> str | None:
    match node:
        case syntax.NullLiteral():
            return "null"
        case syntax.BooleanLiteral():
            return str(node.value).lower()
        case syntax.NumberLiteral():
            return str(node.value)
        case syntax.StringLiteral():
            return f'"{node.value}"'
        case syntax.AtLiteral():
            return f'@"{node.text}"'
        case syntax.Name():
            return _name(node.name)
        case syntax.InputValue():
            return "?"
        case syntax.NamedType():
            return node.name
        case _:
            return None


_HEADS = {
    syntax.Negation: "-",
    syntax.Conjunction: "and",
    syntax.Disjunction: "or",
    syntax.IterationRange: "..",
    syntax.InstanceOf: "is",
    syntax.Invocation: "call",
    syntax.UnaryComparison: "test",
    syntax.FunctionDefinition: "function",
    syntax.ListTypeExpression: "list",
    syntax.RangeTypeExpression: "range",
    syntax.ContextTypeExpression: "context",
    syntax.FunctionTypeExpression: "function",
}


def _listed(node: syntax.Node) -> str:
    """`(head part part)`; flags by their names."""
    parts = [] if "operator" in node.__match_args__ else [type(node).__name__.lower()]
    if type(node) in _HEADS:
        parts = [_HEADS[type(node)]]
    for name in node.__match_args__[1:]:
        parts += _part(name, getattr(node, name))
    return f"({' '.join(parts)})"


def _part(field: str, value: object) -> list[str]:
    match value:
        case bool():
            return [field] if value else []
        case syntax.Node():
            return [shown(value)]
        case tuple():
            return [part for each in value for part in _part(field, each)]
        case str():
            return [value]
        case _:
            raise TypeError(value)


def _or_none(node: syntax.Node | None) -> str:
    return "" if node is None else shown(node)


def _name(name: str) -> str:
    return name if name.isidentifier() else f"<{name}>"
