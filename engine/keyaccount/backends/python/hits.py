"""Outcomes in compact form, and tables of them by which rules match."""

from __future__ import annotations

from dataclasses import replace

from keyaccount.backends.python.outcomes import condition
from keyaccount.backends.python.remembering import Remembering, value_of_junction
from keyaccount.ir import core
from keyaccount.ir.hit_policies import Candidate, combine
from keyaccount.ir.outcome import Outcome, Status
from keyaccount.result.results import RawDecision


def raw_of(outcome: Outcome) -> RawDecision:
    """The compact form: value and rules alone where it is decided."""
    if outcome.status is Status.DECIDED:
        return (frozen(outcome.value), outcome.rules)
    return outcome


def outcome_of(raw: RawDecision) -> Outcome:
    """The full form."""
    if isinstance(raw, Outcome):
        # an outcome is shared; a list in it goes to the caller as a list of his own
        return replace(raw, value=list(raw.value)) if isinstance(raw.value, list) else raw
    return Outcome(thawed(raw[0]), raw[1], Status.DECIDED)


def frozen(value: object) -> object:
    """A list as a tuple, so that it can be shared."""
    return tuple(value) if type(value) is list else value


def thawed(value: object) -> object:
    """The inverse of `frozen`: a list of one's own."""
    # a date is a tuple too, but of its own class
    return list(value) if type(value) is tuple else value


class HitTable(dict[tuple[bool, ...], RawDecision]):
    """The raw outcome by which rules of a table of constants match; filled as it is asked.

    Two threads may work out the same entry at once; they come to the same.
    """

    __slots__ = ("_candidates", "_default", "_table")

    def __init__(self, table: core.Table) -> None:
        super().__init__()
        self._table = table
        self._candidates = [Candidate(each.id, constant(each.output)) for each in table.rules]
        self._default = constant(table.default)

    def __missing__(self, hits: tuple[bool, ...]) -> RawDecision:
        matching = [each for each, hit in zip(self._candidates, hits, strict=True) if hit]
        raw = raw_of(combine(self._table, matching, self._default))
        self[hits] = raw
        return raw


class OpenHitTable(Remembering):
    """The outcome of a table of constants by what its rules' tests join, some of it unknown."""

    __slots__ = ("_default", "_table")

    def __init__(self, table: core.Table) -> None:
        super().__init__(self._combined)
        self._table = table
        self._default = constant(table.default)

    def _combined(self, *values: object) -> Outcome:
        each_value = iter(values)
        candidates: list[Candidate] = []
        for rule in self._table.rules:
            waits_for = condition(*[value_of_junction(each, each_value) for each in rule.tests])
            if waits_for is not False:
                candidates.append(Candidate(rule.id, constant(rule.output), waits_for))
        return combine(self._table, candidates, self._default)


def is_constant(table: core.Table) -> bool:
    """Whether all outputs and the default are constants."""
    outputs = (*(each.output for each in table.rules), table.default)
    return all(isinstance(each, core.Literal) for each in outputs)


def constant(node: core.Expression) -> object:
    """The value of a literal."""
    assert isinstance(node, core.Literal)  # noqa: S101 -- INVARIANT: `is_constant` was asked
    return node.value
