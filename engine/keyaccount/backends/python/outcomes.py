"""From values to outcomes and back, between the decisions of a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from keyaccount.backends.python.pending import Pending
from keyaccount.backends.python.runtime import merged
from keyaccount.ir.core import Table
from keyaccount.ir.hit_policies import (
    Candidate,
    combine,
    settled,
    value_by_null_rules,
    waiting,
)
from keyaccount.ir.outcome import Outcome, Status, Unknown


def settle(value: object, everything: tuple[object, ...] | None) -> Outcome:
    """The outcome of a decision that is no table.

    Args:
        value: what its expression came to.
        everything: what it can come to at all, None where that can't be listed.
    """
    if not isinstance(value, Unknown):
        return settled(value)
    possible = value.possible if value.certain is None else None
    return waiting((value,), possible if possible is not None else everything)


def value_of(outcome: Outcome, name: str) -> object:
    """What a decision's outcome is to those that use its value.

    Args:
        outcome: the decision's.
        name: the decision's full name, by which its conflict is known.
    """
    match outcome.status:
        case Status.DECIDED:
            return outcome.value
        case Status.CONFLICT:
            return Pending(frozenset(), frozenset(outcome.conflicts or (name,)))
        case Status.UNDETERMINED:
            certain = tuple(outcome.value) if isinstance(outcome.value, list) else None
            return Pending(frozenset(outcome.missing), frozenset(), outcome.possible, certain)


Tests = Callable[[], Unknown | Literal[False] | None]


def nested_table(
    table: Table, rules: tuple[tuple[str, Tests, Callable[[], object]], ...], default: object
) -> object:
    """The value of a table inside an expression, by DMN's own null rules.

    Args:
        table: for its hit policy.
        rules: of each rule its id, what `condition` gives for it, and its output.
        default: what no match gives.
    """
    candidates: list[Candidate] = []
    for name, tests, output in rules:
        waits_for = tests()
        if waits_for is not False:
            candidates.append(Candidate(name, output(), waits_for))
    return value_by_null_rules(combine(table, candidates, default))


def condition(*tests: object) -> Unknown | Literal[False] | None:
    """None where the rule matches, False where it does not, else what it waits for."""
    unknown: list[Unknown] = []
    for each in tests:
        if isinstance(each, Unknown):
            unknown.append(each)
        elif each is not True:
            return False
    if len(unknown) == 1:
        return unknown[0]
    return merged(unknown) if unknown else None
