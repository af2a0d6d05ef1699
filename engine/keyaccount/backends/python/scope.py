"""What generated code calls things: facts, decisions and locals, and how far their kinds are sure.

Static types of the core are for messages. What plain Python operators are used
on rests only on what is checked at the door (facts) or computed here.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from keyaccount.backends.python.build import load
from keyaccount.backends.python.names import Pool, identifier
from keyaccount.feel.types import (
    BOOLEAN,
    DATE,
    DAYS_AND_TIME_DURATION,
    NUMBER,
    STRING,
    YEARS_AND_MONTHS_DURATION,
    Enumeration,
    Type,
)
from keyaccount.feel.values.typing import type_of


class Kind(Enum):
    """What Python's own operators may be trusted with."""

    NUMBER = auto()
    STRING = auto()
    BOOLEAN = auto()
    DATE = auto()
    DAYS_DURATION = auto()
    MONTHS_DURATION = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Plain:
    """Code for a value on the fast path.

    `kind` holds for every value but null; `nullable`: whether null can come.
    `carried`: whether it may give an unknown value, not looked at yet.
    """

    code: ast.expr
    kind: Kind = Kind.OTHER
    nullable: bool = True
    carried: bool = True

    @property
    def sure(self) -> bool:
        """Whether plain operators fit: a kind they are right for, and never null."""
        return self.kind is not Kind.OTHER and not self.nullable

    @property
    def is_null(self) -> bool:
        """Whether it is the constant null."""
        return isinstance(self.code, ast.Constant) and self.code.value is None

    def again(self) -> Plain:
        """The same for another place in the code: a node has one place."""
        match self.code:
            case ast.Name(id=name):
                return replace(self, code=load(name))
            case ast.Constant(value=value):
                return replace(self, code=ast.Constant(value))
            case _:
                return self

    @property
    def repeatable(self) -> bool:
        """Whether the code may stand twice at no cost."""
        return isinstance(self.code, ast.Name | ast.Constant)


Locals = Mapping[str, Plain]
"""The variables in scope, by the core's names."""

NO_LOCALS: Locals = {}


@dataclass(slots=True)
class Scope:
    """Names for one program; filled while its code is generated."""

    pool: Pool
    facts: dict[str, Plain] = field(default_factory=dict)
    decisions: dict[str, Plain] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    _locals: int = 0

    def fresh(self, name: str) -> str:
        """An identifier that nothing else uses."""
        self._locals += 1
        return identifier("local", self._locals, name)

    def bound(self, locals_: Locals, *names: str) -> tuple[list[str], Locals]:
        """Identifiers for new variables, and the locals with them."""
        fresh = [self.fresh(name) for name in names]
        added = {name: Plain(load(each)) for name, each in zip(names, fresh, strict=True)}
        return fresh, {**locals_, **added}


ORDERED = frozenset(Kind) - {Kind.BOOLEAN, Kind.OTHER}
"""The kinds that Python's `<` orders as FEEL does."""

_KINDS_OF_TYPES: dict[Type, Kind] = {
    NUMBER: Kind.NUMBER,
    STRING: Kind.STRING,
    BOOLEAN: Kind.BOOLEAN,
    DATE: Kind.DATE,
    DAYS_AND_TIME_DURATION: Kind.DAYS_DURATION,
    YEARS_AND_MONTHS_DURATION: Kind.MONTHS_DURATION,
}


def kind_of_type(type_: Type) -> Kind:
    """The kind of a checked fact."""
    if isinstance(type_, Enumeration):
        return Kind.STRING
    return _KINDS_OF_TYPES.get(type_, Kind.OTHER)


def kind_of_value(value: object) -> Kind:
    """The kind of a constant."""
    return _KINDS_OF_TYPES.get(type_of(value), Kind.OTHER)


def joined(left: Plain, right: Plain, code: ast.expr) -> Plain:
    """Code that gives one of the two values."""
    carried = left.carried or right.carried
    null = [each for each in (left, right) if each.is_null]
    if null:
        other = left if null[0] is right else right
        return Plain(code, other.kind, nullable=True, carried=carried)
    kind = left.kind if left.kind is right.kind else Kind.OTHER
    return Plain(code, kind, left.nullable or right.nullable, carried)


def computed(code: ast.expr, kind: Kind) -> Plain:
    """Code that looks at its operands, and never gives null."""
    return Plain(code, kind, nullable=False, carried=False)
