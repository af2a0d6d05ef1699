"""Sets of characters, as sorted ranges of code points."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

LAST = sys.maxunicode
Ranges = tuple[tuple[int, int], ...]

# Planes without a character; their code points are all of category Cn.
_UNASSIGNED = (0x40000, 0xDFFFF)
# The name characters of XML 1.0 (fifth edition), productions 4 and 4a.
_NAME_START = (
    (0x3A, 0x3A),
    (0x41, 0x5A),
    (0x5F, 0x5F),
    (0x61, 0x7A),
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x2FF),
    (0x370, 0x37D),
    (0x37F, 0x1FFF),
    (0x200C, 0x200D),
    (0x2070, 0x218F),
    (0x2C00, 0x2FEF),
    (0x3001, 0xD7FF),
    (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD),
    (0x10000, 0xEFFFF),
)
_NAME_MORE = (
    (0x2D, 0x2E),
    (0x30, 0x39),
    (0xB7, 0xB7),
    (0x300, 0x36F),
    (0x203F, 0x2040),
)


@dataclass(frozen=True, slots=True)
class CharSet:
    """Some characters: sorted ranges that neither touch nor overlap."""

    ranges: Ranges

    def __or__(self, other: CharSet) -> CharSet:
        return charset(self.ranges + other.ranges)

    def __invert__(self) -> CharSet:
        gaps, start = [], 0
        for first, last in self.ranges:
            if first > start:
                gaps.append((start, first - 1))
            start = last + 1
        if start <= LAST:
            gaps.append((start, LAST))
        return CharSet(tuple(gaps))

    def __sub__(self, other: CharSet) -> CharSet:
        return ~(~self | other)

    def meets(self, other: CharSet) -> bool:
        """Whether the two have a character in common."""
        mine, theirs = iter(self.ranges), iter(other.ranges)
        one, two = next(mine, None), next(theirs, None)
        while one is not None and two is not None:
            if one[1] < two[0]:
                one = next(mine, None)
            elif two[1] < one[0]:
                two = next(theirs, None)
            else:
                return True
        return False

    @property
    def size(self) -> int:
        """How many characters."""
        return sum(last - first + 1 for first, last in self.ranges)


def charset(ranges: Iterable[tuple[int, int]]) -> CharSet:
    """The set of some ranges in any order."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return CharSet(tuple(merged))


def characters(text: str) -> CharSet:
    """The set of the characters of a text."""
    return charset((ord(each), ord(each)) for each in text)


EVERYTHING = CharSet(((0, LAST),))
LINE_BREAKS = characters("\n\r")
SPACES = characters(" \t\n\r")
NAME_START = charset(_NAME_START)
NAME = charset(_NAME_START + _NAME_MORE)


def category(name: str) -> CharSet | None:
    """The characters of a general category, `L` or `Lu`; None where there is none such."""
    table = _categories()
    parts = [ranges for each, ranges in table.items() if each.startswith(name)]
    if not parts or len(name) > 2:
        return None
    return charset(pair for ranges in parts for pair in ranges)


@lru_cache(maxsize=1)
def word_characters() -> CharSet:
    r"""`\w`: all but punctuation, separators and others."""
    others = [category(each) for each in "PZC"]
    return ~charset(pair for each in others if each is not None for pair in each.ranges)


@lru_cache(maxsize=1)
def digits() -> CharSet:
    r"""`\d`: decimal digits of all scripts."""
    found = category("Nd")
    return CharSet(()) if found is None else found


@cache
def _categories() -> dict[str, list[tuple[int, int]]]:
    """All general categories with their ranges; worked out on first use, in some 50 ms."""
    import unicodedata  # lazy: most patterns name no category

    table: dict[str, list[tuple[int, int]]] = {"Cn": [_UNASSIGNED]}
    current, start = "", 0
    for stretch in (range(_UNASSIGNED[0]), range(_UNASSIGNED[1] + 1, LAST + 1)):
        current, start = "", stretch.start
        for point, kind in enumerate(map(unicodedata.category, map(chr, stretch)), start):
            if kind != current:
                if current:
                    table.setdefault(current, []).append((start, point - 1))
                current, start = kind, point
        table.setdefault(current, []).append((start, stretch.stop - 1))
    return table
