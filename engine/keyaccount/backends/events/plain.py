"""The plain matcher: the meaning of rules over events, and the oracle of the other one."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from keyaccount.backends.events.network import (
    MAX_MATCHES,
    Candidate,
    Candidates,
    Key,
    KeyJoin,
    KeyPattern,
    KeyRule,
    Match,
    Network,
    Session,
    TooManyMatchesError,
)
from keyaccount.ir.core import ComparisonOperator

_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operators.eq,
    "!=": operators.ne,
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}

_Found = tuple[Candidate, ...]
"""The candidates chosen so far, in the order of `when`."""


def matches(network: Network, session: Session) -> list[list[Match]]:
    """The matches of each rule, sorted."""
    found = []
    for place, (rule, (when, unless)) in enumerate(zip(network, session, strict=True)):
        try:
            found.append(_matches(rule, when, unless))
        except OverflowError:
            raise TooManyMatchesError(place) from None
    return found


def _matches(
    rule: KeyRule, when: Sequence[Candidates], unless: Sequence[Candidates]
) -> list[Match]:
    chosen: list[_Found] = [()]
    for pattern, candidates in zip(rule.when, when, strict=True):
        fitting = _Fitting(pattern, candidates)
        chosen = _limited((*found, each) for found in chosen for each in fitting.to(found))
    for pattern, candidates in zip(rule.unless, unless, strict=True):
        fitting = _Fitting(pattern, candidates)
        chosen = [found for found in chosen if not any(True for _ in fitting.to(found))]
    return sorted(tuple(each.event for each in found) for found in chosen)


def _limited(found: Iterable[_Found]) -> list[_Found]:
    result: list[_Found] = []
    for each in found:
        if len(result) == MAX_MATCHES:
            raise OverflowError
        result.append(each)
    return result


class _Fitting:
    """The candidates of a pattern, by the key of its first equality with another pattern."""

    def __init__(self, pattern: KeyPattern, candidates: Candidates) -> None:
        self._joins = pattern.joins
        self._all = candidates
        self._indexed = next((join for join in pattern.joins if join.operator == "="), None)
        self._by_key: dict[Key | None, list[Candidate]] = {}
        if self._indexed is not None:
            for each in candidates:
                self._by_key.setdefault(each.keys[self._indexed.own], []).append(each)

    def to(self, found: _Found) -> Iterable[Candidate]:
        """The candidates that fit those chosen so far."""
        near = self._all
        if self._indexed is not None:
            join = self._indexed
            near = self._by_key.get(found[join.pattern].keys[join.theirs], ())
        for each in near:
            is_other = all(each.event != other.event for other in found)
            if is_other and all(_holds(join, each, found) for join in self._joins):
                yield each


def _holds(join: KeyJoin, candidate: Candidate, found: _Found) -> bool:
    theirs = found[join.pattern].keys[join.theirs]
    return compared(join.operator, candidate.keys[join.own], theirs)


def compared(operator: ComparisonOperator, own: Key | None, theirs: Key | None) -> bool:
    """Whether a join of two keys holds: not where one is missing, or of another class."""
    if own is None or theirs is None or own[0] != theirs[0]:
        return False
    return _HOLDS[operator](own[1], theirs[1])
