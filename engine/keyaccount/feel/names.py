"""The names that FEEL text may use, and how the longest declared one is found.

A FEEL name may hold spaces, operators and words of the language (`date and
time`, `cost+fee`, `in stock`), so where it ends is known only from what is
declared. The longest declared name wins.

Source: DMN 1.5, 10.3.1.2 (rules 25 to 30) and 10.3.1.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyaccount.feel.lexer import name_parts
from keyaccount.feel.types import SIMPLE_TYPES

BUILT_IN_NAMES = (
    "date and time",
    "years and months duration",
    "string length",
    "upper case",
    "lower case",
    "substring before",
    "substring after",
    "starts with",
    "ends with",
    "string join",
    "list contains",
    "list replace",
    "insert before",
    "index of",
    "distinct values",
    "round up",
    "round down",
    "round half up",
    "round half down",
    "met by",
    "overlaps before",
    "overlaps after",
    "finished by",
    "started by",
    "day of year",
    "day of week",
    "month of year",
    "week of year",
    "get value",
    "get entries",
    "context put",
    "context merge",
)
"""The built-in functions of several words; those of one word need no declaring."""

BUILT_IN_MEMBERS = ("time offset", "start included", "end included")
"""The components of values (DMN 1.5, table 65 and 10.3.2.7) that are of several words."""

RESERVED = frozenset(
    {
        "and",
        "between",
        "else",
        "every",
        "false",
        "for",
        "function",
        "if",
        "in",
        "not",
        "null",
        "or",
        "return",
        "satisfies",
        "some",
        "then",
        "true",
    }
)
"""Words that no undeclared name holds."""


class NameIndex:
    """Declared names as a tree of their tokens: where a name ends, `name` is its spelling."""

    __slots__ = ("after", "name")

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.name: str | None = None
        self.after: dict[str, NameIndex] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Declare a name; spelt anew, it takes the place of the old spelling.

        A key of a context with spaces around it is a text, and no name.
        """
        if name != name.strip():
            return
        place = self
        for part in name_parts(name):
            place = place.after.setdefault(part, NameIndex())
        place.name = name

    def longest(self, texts: list[str], at: int) -> tuple[int, str] | None:
        """The longest declared name at a token: how many tokens it has, and the name."""
        found: tuple[int, str] | None = None
        place = self.after.get(texts[at])
        count = 1
        while place is not None:
            if place.name is not None:
                found = (count, place.name)
            # The last token is the empty text of the end, which no name holds.
            place = place.after.get(texts[at + count]) if place.after else None
            count += 1
        return found


def longest(layers: Iterable[NameIndex], texts: list[str], at: int) -> tuple[int, str] | None:
    """The longest declared name of several layers; of equals that of the last layer."""
    best: tuple[int, str] | None = None
    for layer in layers:
        found = layer.longest(texts, at)
        if found is not None and (best is None or found[0] >= best[0]):
            best = found
    return best


_BUILT_INS = NameIndex(BUILT_IN_NAMES)
_MEMBERS = NameIndex(BUILT_IN_MEMBERS)
_TYPES = NameIndex(SIMPLE_TYPES)


class Scope:
    """What may be named in a FEEL text, in layers, the innermost last; it never changes.

    `names`: facts, decisions, parameters, functions, declared values. The
    built-in functions are always there. `members`: entries of contexts, known
    to stand behind a dot or in a filter. `types`: item definitions.
    """

    __slots__ = ("_names", "members", "names", "types")

    def __init__(
        self, names: Iterable[str] = (), members: Iterable[str] = (), types: Iterable[str] = ()
    ) -> None:
        self._names = tuple(names)
        self.names: tuple[NameIndex, ...] = (_BUILT_INS, NameIndex(self._names))
        self.members: tuple[NameIndex, ...] = (_MEMBERS, NameIndex(members))
        self.types: tuple[NameIndex, ...] = (_TYPES, NameIndex(types))

    def with_names(self, names: Iterable[str]) -> Scope:
        """This scope with more names in it."""
        changed = self._copy()
        added = tuple(names)
        changed._names = (*self._names, *added)
        changed.names = (*self.names, NameIndex(added))
        return changed

    def __iter__(self) -> Iterator[str]:
        """All declared names."""
        return iter(self._names)

    def _copy(self) -> Scope:
        changed = Scope.__new__(Scope)
        for slot in self.__slots__:
            setattr(changed, slot, getattr(self, slot))
        return changed
