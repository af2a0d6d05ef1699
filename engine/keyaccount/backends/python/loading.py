"""From built `ast` statements to functions: compiled, run once, their text in `linecache`.

The text is for people: tracebacks and debuggers show it. What runs is the tree.
"""

from __future__ import annotations

import ast
import hashlib
import linecache


def define(title: str, statements: list[ast.stmt], globals_: dict[str, object]) -> None:
    """Define the statements' functions in `globals_`.

    Args:
        title: what the code is about, shown in tracebacks.
        statements: function definitions; they get line numbers.
        globals_: what the code refers to; its functions are added.
    """
    module = ast.fix_missing_locations(ast.Module(statements, []))
    text = ast.unparse(module)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    filename = f"<keyaccount {title} {digest}>"
    _take_line_numbers(module, text)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    code = compile(module, filename, "exec", dont_inherit=True)
    exec(code, globals_)  # noqa: S102 -- the tree was built node by node from the typed core


def _take_line_numbers(module: ast.Module, text: str) -> None:
    """Give the nodes the places that they have in the text.

    Text nested too deeply to be read back leaves the places as they are: they
    only serve tracebacks.
    """
    try:
        read = ast.parse(text)
    except (SyntaxError, RecursionError, MemoryError):
        return
    for ours, theirs in zip(ast.walk(module), ast.walk(read), strict=False):
        if type(ours) is not type(theirs):
            return
        ast.copy_location(ours, theirs)
