"""A regular expression of XPath, ready for use and kept within bounds of time.

Python's matcher tries one way after another, which takes long with some
patterns on some texts. What the pattern may cost is told beforehand: where it
is too much, an automaton answers whether there is a match; where the match
itself is wanted, the call is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from keyaccount.feel.functions.regex.ambiguity import (
    TooLargeError,
    degree,
    is_exponential,
    positions,
)
from keyaccount.feel.functions.regex.automaton import Automaton, NoAutomatonError
from keyaccount.feel.functions.regex.charset import characters
from keyaccount.feel.functions.regex.python import python_pattern
from keyaccount.feel.functions.regex.reader import InvalidPatternError, read_pattern
from keyaccount.feel.functions.regex.tree import Anchor, Characters, Node, Sequence

_FLAGS = frozenset("smixq")
_MAX_PATTERN = 10_000
# Steps of Python's matcher, of which it does some fifty million a second: how many are
# worth the automaton where there is one, and how many are too many where there is none.
_MANY_STEPS = 500_000
_MAX_STEPS = 5_000_000
_MAX_LENGTH_OF_EXPONENTIAL = 16


class RefusedError(Exception):
    """Matching might take too long."""


class Pattern:
    """A pattern with its flags.

    Raises:
        InvalidPatternError: the text is no pattern, or a flag is none.
    """

    def __init__(self, text: str, flags: str) -> None:
        if not _FLAGS.issuperset(flags) or len(text) > _MAX_PATTERN:
            raise InvalidPatternError(text)
        self.literal = "q" in flags
        self._ignore_case, self._lines = "i" in flags, "m" in flags and not self.literal
        self._node, self.groups = _read(text, flags)
        source = python_pattern(self._node, lines=self._lines)
        try:
            self._regex = re.compile(source, re.IGNORECASE if self._ignore_case else re.NOFLAG)
        except (re.error, OverflowError, RecursionError) as error:
            raise InvalidPatternError(text) from error

    @cached_property
    def matches_nothing(self) -> bool:
        """Whether it matches the empty text, so that it would part a text anywhere."""
        return self._regex.search("") is not None

    def is_in(self, text: str) -> bool:
        """Whether it matches anywhere in the text.

        Raises:
            RefusedError: that might take too long to tell.
        """
        steps = self._steps(len(text))
        if steps > _MANY_STEPS:
            try:
                return self.automaton.matches(text)
            except (NoAutomatonError, TooLargeError) as error:
                if steps > _MAX_STEPS:
                    raise RefusedError from error
        return self._regex.search(text) is not None

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """All matches, from left to right, none over another.

        Raises:
            RefusedError: that might take too long to tell.
        """
        if self._steps(len(text)) > _MAX_STEPS:
            raise RefusedError
        return self._regex.finditer(text)

    def _steps(self, length: int) -> int:
        """How many steps Python's matcher may take on a text of that length, roughly."""
        if length <= _MAX_LENGTH_OF_EXPONENTIAL:
            return 0
        ways, power = self._cost
        return _MAX_STEPS + 1 if power is None else ways * length**power

    @cached_property
    def _cost(self) -> tuple[int, int | None]:
        """A factor and the power of the length that time grows by; None for a power of two."""
        try:
            automaton = positions(self._node, ignore_case=self._ignore_case)
        except TooLargeError:
            return 1, None
        if is_exponential(automaton):
            return 1, None
        anchored = not self._lines and _starts_at_start(self._node)
        return automaton.ways, degree(automaton, anchored=anchored)

    @cached_property
    def automaton(self) -> Automaton:
        """Tells in one pass whether there is a match.

        Raises:
            NoAutomatonError: the pattern needs more than that.
            TooLargeError: it would grow too large.
        """
        return Automaton(self._node, ignore_case=self._ignore_case, lines=self._lines)


def _read(text: str, flags: str) -> tuple[Node, int]:
    if "q" in flags:
        return Sequence(tuple(Characters(characters(each)) for each in text)), 0
    return read_pattern(text, spaced="x" in flags, dot_all="s" in flags)


def _starts_at_start(node: Node) -> bool:
    return isinstance(node, Sequence) and node.parts[:1] == (Anchor("start"),)


@lru_cache(maxsize=512)
def pattern(text: str, flags: str) -> Pattern | None:
    """The pattern; None where the text is none, or a flag is unknown."""
    try:
        return Pattern(text, flags)
    except InvalidPatternError:
        return None
