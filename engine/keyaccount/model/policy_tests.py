"""What an author writes to test a policy: what is given, what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from keyaccount.model.plain import Datum, PlainValue
from keyaccount.model.plan_tests import PlanTestCase
from keyaccount.source import Fragment, Span


class Aspect(StrEnum):
    """What of a decision's outcome a case may speak about."""

    VALUE = "value"
    STATUS = "status"
    RULES = "rules"
    MISSING = "missing"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a decision must come to; only the aspects that the author states."""

    decision: Fragment
    aspects: Mapping[Aspect, Datum]


@dataclass(frozen=True, slots=True)
class GivenEvent:
    """An event of a case: its kind, its instant as text, its fields."""

    kind: Fragment
    at: str
    data: Mapping[str, PlainValue]
    span: Span


@dataclass(frozen=True, slots=True)
class PolicyTestCase:
    """One case: its facts by name (left out: unknown), the date, the expected outcomes.

    `as_of` is None where the author leaves it to whoever runs the tests; `now`
    where no events are given. `derives`: by kind of event, the fields of each
    event that must follow, in order; only the kinds that the author states.
    """

    name: Fragment
    as_of: date | None
    given: Mapping[str, Datum]
    expect: Mapping[str, Expectation]
    span: Span
    now: datetime | None = None
    events: tuple[GivenEvent, ...] = ()
    derives: Mapping[str, Datum] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolicyTests:
    """The cases for one policy, those of its decisions and those of its plans."""

    policy: Fragment
    cases: tuple[PolicyTestCase, ...]
    span: Span
    plan_cases: tuple[PlanTestCase, ...] = ()
