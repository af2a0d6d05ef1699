"""What an author writes, in DMN's nouns; FEEL is still text, with its place.

A `formats` package fills these, whatever the file looked like; `ir` lowers them.
Names are `Fragment`s where a message may have to point at them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from keyaccount.feel.types import Type
from keyaccount.model.calendars import Calendar
from keyaccount.model.event_rules import EventRule, EventType
from keyaccount.model.plans import Plan, Role
from keyaccount.source import Fragment, Span

Titles = Mapping[str, str]
"""Words by language code (`en`, `zh`); may be empty."""

Scalar = Decimal | str | bool | date | None
"""A plain value as YAML writes it: exact numbers, text, dates."""


class HitPolicy(StrEnum):
    """DMN 1.5, 8.2.10."""

    UNIQUE = "unique"
    FIRST = "first"
    ANY = "any"
    PRIORITY = "priority"
    COLLECT = "collect"
    RULE_ORDER = "rule order"
    OUTPUT_ORDER = "output order"


class Aggregation(StrEnum):
    """The aggregators of `collect`."""

    SUM = "sum"
    MIN = "min"
    MAX = "max"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Validity:
    """In force from a date (itself included) until a date (not included); None is open."""

    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )


@dataclass(frozen=True, slots=True)
class InputData:
    """A fact: what comes in from outside.

    `type` is an `Enumeration` where the author lists `values`. `allowed` is
    FEEL unary tests. `default` stands in for a fact not given; `nullable` says
    that a fact not given is null, not unknown. `aliases` are the headers it
    goes by in account lists. `sensitive`: its values are masked in logs.
    """

    name: Fragment
    type: Type
    title: Titles
    unit: str | None
    allowed: Fragment | None
    value_titles: Mapping[str, Titles]
    aliases: tuple[str, ...]
    nullable: bool
    default: Fragment | None
    span: Span
    description: Titles = field(default_factory=dict)
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A parameter's value from a date on; FEEL text of a constant."""

    since: date | None
    value: Fragment
    span: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure that an analyst tunes, by date of validity; `values` in order of date.

    `until`: the end of the last value's validity, None when open.
    """

    name: Fragment
    type: Type | None
    title: Titles
    unit: str | None
    values: tuple[DatedValue, ...]
    until: date | None
    span: Span
    description: Titles = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormalParameter:
    """A parameter of a business knowledge model."""

    name: Fragment
    type: Type


@dataclass(frozen=True, slots=True)
class BusinessKnowledgeModel:
    """A named helper function: its parameters and its FEEL body."""

    name: Fragment
    parameters: tuple[FormalParameter, ...]
    result: Type | None
    body: Fragment
    span: Span
    title: Titles = field(default_factory=dict)
    description: Titles = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """`value:`, one FEEL expression."""

    text: Fragment


@dataclass(frozen=True, slots=True)
class ContextStep:
    """A named step of a boxed context."""

    name: Fragment
    text: Fragment


@dataclass(frozen=True, slots=True)
class BoxedContext:
    """`context:`, named steps, each seeing the earlier ones.

    A step named `result` is the value of the whole; without it the context is.
    """

    steps: tuple[ContextStep, ...]


@dataclass(frozen=True, slots=True)
class InputEntry:
    """A cell: FEEL unary tests over an input, which is any FEEL expression."""

    input: Fragment
    tests: Fragment


@dataclass(frozen=True, slots=True)
class OutputEntry:
    """What a rule gives for one output; `name` is None for the only output."""

    name: Fragment | None
    text: Fragment


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A rule: its stable id, its condition, its results.

    `when` is one FEEL expression, or the cells that must all hold (an empty
    tuple always holds).
    """

    id: Fragment
    when: Fragment | tuple[InputEntry, ...]
    then: tuple[OutputEntry, ...]
    because: Mapping[str, Fragment]
    validity: Validity
    title: Titles
    span: Span


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A declared output: its name (None for the only one), type and order of values."""

    name: str | None
    type: Type | None


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Rules under a hit policy; `default` is used where no rule matches."""

    hit_policy: HitPolicy
    aggregation: Aggregation | None
    outputs: tuple[OutputClause, ...]
    rules: tuple[DecisionRule, ...]
    default: tuple[OutputEntry, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class PointsEntry:
    """A line of a criterion: points for an input that passes the tests."""

    tests: Fragment
    points: Fragment


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a scorecard: weight times points.

    `points` is one FEEL expression, or lines of which the first that passes counts.
    """

    id: Fragment
    title: Titles
    weight: Fragment | None
    input: Fragment | None
    points: Fragment | tuple[PointsEntry, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Weighted criteria, vetoes that decide alone, bands over the score.

    Without `bands` the value is the score. `vetoes` are looked at first, in order.
    `bands` are rules whose single cell is over the score.
    """

    criteria: tuple[Criterion, ...]
    vetoes: tuple[DecisionRule, ...]
    bands: tuple[Band, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Band:
    """A band of the score: its id is the value it gives, unless `then` says otherwise."""

    id: Fragment
    tests: Fragment
    then: Fragment | None
    because: Mapping[str, Fragment]
    span: Span


Logic = LiteralExpression | BoxedContext | DecisionTable | Scorecard


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: how its value comes about, and how the answer is told.

    `type` is None where the author leaves it to be found. `because` are text
    templates with FEEL in braces, by language.
    """

    name: Fragment
    title: Titles
    type: Type | None
    value_titles: Mapping[str, Titles]
    logic: Logic
    because: Mapping[str, Fragment]
    span: Span
    description: Titles = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy file. Mappings are keyed by name, in the author's order."""

    name: Fragment
    title: Titles
    owner: str | None
    time_zone: str
    facts: Mapping[str, InputData]
    parameters: Mapping[str, Parameter]
    functions: Mapping[str, BusinessKnowledgeModel]
    decisions: Mapping[str, Decision]
    span: Span
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    events: Mapping[str, EventType] = field(default_factory=dict)
    event_rules: Mapping[str, EventRule] = field(default_factory=dict)
    description: Titles = field(default_factory=dict)
