"""What is left of rules for matching: patterns over events, each with keys to compare.

Everything about one event alone is worked out before (`firing`), so that a
matcher sees numbers of events and keys, and nothing of FEEL. A matcher is a
function from a network and a session to the matches of each rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from keyaccount.ir.core import ComparisonOperator

Key = tuple[str, object]
"""Something of an event that is compared: a class, and a value that Python orders and equates
within its class. Keys of two classes are not compared: no join holds between them."""


class KeyJoin(NamedTuple):
    """`own operator theirs`: places among the keys of two patterns; `pattern`: the other's place.

    `sure`: neither can be missing, and both are of one class.
    """

    operator: ComparisonOperator
    own: int
    pattern: int
    theirs: int
    sure: bool


class KeyPattern(NamedTuple):
    """A pattern: the kind of event, how many keys each candidate has, the joins."""

    kind: str
    keys: int
    joins: tuple[KeyJoin, ...]


class KeyRule(NamedTuple):
    """A rule: the events that must be there, at least one, and those of which none may be."""

    when: tuple[KeyPattern, ...]
    unless: tuple[KeyPattern, ...]


Network = tuple[KeyRule, ...]
"""Rules that need nothing of each other."""


class Candidate(NamedTuple):
    """An event, by its number, that passes a pattern's tests; its keys, None where missing."""

    event: int
    keys: tuple[Key | None, ...]


Candidates = Sequence[Candidate]
Session = Sequence[tuple[Sequence[Candidates], Sequence[Candidates]]]
"""For each rule the candidates of its patterns under `when`, and of those under `unless`."""

Match = tuple[int, ...]
"""The numbers of the events, in the order of `when`."""

Matcher = Callable[[Network, Session], list[list[Match]]]
"""The matches of each rule, sorted. One event never stands in two places of a rule: not in two
patterns of `when`, and not in its own way under `unless`.

Raises:
    TooManyMatchesError: for the first rule with more than `MAX_MATCHES`.
"""

MAX_MATCHES = 20_000


class TooManyMatchesError(Exception):
    """A rule holds more than `MAX_MATCHES` times; `rule` is its place in the network."""

    def __init__(self, rule: int) -> None:
        super().__init__(rule)
        self.rule = rule
