"""Networks and sessions as durable-rules can take them, and its firings back as matches.

What the library gets wrong is not written, or refused here:

- Values are whole numbers. Every key becomes its rank among all keys of its class in the session:
  equality and order stay as they were, and nothing of 64-bit overflow, of `25 = 25.0` being false
  in a join, of binary floats or of texts that compare with numbers is left.
- All that a pattern asks of one event is decided before, so a pattern has a kind code of its own
  and tests nothing but that and joins. No `$or` (fires once a branch), `any`, `count` (counts per
  rule, without windows), `cap`, `$div` (crashes on 0), regular expressions, `$ex` on what may be
  missing: every fact has every property of its pattern.
- Negation is asserted first: `none` ignores a blocking fact that comes after what it blocks.
- A join whose last term is a false inequality crashes: an always true one stands last.
- No join on `id` or `sid` (reads freed memory): events are told apart by `fn`.
- Limits of the library (64 tests on one fact, 29 joins, 4,096 rules, 251 properties) are far off.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from keyaccount.backends.events.network import (
    Candidates,
    Key,
    KeyJoin,
    KeyPattern,
    KeyRule,
    Match,
    Network,
    Session,
)

MAX_RULES = 200
MAX_PATTERNS = 8
MAX_JOINS = 12
MAX_FACTS = 2_000

_OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_ABSENT = -1
"""The class of a key that is missing; no key has it."""
_SENTINEL = {"all": [{"m": {"$and": [{"t": 0}, {"one": 1}]}}], "pri": 60000}
"""Fires on the opening fact of every session; it is also the end of the library's network, an
`$and` that stops its search, which without one runs on into memory that is not its own."""


class CannotExpressError(Exception):
    """Rules or events that durable-rules is not trusted with; the plain matcher takes them."""


def rule_set(network: Network) -> str:
    """The rule set in the library's JSON.

    Raises:
        CannotExpressError: it is larger than what the library was found right with.
    """
    if len(network) > MAX_RULES:
        raise CannotExpressError(f"more than {MAX_RULES} rules")
    rules: dict[str, object] = {}
    kinds = iter(range(1, 1 + sum(map(_size, network))))
    for place, rule in enumerate(network):
        if _size(rule) > MAX_PATTERNS:
            raise CannotExpressError(f"more than {MAX_PATTERNS} patterns")
        patterns = [*rule.when, *rule.unless]
        rules[f"r{place}"] = {
            "all": [
                {_name(rule, number): {"$and": _terms(patterns, number, len(rule.when), kind)}}
                for number, kind in zip(range(len(patterns)), kinds, strict=False)
            ],
            "pri": 0,
        }
    return json.dumps({**rules, "zz": _SENTINEL})


def _size(rule: KeyRule) -> int:
    return len(rule.when) + len(rule.unless)


def _name(rule: KeyRule, number: int) -> str:
    return f"v{number}" + ("$not" if number >= len(rule.when) else "")


def _terms(
    patterns: Sequence[KeyPattern], number: int, positive: int, kind: int
) -> list[Mapping[str, object]]:
    """The terms of a pattern: its kind, its joins, the always true one."""
    pattern = patterns[number]
    joins: list[Mapping[str, object]] = [
        {"$neq": {"fn": {f"v{other}": "fn"}}}
        for other in range(min(number, positive))
        if patterns[other].kind == pattern.kind
    ]
    for join in pattern.joins:
        joins += _join(join)
    if len(joins) >= MAX_JOINS:
        raise CannotExpressError(f"more than {MAX_JOINS} joins")
    return [{"t": kind}, *joins, {"one": {"v0": "one"} if number else 1}]


def _join(join: KeyJoin) -> Iterator[Mapping[str, object]]:
    other = f"v{join.pattern}"
    if not join.sure:
        yield {f"c{join.own}": {other: f"c{join.theirs}"}}
    theirs = {other: f"k{join.theirs}"}
    if join.operator == "=":
        yield {f"k{join.own}": theirs}
    else:
        yield {_OPERATORS[join.operator]: {f"k{join.own}": theirs}}


def facts(network: Network, session: Session) -> list[str]:
    """The candidates as facts in JSON, in the order in which they are to be asserted.

    Raises:
        CannotExpressError: there are more than the library was found right with.
    """
    ranks = _Ranks(session)
    shadows: list[str] = []
    plain: list[str] = []
    kind = 0
    for rule, (when, unless) in zip(network, session, strict=True):
        for patterns, all_candidates, found in (
            (rule.when, when, plain),
            (rule.unless, unless, shadows),
        ):
            for pattern, candidates in zip(patterns, all_candidates, strict=True):
                kind += 1
                found += _facts(kind, pattern, candidates, ranks)
    if len(plain) + len(shadows) > MAX_FACTS:
        raise CannotExpressError(f"more than {MAX_FACTS} facts")
    return shadows + plain


def _facts(kind: int, pattern: KeyPattern, candidates: Candidates, ranks: _Ranks) -> Iterator[str]:
    own = {join.own for join in pattern.joins}
    for event, keys in candidates:
        if any(keys[place] is None for place in own):
            continue  # no join holds for it
        values = "".join(
            f',"k{place}":{ranks.rank(key)},"c{place}":{ranks.kind(key)}'
            for place, key in enumerate(keys)
        )
        yield f'{{"t":{kind},"one":1,"fn":{event}{values}}}'


class _Ranks:
    """The rank of each key among those of its class in a session, and the class's number."""

    __slots__ = ("_classes", "_ranks")

    def __init__(self, session: Session) -> None:
        by_class: dict[str, dict[object, None]] = {}
        for when, unless in session:
            for candidates in (*when, *unless):
                for candidate in candidates:
                    for key in candidate.keys:
                        if key is not None:
                            by_class.setdefault(key[0], {})[key[1]] = None
        self._classes = {name: number for number, name in enumerate(by_class)}
        self._ranks = {
            name: {value: rank for rank, value in enumerate(_sorted(name, values))}
            for name, values in by_class.items()
        }

    def rank(self, key: Key | None) -> int:
        return 0 if key is None else self._ranks[key[0]][key[1]]

    def kind(self, key: Key | None) -> int:
        return _ABSENT if key is None else self._classes[key[0]]


def _sorted(name: str, values: Mapping[object, None]) -> Sequence[object]:
    """In order; lists and contexts, which have none, as they come: they are only ever equated."""
    return list(values) if name in _UNORDERED else sorted(values)  # type: ignore[type-var]


_UNORDERED = frozenset({"collection", "Range", "FunctionValue"})


def matches_of(network: Network, firings: Sequence[Sequence[int]]) -> list[list[Match]]:
    """The matches of each rule: sorted and each once, so that their order is ours."""
    found: list[set[Match]] = [set() for _ in network]
    for rule, *events in firings:
        found[rule].add(tuple(events))
    return [sorted(each) for each in found]
