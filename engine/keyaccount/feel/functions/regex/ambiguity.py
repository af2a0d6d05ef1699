"""How long a backtracking matcher may take with a pattern, told from the pattern alone.

The pattern is laid out as an automaton of positions (Glushkov's), one for each
character class as written. Where two different ways lead from a position back
to itself over the same text, the matcher may try each in every combination:
time grows by powers of two. Where a loop can be left over a character that
also goes on with it, each such exit multiplies the time by the text's length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from keyaccount.feel.functions.regex.charset import EVERYTHING, CharSet
from keyaccount.feel.functions.regex.tree import (
    Anchor,
    Characters,
    Choice,
    Group,
    Node,
    Reference,
    Repeat,
    Sequence,
)

# Counted repeats up to this are laid out one by one; longer ones count as loops.
_UNROLLED = 32
_MAX_POSITIONS = 300


class TooLargeError(Exception):
    """The pattern has more positions than we look through."""


@dataclass(slots=True)
class Positions:
    """The automaton: for each position its characters and what may follow.

    `twice` are the steps that the pattern allows in more than one way; `exact`
    says that it is all of the pattern, no anchors, references or long counts;
    `ends_early` that what matches to the last position has matched for good.
    """

    nodes: list[Characters] = field(default_factory=list)
    sets: list[CharSet] = field(default_factory=list)
    follow: list[set[int]] = field(default_factory=list)
    twice: set[tuple[int, int]] = field(default_factory=set)
    hopeless: bool = False
    # How many ways there are to go through all counted repeats, at most.
    ways: int = 1
    ends_early: bool = True
    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    nullable: bool = False
    exact: bool = True

    def add(self, node: Characters, characters: CharSet) -> int:
        if len(self.nodes) >= _MAX_POSITIONS:
            raise TooLargeError
        self.nodes.append(node)
        self.sets.append(characters)
        self.follow.append(set())
        return len(self.nodes) - 1

    def link(self, lasts: frozenset[int], firsts: frozenset[int]) -> None:
        for last in lasts:
            for each in firsts:
                if each in self.follow[last]:
                    self.twice.add((last, each))
                self.follow[last].add(each)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part's positions that may come first and last, and whether it may match nothing."""

    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    nullable: bool = True


def positions(node: Node, *, ignore_case: bool) -> Positions:
    """Lay a pattern out.

    Raises:
        TooLargeError: it has too many positions.
    """
    automaton = Positions()
    part = _lay_out(node, automaton, ignore_case=ignore_case)
    automaton.first, automaton.last, automaton.nullable = part.first, part.last, part.nullable
    return automaton


def _lay_out(node: Node, to: Positions, *, ignore_case: bool) -> _Part:
    match node:
        case Characters():
            place = frozenset({to.add(node, _widest(node, ignore_case=ignore_case))})
            return _Part(place, place, nullable=False)
        case Sequence(parts):
            laid = _Part()
            for each in parts:
                laid = _then(laid, _lay_out(each, to, ignore_case=ignore_case), to)
            return laid
        case Choice(branches):
            return _either([_lay_out(each, to, ignore_case=ignore_case) for each in branches])
        case Repeat():
            return _repeated(node, to, ignore_case=ignore_case)
        case Group(_, part):
            return _lay_out(part, to, ignore_case=ignore_case)
        case Reference():
            to.exact = False
            whole = Repeat(Characters(EVERYTHING), 0, None, reluctant=False)
            return _lay_out(whole, to, ignore_case=ignore_case)
        case Anchor(at):
            to.exact = False
            to.ends_early &= at != "end"
            return _Part()
        case _:
            assert_never(node)


def _then(one: _Part, two: _Part, to: Positions) -> _Part:
    to.link(one.last, two.first)
    return _Part(
        one.first | two.first if one.nullable else one.first,
        one.last | two.last if two.nullable else two.last,
        one.nullable and two.nullable,
    )


def _either(parts: list[_Part]) -> _Part:
    return _Part(
        frozenset().union(*(each.first for each in parts)),
        frozenset().union(*(each.last for each in parts)),
        any(each.nullable for each in parts),
    )


def _repeated(node: Repeat, to: Positions, *, ignore_case: bool) -> _Part:
    least, most = node.least, node.most
    if most is None and least <= 1:
        return _looped(node, to, ignore_case=ignore_case)
    copies = least + 1 if most is None else most
    if copies > _UNROLLED:
        to.exact = False
        return _looped(node, to, ignore_case=ignore_case)
    to.ways *= copies - least + 1
    laid = _Part()
    for index in range(copies):
        if most is None and index == least:
            part = _looped(Repeat(node.part, 0, None, reluctant=False), to, ignore_case=ignore_case)
        else:
            part = _lay_out(node.part, to, ignore_case=ignore_case)
            # Which of many parts match nothing is one choice more each.
            to.hopeless |= part.nullable and copies > 1
            part = _Part(part.first, part.last, part.nullable or index >= least)
        laid = _then(laid, part, to)
    return laid


def _looped(node: Repeat, to: Positions, *, ignore_case: bool) -> _Part:
    part = _lay_out(node.part, to, ignore_case=ignore_case)
    to.link(part.last, part.first)
    return _Part(part.first, part.last, part.nullable or node.least == 0)


def _widest(node: Characters, *, ignore_case: bool) -> CharSet:
    """A set that holds all characters that the class matches, maybe more."""
    found = ~node.of if node.negated else node.of
    if node.taken_away is not None and not ignore_case:
        return found - _widest(node.taken_away, ignore_case=False)
    if not ignore_case:
        return found
    if node.negated or found.size > 1_000:
        return EVERYTHING
    points = (point for first, last in found.ranges for point in range(first, last + 1))
    forms = {form for point in points for form in _cases(chr(point))}
    return found | CharSet(tuple((ord(each), ord(each)) for each in sorted(forms)))


def _cases(letter: str) -> list[str]:
    # Letters like the long s and the Kelvin sign have case partners of their own.
    partners = "\u017f\u212a\u2126\u212b\u00b5\u0130\u0131" if letter.isascii() else ""
    return [each for each in (letter.upper(), letter.lower(), *partners) if len(each) == 1]


def is_exponential(automaton: Positions) -> bool:
    """Whether some text can be matched in exponentially many ways."""
    if automaton.hopeless:
        return True
    pairs = _pairs_both_ways(automaton)
    return any(pair in pairs for pair in automaton.twice) or _splits_and_joins(automaton)


def _pairs_both_ways(automaton: Positions) -> set[tuple[int, int]]:
    """The steps that lie on a loop."""
    reach = _reachable(automaton)
    return {
        (start, end)
        for start, ends in enumerate(automaton.follow)
        for end in ends
        if start in reach[end] or start == end
    }


def _reachable(automaton: Positions) -> list[set[int]]:
    """What may come after each position, at any distance."""
    return [_walk(start, automaton.follow) for start in range(len(automaton.nodes))]


def _walk(start: int, follow: list[set[int]]) -> set[int]:
    seen: set[int] = set()
    waiting = list(follow[start])
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting.extend(follow[each])
    return seen


def _splits_and_joins(automaton: Positions) -> bool:
    """Whether two ways over one text part from a position, differ and come back to it.

    Walks both ways at once, over pairs of positions with a character in common.
    """
    meets = _meeting(automaton)
    reach = _reachable(automaton)
    for start in range(len(automaton.nodes)):
        if start in reach[start] and _comes_back(start, automaton, meets, reach):
            return True
    return False


def _comes_back(
    start: int, automaton: Positions, meets: list[set[int]], reach: list[set[int]]
) -> bool:
    seen: set[tuple[int, int]] = set()
    waiting = [(start, start)]
    while waiting:
        one, two = waiting.pop()
        for left in automaton.follow[one]:
            if start not in reach[left] and left != start:
                continue
            for right in automaton.follow[two] & meets[left]:
                if one != two and left == right == start:
                    return True
                pair = (left, right)
                if pair not in seen and start in reach[right] | {right}:
                    seen.add(pair)
                    waiting.append(pair)
    return False


def _meeting(automaton: Positions) -> list[set[int]]:
    """For each position, the positions that it has a character in common with."""
    sets = automaton.sets
    return [{index for index, other in enumerate(sets) if each.meets(other)} for each in sets]


def degree(automaton: Positions, *, anchored: bool) -> int:
    """The power of the text's length by which time may grow, for what isn't exponential."""
    meets = _meeting(automaton)
    reach = _reachable(automaton)
    looping = [index for index in range(len(automaton.nodes)) if index in reach[index]]
    exits = sum(_leaves_early(index, automaton, meets, reach) for index in looping)
    fails_late = any(index not in automaton.last or not automaton.ends_early for index in looping)
    return 1 + exits + (1 if fails_late and not anchored else 0)


def _leaves_early(
    index: int, automaton: Positions, meets: list[set[int]], reach: list[set[int]]
) -> bool:
    """Whether after a position one character may go on with its loop, or leave it."""
    within = {each for each in automaton.follow[index] if index in reach[each]}
    beyond = automaton.follow[index] - within
    return any(meets[each] & beyond for each in within)
