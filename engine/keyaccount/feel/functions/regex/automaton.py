"""Tell whether a pattern matches in one pass over the text, whatever the pattern.

A deterministic automaton, its states worked out as the text needs them. It
tells whether there is a match, not where; the time is the text's length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from keyaccount.feel.functions.regex.ambiguity import Positions, positions
from keyaccount.feel.functions.regex.python import one_of
from keyaccount.feel.functions.regex.tree import Anchor, Node, Sequence

_MAX_STATES = 2_000


class NoAutomatonError(Exception):
    """The pattern needs more than an automaton: back-references, inner anchors, many states."""


@dataclass(slots=True, eq=False)
class _State:
    """The positions just matched, and where each character leads from there."""

    active: frozenset[int]
    accepting: bool
    moves: dict[str, _State] = field(default_factory=dict)


class Automaton:
    """The automaton of one pattern.

    Raises:
        NoAutomatonError: no automaton does for the pattern; also while matching.
    """

    def __init__(self, node: Node, *, ignore_case: bool, lines: bool) -> None:
        inner, self._from_start, self._to_end = _without_anchors(node)
        if lines and (self._from_start or self._to_end):
            raise NoAutomatonError
        self._positions: Positions = positions(inner, ignore_case=ignore_case)
        if not self._positions.exact:
            raise NoAutomatonError
        flags = re.IGNORECASE if ignore_case else re.NOFLAG
        self._tests = [re.compile(one_of(each), flags) for each in self._positions.nodes]
        self._states: dict[frozenset[int], _State] = {}
        self._start = self._state(frozenset())
        self._start.accepting = self._positions.nullable

    def matches(self, text: str) -> bool:
        """Whether the pattern matches anywhere in the text, anchors counted."""
        state = self._start
        if state.accepting and (not self._to_end or not self._from_start or not text):
            return True
        early = not self._to_end
        for character in text:
            following = state.moves.get(character)
            if following is None:
                following = self._step(state, character)
            state = following
            if early and state.accepting:
                return True
        return state.accepting and state is not self._start

    def _step(self, state: _State, character: str) -> _State:
        candidates: set[int] = set()
        for each in state.active:
            candidates |= self._positions.follow[each]
        if state is self._start or not self._from_start:
            candidates |= self._positions.first
        active = frozenset(each for each in candidates if self._tests[each].match(character))
        following = self._state(active)
        state.moves[character] = following
        return following

    def _state(self, active: frozenset[int]) -> _State:
        known = self._states.get(active)
        if known is not None and (active or known is not self._start):
            return known
        if len(self._states) >= _MAX_STATES:
            raise NoAutomatonError
        made = _State(active, not active.isdisjoint(self._positions.last))
        self._states[active] = made
        return made


def _without_anchors(node: Node) -> tuple[Node, bool, bool]:
    """The pattern between a `^` at its very start and a `$` at its very end."""
    parts = node.parts if isinstance(node, Sequence) else (node,)
    from_start = bool(parts) and parts[0] == Anchor("start")
    parts = parts[1:] if from_start else parts
    to_end = bool(parts) and parts[-1] == Anchor("end")
    parts = parts[:-1] if to_end else parts
    return Sequence(parts), from_start, to_end
