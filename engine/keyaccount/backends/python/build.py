"""Short hands for building `ast` trees."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence


def load(name: str) -> ast.expr:
    """The value of a variable."""
    return ast.Name(name, ast.Load())


def assign(name: str, value: ast.expr) -> ast.stmt:
    """`name = value`."""
    return ast.Assign([ast.Name(name, ast.Store())], value)


def call(function: ast.expr | str, *arguments: ast.expr) -> ast.expr:
    """`function(arguments)`."""
    called = load(function) if isinstance(function, str) else function
    return ast.Call(called, list(arguments), [])


def lambda_(parameters: Sequence[str], body: ast.expr) -> ast.expr:
    """`lambda parameters: body`."""
    return ast.Lambda(_arguments(parameters), body)


def function(name: str, parameters: Sequence[str], body: Sequence[ast.stmt]) -> ast.stmt:
    """`def name(parameters): body`."""
    return ast.FunctionDef(name, _arguments(parameters), list(body), [])


def give(value: ast.expr) -> ast.stmt:
    """`return value`."""
    return ast.Return(value)


def tuple_(items: Iterable[ast.expr]) -> ast.expr:
    """`(items,)`."""
    return ast.Tuple(list(items), ast.Load())


def item(base: ast.expr, index: ast.expr) -> ast.expr:
    """`base[index]`."""
    return ast.Subscript(base, index, ast.Load())


def append(list_: str, item_: ast.expr) -> ast.stmt:
    """`list_.append(item_)`."""
    return ast.Expr(call(ast.Attribute(load(list_), "append", ast.Load()), item_))


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    """`left operator right`."""
    return ast.Compare(left, [operator], [right])


def is_(left: ast.expr, constant: bool | None, /) -> ast.expr:
    """`left is constant`; of a constant its answer, as Python would warn of the question."""
    if isinstance(left, ast.Constant):
        return ast.Constant(left.value is constant)
    return compare(left, ast.Is(), ast.Constant(constant))


def is_not(left: ast.expr, constant: bool | None, /) -> ast.expr:
    """`left is not constant`."""
    return compare(left, ast.IsNot(), ast.Constant(constant))


def true() -> ast.expr:
    """`True`."""
    return ast.Constant(value=True)


def false() -> ast.expr:
    """`False`."""
    return ast.Constant(value=False)


def none() -> ast.expr:
    """`None`."""
    return ast.Constant(value=None)


def all_(tests: Sequence[ast.expr]) -> ast.expr:
    """`a and b`, flat; `True` for none."""
    return _joined(ast.And(), tests, when_empty=True)


def any_(tests: Sequence[ast.expr]) -> ast.expr:
    """`a or b`, flat; `False` for none."""
    return _joined(ast.Or(), tests, when_empty=False)


def both(tests: Sequence[ast.expr]) -> ast.expr:
    """`a & b`: all are evaluated, whatever the first is."""
    result = tests[0]
    for each in tests[1:]:
        result = ast.BinOp(result, ast.BitAnd(), each)
    return result


def not_(operand: ast.expr) -> ast.expr:
    """`not operand`."""
    return ast.UnaryOp(ast.Not(), operand)


def if_(test: ast.expr, then: Sequence[ast.stmt], otherwise: Sequence[ast.stmt] = ()) -> ast.stmt:
    """`if test: then else: otherwise`."""
    return ast.If(test, list(then), list(otherwise))


def choice(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """`then if test else otherwise`."""
    return ast.IfExp(test, then, otherwise)


def _joined(operator: ast.boolop, tests: Sequence[ast.expr], *, when_empty: bool) -> ast.expr:
    if not tests:
        return ast.Constant(when_empty)
    return tests[0] if len(tests) == 1 else ast.BoolOp(operator, list(tests))


def _arguments(parameters: Sequence[str]) -> ast.arguments:
    return ast.arguments(
        posonlyargs=[],
        args=[ast.arg(each) for each in parameters],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
