"""What the expressions of case plans are called, and what they may name beside facts."""

from __future__ import annotations

from collections.abc import Iterable

from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    DATE_AND_TIME,
    NUMBER,
    STRING,
    ContextType,
    Type,
)

STEPS = "steps"
CASE = "case"
EVENT = "event"

STEP_ENTRIES: tuple[tuple[str, Type], ...] = (
    ("status", STRING),
    ("outcome", STRING),
    ("round", NUMBER),
    ("opened", DATE_AND_TIME),
    ("closed", DATE_AND_TIME),
    ("by", STRING),
    ("overdue", BOOLEAN),
)
"""What a condition may ask of a step: `steps.review.outcome = "approved"`."""

CASE_ENTRIES: tuple[tuple[str, Type], ...] = (
    ("opened", DATE_AND_TIME),
    ("initiator", STRING),
)


def condition_name(policy: str, plan: str, step: str, part: str) -> str:
    """The full name of an expression of a plan; no author can write it."""
    return f"{policy}.{plan}/{step}/{part}"


def context_types(steps: Iterable[str]) -> dict[str, Type]:
    """The contexts that a plan's expressions see, by name."""
    of_step = ContextType(STEP_ENTRIES)
    return {
        STEPS: ContextType(tuple((each, of_step) for each in steps)),
        CASE: ContextType(CASE_ENTRIES),
        EVENT: ANY,
    }
