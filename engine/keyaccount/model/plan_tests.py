"""What an author writes to test a plan: what happens when, and how the case then stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from keyaccount.model.plain import Datum, PlainValue
from keyaccount.source import Fragment, Span


class Aspect(StrEnum):
    """What of a case a line may speak about."""

    STATUS = "status"
    OUTCOME = "outcome"
    OPEN = "open"
    DONE = "done"
    WAITING = "waiting"
    SKIPPED = "skipped"
    OVERDUE = "overdue"
    DUE = "due"
    OWNER = "owner"
    CHAIN = "chain"
    TOLD = "told"
    FORM = "form"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class PlanTestLine:
    """A moment of a case: what happens (`kind` None: nothing but time), and what must hold then.

    `at` is local to the policy's zone, as `2026-03-02 09:00`. `refused` is the
    code of the message by which the command must be refused.
    """

    at: Fragment
    kind: str | None
    data: PlainValue
    actor: str | None
    step: str | None
    totals: Mapping[str, PlainValue]
    refused: str | None
    expect: Mapping[Aspect, Datum]
    span: Span


@dataclass(frozen=True, slots=True)
class PlanTestCase:
    """A case of a plan, line by line. `organisation` is a file beside the tests."""

    name: Fragment
    plan: Fragment
    organisation: Fragment | None
    lines: tuple[PlanTestLine, ...]
    span: Span
