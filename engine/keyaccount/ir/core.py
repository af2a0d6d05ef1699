"""The typed, resolved core that every backend sees.

Names are bound, types are known, sugar is gone. A backend is a function over
these nodes: a `match` that ends in `assert_never`.

Where a node's evaluation meets an unknown fact the result is unknown, except
where this module says otherwise. ARCHITECTURE.md, "What unknown means", has
the whole rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal as OneOf

from keyaccount.feel.types import ANY, ContextType, FunctionType, Type
from keyaccount.model.calendars import Calendar
from keyaccount.model.policy import Aggregation, HitPolicy, Titles, Validity
from keyaccount.source import Span

ArithmeticOperator = OneOf["+", "-", "*", "/", "**"]
ComparisonOperator = OneOf["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Node:
    """Every node has a static type, `Any` where it can't be known, and the author's span."""

    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant; the value as `keyaccount.feel.values` has it."""

    value: object


@dataclass(frozen=True, slots=True)
class Input(Node):
    """A fact."""

    name: str


@dataclass(frozen=True, slots=True)
class DecisionValue(Node):
    """The value of another decision, by its full name `policy.decision`."""

    name: str


@dataclass(frozen=True, slots=True)
class ParameterValue(Node):
    """A dated parameter, by its full name; `bind` makes it a `Literal` for a date."""

    name: str


@dataclass(frozen=True, slots=True)
class Moment(Node):
    """`today()` is the `as_of` date; `now()` the instant handed in."""

    which: OneOf["today", "now"]


@dataclass(frozen=True, slots=True)
class Local(Node):
    """A variable bound by `Let`, `For`, `Quantified`, `Filter` or `Lambda` around it."""

    name: str


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left op right` on numbers, strings (`+`) and temporal values."""

    operator: ArithmeticOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """`-operand`."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left op right`. `=` with null is FEEL's: only null equals null.

    Unknown with finitely many possible values against a known value that is
    none of them is false (`=`), true (`!=`).
    """

    operator: ComparisonOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not(operand)`; null stays null."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class And(Node):
    """True when all are; false as soon as one is, whatever the others; never empty."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """True as soon as one is; false when all are; never empty."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """`otherwise` unless the condition is true.

    Under an unknown condition, decided where both branches give the same value.
    """

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Let(Node):
    """`body`, with `name` standing for `value`."""

    name: str
    value: Expression
    body: Expression


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """Whether the operand's value is of a type."""

    operand: Expression
    of: Type


@dataclass(frozen=True, slots=True)
class MakeList(Node):
    """`[a, b]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MakeContext(Node):
    """`{a: 1}`; entries that see earlier ones were lowered to `Let`."""

    entries: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class MakeRange(Node):
    """`[low..high)`; `(< high)` and its kin have their operator, and one bound alone.

    A missing bound is None, and open.
    """

    low: Expression | None
    high: Expression | None
    low_closed: bool
    high_closed: bool
    operator: ComparisonOperator | None = None


@dataclass(frozen=True, slots=True)
class Path(Node):
    """An entry of a context, a component of a temporal value; over a list, of each item."""

    base: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`base[predicate]`, `item` bound in the predicate.

    By position where the predicate gives a number, by condition otherwise.
    """

    base: Expression
    item: str
    predicate: Expression


@dataclass(frozen=True, slots=True)
class Iterator:
    """`name in source`; `end` is set for `name in source..end`."""

    name: str
    source: Expression
    end: Expression | None


@dataclass(frozen=True, slots=True)
class For(Node):
    """The bodies over the cartesian product of the iterators, in order; `partial` is bound."""

    iterators: tuple[Iterator, ...]
    body: Expression


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some` as `Or`, `every` as `And`, over the cartesian product of the iterators."""

    quantifier: OneOf["some", "every"]
    iterators: tuple[Iterator, ...]
    predicate: Expression


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A built-in function by its FEEL name; arguments in the order of its parameters.

    `names` are the parameters where the author named them: only signatures
    that have them are meant.
    """

    function: str
    arguments: tuple[Expression, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """A function value; null for an argument that cannot be its parameter's type."""

    parameters: tuple[tuple[str, Type], ...]
    body: Expression

    @property
    def signature(self) -> tuple[tuple[str, Type], ...]:
        """The parameters under the names that their author gave."""
        return tuple((name.partition("#")[0], kind) for name, kind in self.parameters)

    @property
    def result(self) -> Type:
        """The type of what the function gives."""
        return self.type.result if isinstance(self.type, FunctionType) else ANY


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """A function value, applied; with `names`, one for each argument, by its parameters' names.

    Null where the arguments are not those that the function takes.
    """

    function: Expression
    arguments: tuple[Expression, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class NamedFunction(Node):
    """A function of the program's, by its full name; it may be the one that this stands in."""

    name: str


@dataclass(frozen=True, slots=True)
class Membership(Node):
    """`value in test`, where only the run can tell what kind of test it is.

    `as_cell`: the test is a cell of a table, where a boolean that does not look
    like the value's equal counts as it is.
    """

    value: Expression
    test: Expression
    as_cell: bool


@dataclass(frozen=True, slots=True)
class ScopedEntry(Node):
    """A name that an entry of `base` may have: that entry, or `otherwise` without one."""

    base: Expression
    name: str
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Conform(Node):
    """The operand as a value of the node's type, by DMN's implicit conversions; null if it is none.

    `allowed`, a test of the local `name`, must hold of what is not null.
    """

    operand: Expression
    name: str
    allowed: Expression | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a table. Its condition is that all `tests` are true (none: always).

    A test is one cell of the author's, or his whole `when`.
    """

    id: str
    tests: tuple[Expression, ...]
    output: Expression
    validity: Validity
    because: Mapping[str, Template] = field(compare=False)
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Table(Node):
    """A decision table.

    Written in YAML it is the whole logic of a decision, or a `Let`'s body there,
    and gives an outcome. Anywhere else it is an expression by DMN's own rules:
    a conflict is null.

    `default` is what no match gives (a null literal where the author says
    nothing). `order` are the values of `priority` and `output order`, the
    highest first; with several outputs one tuple an output, by output name.
    `complete`: it is proven that some rule always matches; `disjoint`: that no
    two match at once, found for `unique` alone (both set by `bind`).
    """

    hit_policy: HitPolicy
    aggregation: Aggregation | None
    rules: tuple[Rule, ...]
    default: Expression
    order: tuple[tuple[str | None, tuple[object, ...]], ...]
    complete: bool = False
    disjoint: bool = False


Expression = (
    Literal
    | Input
    | DecisionValue
    | ParameterValue
    | Moment
    | Local
    | Arithmetic
    | Negate
    | Comparison
    | Not
    | And
    | Or
    | If
    | Let
    | InstanceOf
    | MakeList
    | MakeContext
    | MakeRange
    | Path
    | Filter
    | For
    | Quantified
    | Call
    | Lambda
    | Apply
    | NamedFunction
    | Membership
    | ScopedEntry
    | Conform
    | Table
)


Template = tuple[str | Expression, ...]
"""A reason's text: words and the expressions whose values stand between them."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as backends see it.

    `allowed` is a boolean expression over `Local("?")`, or None. A fact that
    is `nullable` or has a `default` is never unknown. The value of one that is
    `sensitive` is not to be written into logs.
    """

    name: str
    type: Type
    nullable: bool
    default: Literal | None
    allowed: Expression | None
    title: Titles
    unit: str | None
    value_titles: Mapping[str, Titles]
    aliases: tuple[str, ...]
    span: Span
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class DatedLiteral:
    """A parameter's value from a date on (None: always)."""

    since: date | None
    value: Literal


@dataclass(frozen=True, slots=True)
class DatedParameter:
    """A parameter by date, in order; `until` ends the last value's validity."""

    name: str
    type: Type
    values: tuple[DatedLiteral, ...]
    until: date | None
    title: Titles
    unit: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision, typed. `name` is full: `policy.decision`.

    `never_null`: it is plain that it never comes to null (set by `bind`).
    """

    name: str
    policy: str
    type: Type
    logic: Expression
    title: Titles
    value_titles: Mapping[str, Titles]
    because: Mapping[str, Template]
    span: Span
    never_null: bool = False

    @property
    def local_name(self) -> str:
        return self.name.removeprefix(self.policy + ".")


EventKey = OneOf["position", "instant", "due"]
"""What is known of an event besides its fields: its place in the order of all events, its
instant, and its instant with the rule's `wait` behind it."""


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event; `type` is what stands behind a pattern's name: its fields and `at`.

    `nullable` are the fields that may be missing, and are then null. `calendar`
    reports the event itself, at the end of each of its working days.
    """

    name: str
    type: ContextType
    nullable: frozenset[str]
    calendar: Calendar | None
    title: Titles = field(compare=False)
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class EventJoin:
    """`own operator theirs`: `own` of the event looked for, `theirs` of an earlier one's.

    Each side looks at one event alone, so that it is worked out once an event,
    before anything is matched. `pattern` is the place of the other in `when`.
    Null fulfils no join.
    """

    operator: ComparisonOperator
    own: Expression | EventKey
    pattern: int
    theirs: Expression | EventKey


@dataclass(frozen=True, slots=True)
class EventPattern:
    """An event of a kind that passes `tests` (of it alone) and `joins`."""

    name: str
    event: str
    tests: tuple[Expression, ...]
    joins: tuple[EventJoin, ...]


@dataclass(frozen=True, slots=True)
class EventCollection:
    """The events that fit a pattern and `conditions`, in the order in which they came.

    `within`: no further back than this. `in_a_row`: of them the latest, as long
    as each fulfils this.
    """

    pattern: EventPattern
    conditions: tuple[Expression, ...]
    within: Expression | None
    in_a_row: Expression | None


@dataclass(frozen=True, slots=True)
class EventRule:
    """A rule over events; ARCHITECTURE.md, "What event rules mean", has its meaning.

    `derives` an event with `fields` (name, declared type, value), or the fact of that name with
    `value`. `time_zone`: its policy's, by which days are told.
    """

    name: str
    policy: str
    time_zone: str
    title: Titles = field(compare=False)
    when: tuple[EventPattern, ...]
    unless: tuple[EventPattern, ...]
    wait: Expression | None
    collect: tuple[EventCollection, ...]
    conditions: tuple[Expression, ...]
    derives: str
    fields: tuple[tuple[str, Type, Expression], ...]
    value: Expression | None
    span: Span = field(compare=False)

    @property
    def expressions(self) -> Iterable[Expression]:
        """Everything in it that is evaluated."""
        for pattern in (*self.when, *self.unless, *(each.pattern for each in self.collect)):
            yield from pattern.tests
            for join in pattern.joins:
                yield from (each for each in (join.own, join.theirs) if not isinstance(each, str))
        for collection in self.collect:
            yield from collection.conditions
            yield from (e for e in (collection.within, collection.in_a_row) if e is not None)
        yield from self.conditions
        yield from (each for each in (self.wait, self.value) if each is not None)
        yield from (value for _, _, value in self.fields)


@dataclass(frozen=True, slots=True)
class Program:
    """Some decisions with all that they need; `decisions` in an order in which each
    comes after what it uses. So are `event_rules`, by full name.

    `conditions` are the expressions of case plans, each as a decision of its own
    (`ir.conditions` has their names): no decision uses them, and they stand apart.
    `functions` are those that call each other by name, by full name.

    Before `bind` the logic holds `ParameterValue`s and rules of every date;
    after it neither, and backends take only what is bound.
    """

    facts: Mapping[str, Fact]
    parameters: Mapping[str, DatedParameter]
    decisions: Mapping[str, Decision]
    conditions: Mapping[str, Decision] = field(default_factory=dict)
    event_types: Mapping[str, EventType] = field(default_factory=dict)
    event_rules: Mapping[str, EventRule] = field(default_factory=dict)
    functions: Mapping[str, Lambda] = field(default_factory=dict)
