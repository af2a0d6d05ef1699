"""What a decision comes to: its value, its rules, and what is still open.

One rule, held by every backend; ARCHITECTURE.md, "What unknown means".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from keyaccount.feel.types import BOOLEAN, Enumeration
from keyaccount.ir import core


class Status(StrEnum):
    """How far a decision is settled."""

    DECIDED = "decided"
    UNDETERMINED = "undetermined"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision's outcome.

    `value` is None unless decided, but for `collect`, where it holds what is
    certain. `rules` are the ids that certainly match, in the author's order
    (under `first` and `priority` the one that decides; in a conflict, those
    that contradict each other). `missing` are the facts it waits for, sorted.
    `possible` are the outcomes that may still come, None where they cannot be
    listed; under `collect` what may yet be added; empty when decided.
    `conflicts` are the full names of the decisions whose conflict it hangs on.
    """

    value: object
    rules: tuple[str, ...]
    status: Status
    missing: tuple[str, ...] = ()
    possible: tuple[object, ...] | None = ()
    conflicts: tuple[str, ...] = ()


def all_values(decision: core.Decision) -> tuple[object, ...] | None:
    """Everything that a decision can come to by its type; None where that can't be listed."""
    kind = decision.type
    values: tuple[object, ...] | None = None
    if kind == BOOLEAN:
        values = (True, False)
    elif isinstance(kind, Enumeration):
        values = kind.values
    return values if values is None or decision.never_null else (*values, None)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands for a value that is not known, inside an evaluation.

    `missing` are the facts, `conflicts` the decisions it waits for. `possible`
    are the values it may have, None where they cannot be listed. `certain` is
    set for an undetermined `collect`: what the list holds for sure; `possible`
    is then what may be added.
    """

    missing: frozenset[str]
    conflicts: frozenset[str] = frozenset()
    possible: tuple[object, ...] | None = None
    certain: tuple[object, ...] | None = None
