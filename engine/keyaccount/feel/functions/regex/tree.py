"""The tree of a regular expression of XPath."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from keyaccount.feel.functions.regex.charset import CharSet


@dataclass(frozen=True, slots=True)
class Characters:
    """One character out of a set.

    `taken_away` is the group that a class subtracts, `[a-z-[aeiou]]`. It is
    kept apart because without regard to case both groups widen first.
    """

    of: CharSet
    negated: bool = False
    taken_away: Characters | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after another; no parts match the empty text."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One branch or another, the first that leads to a match."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`*`, `+`, `?`, `{2,5}`; `most` is None for no end; reluctant with a `?` behind it."""

    part: Node
    least: int
    most: int | None
    reluctant: bool


@dataclass(frozen=True, slots=True)
class Group:
    """`(part)`: what it matched is kept under its number."""

    number: int
    part: Node


@dataclass(frozen=True, slots=True)
class Reference:
    """`\\1`: the text that a group matched; the empty one where it matched none."""

    number: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """`^` or `$`."""

    at: OneOf["start", "end"]


Node = Characters | Sequence | Choice | Repeat | Group | Reference | Anchor
