"""Names in generated code: identifiers made from policies' names, and a pool of constants.

A policy's names never become identifiers as they stand: they are numbered, and
keep only what is plain ASCII, so that the code stays readable.
"""

from __future__ import annotations

import ast
import re
from decimal import Decimal

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 40
_KEYWORD_CONSTANTS = (None, True, False)


def identifier(kind: str, number: int, name: str = "") -> str:
    """`fact_3_monthly_tonnes`: unique by its kind and number, readable by its name.

    >>> identifier("fact", 3, "月用量 (monthly-tonnes)")
    'fact_3_monthly_tonnes'
    """
    readable = _NOT_PLAIN.sub("_", name).strip("_")[:_LONGEST]
    return f"{kind}_{number}_{readable}" if readable else f"{kind}_{number}"


class Pool:
    """Objects that generated code refers to by global names.

    Equal numbers share a name; everything else is shared by identity.
    """

    def __init__(self, globals_: dict[str, object]) -> None:
        self.globals = globals_
        self._known: dict[object, str] = {}

    def refer(self, kind: str, value: object, name: str = "") -> ast.expr:
        """An expression for a value: in place where Python can write it, else a global."""
        if any(value is each for each in _KEYWORD_CONSTANTS) or type(value) is str:
            return ast.Constant(value)  # type: ignore[arg-type]  # just seen to be one
        key = (Decimal, str(value)) if isinstance(value, Decimal) else (kind, id(value))
        known = self._known.get(key)
        if known is None:
            known = identifier(kind, len(self._known), name or _hint(value))
            self._known[key] = known
            self.globals[known] = value
        return ast.Name(known, ast.Load())

    def helper(self, name: str, value: object) -> ast.expr:
        """A run-time helper under its own name."""
        self.globals[name] = value
        return ast.Name(name, ast.Load())


def _hint(value: object) -> str:
    return str(value).replace("-", "minus_") if isinstance(value, Decimal) else ""
