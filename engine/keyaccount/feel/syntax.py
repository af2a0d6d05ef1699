"""The surface tree of FEEL: what the author wrote, node by node, each with its span.

The shapes follow the grammar of DMN 1.5, 10.3.1.2. Sugar (`between`, unary
tests, named arguments) is kept here and lowered away in `keyaccount.ir`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal as OneOf

from keyaccount.source import Span

ArithmeticOperator = OneOf["+", "-", "*", "/", "**"]
ComparisonOperator = OneOf["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Node:
    """What all nodes have: the author's span. Two nodes are equal by content alone."""

    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class NullLiteral(Node):
    """`null`."""


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Node):
    """`true`, `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class NumberLiteral(Node):
    """`20`, `.5`, `1.20E3`: exact."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class StringLiteral(Node):
    """`"text"`, escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """`@"2024-01-01"`: a date, time or duration by its text."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name, its spaces normalised to one between parts."""

    name: str


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left + right`, and so on."""

    operator: ArithmeticOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`-operand`."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left < right`, and so on."""

    operator: ComparisonOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`operand between low and high`."""

    operand: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class In(Node):
    """`operand in (test, test)`; one test or several."""

    operand: Expression
    tests: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Conjunction(Node):
    """`left and right`."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Disjunction(Node):
    """`left or right`."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then a else b`."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in source`, or `name in start..end` (then `source` is an `IterationRange`)."""

    name: str
    source: Expression


@dataclass(frozen=True, slots=True)
class IterationRange(Node):
    """`start..end` behind `in` of a `for`: counts up or down."""

    start: Expression
    end: Expression


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for iterators return body`; `partial` names the results so far."""

    iterators: tuple[Iterator, ...]
    body: Expression


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some` or `every` `iterators satisfies predicate`."""

    quantifier: OneOf["some", "every"]
    iterators: tuple[Iterator, ...]
    predicate: Expression


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`operand instance of type`."""

    operand: Expression
    of: TypeExpression


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`[a, b]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ContextEntry(Node):
    """`key: value`; the key as a name, its quotes gone."""

    key: str
    value: Expression


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """`{a: 1, b: a + 1}`; later entries see earlier ones."""

    entries: tuple[ContextEntry, ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """`[low..high)` and its kin; as a unary test `< high` has no low.

    A bound that is missing is None, and open. `>= 5` as a value `(>= 5)` is
    the range `[5..)`.
    """

    low: Expression | None
    high: Expression | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`base.name`."""

    base: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`base[predicate]`, by position or by condition."""

    base: Expression
    predicate: Expression


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """An argument of a call; `name` is None for a positional one."""

    name: str | None
    value: Expression


@dataclass(frozen=True, slots=True)
class Invocation(Node):
    """`function(arguments)`; all named or all positional."""

    function: Expression
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class FormalParameter(Node):
    """`name: type` of a function definition."""

    name: str
    type: TypeExpression | None


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    """`function(a: number) body`, or `external body`."""

    parameters: tuple[FormalParameter, ...]
    body: Expression
    external: bool


@dataclass(frozen=True, slots=True)
class UnaryComparison(Node):
    """`>= 5`, `!= "x"` as a unary test, of the value that stands before it."""

    operator: ComparisonOperator
    right: Expression


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """`test, test` of a cell: true when any test is; `not(...)` turns it round.

    `-` is `tests == ()` and not negated. A test is a `UnaryComparison`, a
    range, or any expression: compared by `=`, by `in` for lists and ranges, or
    taken as it is where it is boolean and mentions `?`.
    """

    tests: tuple[Expression, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class InputValue(Node):
    """`?` in a unary test: the value under test."""


@dataclass(frozen=True, slots=True)
class NamedType(Node):
    """`number`, `date and time`, or the name of an item definition, dots included."""

    name: str


@dataclass(frozen=True, slots=True)
class ListTypeExpression(Node):
    """`list<item>`."""

    item: TypeExpression


@dataclass(frozen=True, slots=True)
class RangeTypeExpression(Node):
    """`range<bound>`."""

    bound: TypeExpression


@dataclass(frozen=True, slots=True)
class ContextTypeExpression(Node):
    """`context<name: type>`."""

    entries: tuple[tuple[str, TypeExpression], ...]


@dataclass(frozen=True, slots=True)
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
