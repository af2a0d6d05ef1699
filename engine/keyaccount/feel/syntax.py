"""The surface tree of FEEL: what the author wrote, node by node, each with its span.

The shapes follow the grammar of DMN 1.5, 10.3.1.2. Sugar (`between`, unary
tests, named arguments) is kept here and lowered away in `keyaccount.ir`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as OneOf

from keyaccount.source import Span

ArithmeticOperator = OneOf["+", "-", "*", "/", "**"]
ComparisonOperator = OneOf["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node:
    """What all nodes have: the author's span. Two nodes are equal by content alone.

    Comparison, hash and text are written here once, not made by `dataclass` for
    each of the classes: half of the time to import this module, and a chain of
    thousands of operators can be compared without recursion.
    """

    span: Span

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Node):
            return NotImplemented
        return _content(self) == _content(other)

    def __hash__(self) -> int:
        return hash(tuple(_content(self)))

    def __repr__(self) -> str:
        parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in _parts(self))
        return f"{type(self).__name__}({parts})"


def _parts(node: Node) -> tuple[str, ...]:
    """The fields of a node's own, without the span."""
    names: tuple[str, ...] = node.__match_args__
    return names[1:]


def _content(node: Node) -> list[object]:
    """What a tree holds, without its spans, in one list that no other tree has."""
    content: list[object] = []
    pending: list[object] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, Node):
            content.append(type(part))
            pending += [getattr(part, name) for name in _parts(part)]
        elif isinstance(part, tuple):
            content.append(len(part))
            pending += part
        else:
            content.append(part)
    return content


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NullLiteral(Node):
    """`null`."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BooleanLiteral(Node):
    """`true`, `false`."""

    value: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NumberLiteral(Node):
    """`20`, `.5`, `1.20E3`: exact."""

    value: Decimal


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StringLiteral(Node):
    """`"text"`, escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AtLiteral(Node):
    """`@"2024-01-01"`: a date, time or duration by its text."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Name(Node):
    """A name, its spaces normalised to one between parts."""

    name: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Arithmetic(Node):
    """`left + right`, and so on."""

    operator: ArithmeticOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Negation(Node):
    """`-operand`."""

    operand: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison(Node):
    """`left < right`, and so on."""

    operator: ComparisonOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Between(Node):
    """`operand between low and high`."""

    operand: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class In(Node):
    """`operand in (test, test)`; one test or several."""

    operand: Expression
    tests: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Conjunction(Node):
    """`left and right`."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Disjunction(Node):
    """`left or right`."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class If(Node):
    """`if condition then a else b`."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Iterator(Node):
    """`name in source`, or `name in start..end` (then `source` is an `IterationRange`)."""

    name: str
    source: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IterationRange(Node):
    """`start..end` behind `in` of a `for`: counts up or down."""

    start: Expression
    end: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class For(Node):
    """`for iterators return body`; `partial` names the results so far."""

    iterators: tuple[Iterator, ...]
    body: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quantified(Node):
    """`some` or `every` `iterators satisfies predicate`."""

    quantifier: OneOf["some", "every"]
    iterators: tuple[Iterator, ...]
    predicate: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InstanceOf(Node):
    """`operand instance of type`."""

    operand: Expression
    of: TypeExpression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ListLiteral(Node):
    """`[a, b]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ContextEntry(Node):
    """`key: value`; the key as a name, its quotes gone."""

    key: str
    value: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ContextLiteral(Node):
    """`{a: 1, b: a + 1}`; later entries see earlier ones."""

    entries: tuple[ContextEntry, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RangeLiteral(Node):
    """`[low..high)` and its kin; as a unary test `< high` has no low.

    A bound that is missing is None, and open. `>= 5` as a value `(>= 5)` is
    the range `[5..)`.
    """

    low: Expression | None
    high: Expression | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Path(Node):
    """`base.name`."""

    base: Expression
    name: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Filter(Node):
    """`base[predicate]`, by position or by condition."""

    base: Expression
    predicate: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Argument(Node):
    """An argument of a call; `name` is None for a positional one."""

    name: str | None
    value: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Invocation(Node):
    """`function(arguments)`; all named or all positional."""

    function: Expression
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FormalParameter(Node):
    """`name: type` of a function definition."""

    name: str
    type: TypeExpression | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FunctionDefinition(Node):
    """`function(a: number) body`, or `external body`."""

    parameters: tuple[FormalParameter, ...]
    body: Expression
    external: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnaryComparison(Node):
    """`>= 5`, `!= "x"` as a unary test, of the value that stands before it."""

    operator: ComparisonOperator
    right: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnaryTests(Node):
    """`test, test` of a cell: true when any test is; `not(...)` turns it round.

    `-` is `tests == ()` and not negated. A test is a `UnaryComparison`, a
    range, or any expression: compared by `=`, by `in` for lists and ranges, or
    taken as it is where it is boolean and mentions `?`.
    """

    tests: tuple[Expression, ...]
    negated: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InputValue(Node):
    """`?` in a unary test: the value under test."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NamedType(Node):
    """`number`, `date and time`, or the name of an item definition, dots included."""

    name: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ListTypeExpression(Node):
    """`list<item>`."""

    item: TypeExpression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RangeTypeExpression(Node):
    """`range<bound>`."""

    bound: TypeExpression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ContextTypeExpression(Node):
    """`context<name: type>`."""

    entries: tuple[tuple[str, TypeExpression], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FunctionTypeExpression(Node):
    """`function<type> -> type`."""

    parameters: tuple[TypeExpression, ...]
    result: TypeExpression


TypeExpression = (
    NamedType
    | ListTypeExpression
    | RangeTypeExpression
    | ContextTypeExpression
    | FunctionTypeExpression
)

Expression = (
    NullLiteral
    | BooleanLiteral
    | NumberLiteral
    | StringLiteral
    | AtLiteral
    | Name
    | Arithmetic
    | Negation
    | Comparison
    | Between
    | In
    | Conjunction
    | Disjunction
    | If
    | IterationRange
    | For
    | Quantified
    | InstanceOf
    | ListLiteral
    | ContextLiteral
    | RangeLiteral
    | Path
    | Filter
    | Invocation
    | FunctionDefinition
    | UnaryComparison
    | UnaryTests
    | InputValue
)
