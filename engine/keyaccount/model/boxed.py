"""DMN's boxed expressions, as a model in DMN XML holds them; FEEL is still text, with its place.

A `type` is the text of a `typeRef`: what it names is known only beside the
item definitions. Source: DMN 1.5, 7.3 and clause 10.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from keyaccount.model.policy import Aggregation, HitPolicy
from keyaccount.source import Fragment, Span


@dataclass(frozen=True, slots=True)
class Boxed:
    """What all boxed expressions have: the type they declare, if any, and their place."""

    type: Fragment | None
    span: Span


@dataclass(frozen=True, slots=True)
class LiteralExpression(Boxed):
    """One FEEL expression; None where the author left it empty."""

    text: Fragment | None


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """An entry of a context; the one without a name is the value of the whole."""

    name: Fragment | None
    type: Fragment | None
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Context(Boxed):
    """Named entries, each seeing the earlier ones."""

    entries: tuple[ContextEntry, ...]


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column of tests: what it looks at, and the values that are allowed there (unary tests)."""

    expression: LiteralExpression
    values: Fragment | None
    label: str | None


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column of results; `values` are unary tests, and the order of priority."""

    name: Fragment | None
    type: Fragment | None
    values: Fragment | None
    default: LiteralExpression | None


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A row: a test for each input clause, a result for each output clause, and remarks."""

    id: str
    tests: tuple[Fragment | None, ...]
    results: tuple[LiteralExpression, ...]
    annotations: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class DecisionTable(Boxed):
    """A table of rules under a hit policy."""

    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[DecisionRule, ...]
    annotations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """An argument of an invocation, by the parameter's name."""

    name: Fragment
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Invocation(Boxed):
    """A call of what an expression names, by parameter names."""

    function: Expression | None
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class FormalParameter:
    """A parameter of a function."""

    name: Fragment
    type: Fragment | None


FunctionKind = OneOf["FEEL", "Java", "PMML"]


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Boxed):
    """A function; the body of a `Java` one is a context of `class` and `method signature`."""

    kind: FunctionKind
    parameters: tuple[FormalParameter, ...]
    body: Expression | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a relation."""

    name: Fragment
    type: Fragment | None


@dataclass(frozen=True, slots=True)
class Relation(Boxed):
    """A list of contexts, as rows under columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class List(Boxed):
    """A list of boxed expressions."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Boxed):
    """`if`, `then`, `else`, each a box."""

    condition: Expression | None
    then: Expression | None
    otherwise: Expression | None


@dataclass(frozen=True, slots=True)
class Filter(Boxed):
    """The items of a list that match."""

    base: Expression | None
    match: Expression | None


@dataclass(frozen=True, slots=True)
class For(Boxed):
    """The body for each item of a list."""

    variable: Fragment
    source: Expression | None
    body: Expression | None


@dataclass(frozen=True, slots=True)
class Quantified(Boxed):
    """Whether some, or every, item of a list satisfies."""

    quantifier: OneOf["some", "every"]
    variable: Fragment
    source: Expression | None
    predicate: Expression | None


Expression = (
    LiteralExpression
    | Context
    | DecisionTable
    | Invocation
    | FunctionDefinition
    | Relation
    | List
    | Conditional
    | Filter
    | For
    | Quantified
)
