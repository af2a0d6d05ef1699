"""Outcomes in a form in which being equal means being the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from keyaccount.feel.values.number import number_text
from keyaccount.ir.outcome import Outcome


def canonical(value: object) -> object:
    """The value with its kind: 1 is not true, 1.0 is 1."""
    match value:
        case Decimal():
            return ("number", number_text(value))
        case bool():
            return ("boolean", value)
        case dict():
            return ("context", {name: canonical(each) for name, each in value.items()})
        case list():
            return ("list", [canonical(each) for each in value])
        case _:
            return (type(value).__name__, value)


def canonical_outcome(outcome: Outcome) -> dict[str, object]:
    """All that an outcome says."""
    possible = outcome.possible
    return {
        "value": canonical(outcome.value),
        "rules": outcome.rules,
        "status": outcome.status.value,
        "missing": outcome.missing,
        "possible": None if possible is None else [canonical(each) for each in possible],
        "conflicts": outcome.conflicts,
    }


def canonical_outcomes(outcomes: Mapping[str, Outcome]) -> dict[str, dict[str, object]]:
    """The same for each decision."""
    return {name: canonical_outcome(each) for name, each in outcomes.items()}
