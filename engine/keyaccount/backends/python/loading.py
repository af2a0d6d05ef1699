"""From built `ast` statements to functions: compiled, run once, their text shown by tracebacks.

What runs is the tree. Its text is written only when somebody looks, through
the loader that `linecache` asks; so the tree gets the line numbers that its
text would have.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from itertools import count

Globals = dict[str, object]

_NUMBERS = count(1)


class SourceLoader:
    """What `linecache` asks for the text of generated code (PEP 302, `get_source`)."""

    def __init__(self, statements: Callable[[Globals], list[ast.stmt]]) -> None:
        self._statements = statements

    def get_source(self, name: str) -> str:
        """The text; `name` is the generated module's."""
        del name  # there is one module to a loader
        statements = self._statements({})
        place(statements)  # the writer asks for places
        return ast.unparse(ast.Module(statements, []))


def define(title: str, statements: Callable[[Globals], list[ast.stmt]], globals_: Globals) -> None:
    """Define functions in `globals_`.

    Args:
        title: what the code is about, shown in tracebacks.
        statements: gives the function definitions, the same each time, and
            puts what they refer to into the globals it is handed.
        globals_: gets that, and the functions.
    """
    module = ast.Module(statements(globals_), [])
    place(module.body)
    name = f"<keyaccount: {title}> {next(_NUMBERS)}"  # `linecache` asks no loader for `<...>`
    globals_["__name__"] = name
    globals_["__loader__"] = SourceLoader(statements)
    code = compile(module, name, "exec", dont_inherit=True)
    exec(code, globals_)  # noqa: S102 -- the tree was built node by node from the typed core


def place(statements: Sequence[ast.stmt]) -> None:
    """Give all nodes the lines that they have in the text that `ast.unparse` writes."""
    line = 1
    for i, each in enumerate(statements):
        line = _place(each, line + 1 if i else line)


def _place(node: ast.stmt, line: int) -> int:
    """Place a statement at a line; gives the line behind it."""
    match node:
        case ast.FunctionDef():
            _at_line(node.args, line)
            after = _place_all(node.body, line + 1)
        case ast.If():
            _at_line(node.test, line)
            after = _place_else(node.orelse, _place_all(node.body, line + 1))
        case ast.While():
            _at_line(node.test, line)
            after = _place_all(node.body, line + 1)
        case ast.Try():
            after = _place_all(node.body, line + 1)
            for handler in node.handlers:
                start, after = after, _place_all(handler.body, after + 1)
                _at_line(handler.type, start)
                _set(handler, start, after - 1)
        case _:
            _at_line(node, line)
            return line + 1
    _set(node, line, after - 1)
    return after


def _place_all(statements: Sequence[ast.stmt], line: int) -> int:
    for each in statements:
        line = _place(each, line)
    return line


def _place_else(statements: Sequence[ast.stmt], line: int) -> int:
    if not statements:
        return line
    is_elif = len(statements) == 1 and isinstance(statements[0], ast.If)
    return _place_all(statements, line if is_elif else line + 1)


def _at_line(root: ast.AST | None, line: int) -> None:
    """Place everything in an expression, or in a simple statement, at one line."""
    pending = [] if root is None else [root]
    while pending:
        node = pending.pop()
        _set(node, line, line)
        for name in node._fields:
            held = getattr(node, name)
            if isinstance(held, list):
                pending.extend(held)
            elif isinstance(held, ast.expr | ast.arguments):
                pending.append(held)


def _set(node: ast.AST, line: int, end: int) -> None:
    if node._attributes:
        node.lineno = line  # type: ignore[attr-defined]  # nodes with attributes have these four
        node.end_lineno = end  # type: ignore[attr-defined]
        node.col_offset = node.end_col_offset = 0  # type: ignore[attr-defined]
