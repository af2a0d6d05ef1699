"""Layers of a requirements graph: who stands in which, and in what order.

What is required stands below what requires it, as DMN draws it; what nothing
else is needed for stands right below its lowest user. Lines that pass a layer
keep a place of their own in it, so that no line runs through a box.

Source: Sugiyama, Tagawa, Toda 1981, simplified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Line = tuple[str, str]
"""What is required, and by what."""

_SWEEPS = 12
_MOST_IN_A_ROW = 9


@dataclass(slots=True)
class Layers:
    """Layers from the bottom up, each from left to right.

    Places of lines in passing have names of their own; `paths` has, for each
    line, all that it touches from its start to its end.
    """

    rows: list[list[str]] = field(default_factory=list)
    paths: dict[Line, list[str]] = field(default_factory=dict)

    def neighbours(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """What each place is joined to in the layer below, and in the one above."""
        below: dict[str, list[str]] = {}
        above: dict[str, list[str]] = {}
        for path in self.paths.values():
            for low, high in pairwise(path):
                below.setdefault(high, []).append(low)
                above.setdefault(low, []).append(high)
        return below, above


def layers(nodes: Sequence[str], lines: Sequence[Line]) -> Layers:
    """Layers of a graph without circles, with as few crossings as some sweeps find."""
    ranks = _spread(nodes, lines, _ranks(nodes, lines))
    found = Layers([[] for _ in range(max(ranks.values(), default=-1) + 1)])
    for node in nodes:
        found.rows[ranks[node]].append(node)
    for line in lines:
        found.paths[line] = _path(line, ranks, found.rows)
    _reorder(found)
    return found


def _ranks(nodes: Sequence[str], lines: Sequence[Line]) -> dict[str, int]:
    """How far up each stands: above all that it requires, sources near their users."""
    needs: dict[str, list[str]] = {node: [] for node in nodes}
    users: dict[str, list[str]] = {node: [] for node in nodes}
    for required, by in lines:
        needs[by].append(required)
        users[required].append(by)
    ranks: dict[str, int] = {}
    waiting = {node: len(each) for node, each in needs.items()}
    ready = [node for node in nodes if not waiting[node]]
    for node in ready:
        ranks[node] = max((ranks[each] + 1 for each in needs[node]), default=0)
        for user in users[node]:
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    for node in nodes:
        ranks.setdefault(node, 0)  # in a circle, which no model that runs has
    for node in nodes:
        if not needs[node] and users[node]:
            ranks[node] = min(ranks[each] for each in users[node]) - 1
    lowest = min(ranks.values(), default=0)
    return {node: rank - lowest for node, rank in ranks.items()}


def _spread(
    nodes: Sequence[str], lines: Sequence[Line], ranks: Mapping[str, int]
) -> dict[str, int]:
    """Sources of a wide layer over several rows, one below the other."""
    requiring = {by for _, by in lines}
    spread: dict[str, int] = {}
    offset = 0
    for rank in range(max(ranks.values(), default=-1) + 1):
        members = [node for node in nodes if ranks[node] == rank]
        sources = [node for node in members if node not in requiring]
        rows = max(1, -(-len(members) // _MOST_IN_A_ROW)) if sources else 1
        for place, node in enumerate(sources):
            spread[node] = offset + rank + place % rows
        for node in members:
            spread.setdefault(node, offset + rank + rows - 1)
        offset += rows - 1
    return spread


def _path(line: Line, ranks: Mapping[str, int], rows: list[list[str]]) -> list[str]:
    low, high = line
    path = [low]
    for rank in range(ranks[low] + 1, ranks[high]):
        passing = f"{low}\n{high}\n{rank}"
        rows[rank].append(passing)
        path.append(passing)
    return [*path, high]


def _reorder(found: Layers) -> None:
    """Sweep up and down, each layer by the middle of its neighbours; keep the best."""
    below, above = found.neighbours()
    best, fewest = [list(row) for row in found.rows], _crossings(found.rows, below)
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        order = range(1, len(found.rows)) if sweep % 2 == 0 else range(len(found.rows) - 2, -1, -1)
        for rank in order:
            fixed = found.rows[rank - 1 if sweep % 2 == 0 else rank + 1]
            _by_middle(found.rows[rank], fixed, below if sweep % 2 == 0 else above)
        crossings = _crossings(found.rows, below)
        if crossings < fewest:
            best, fewest = [list(row) for row in found.rows], crossings
    found.rows = best


def _by_middle(row: list[str], fixed: Sequence[str], joined: Mapping[str, Sequence[str]]) -> None:
    at = {node: place for place, node in enumerate(fixed)}
    here = {node: place / len(row) for place, node in enumerate(row)}

    def middle(node: str) -> float:
        places = [at[each] for each in joined.get(node, ())]
        return sum(places) / len(places) if places else here[node] * len(fixed)

    row.sort(key=middle)


def _crossings(rows: Sequence[Sequence[str]], below: Mapping[str, Sequence[str]]) -> int:
    """How many pairs of lines cross between neighbouring layers."""
    total = 0
    for low, high in pairwise(rows):
        at = {node: place for place, node in enumerate(low)}
        ends = [
            at[each] for node in high for each in sorted(below.get(node, ()), key=at.__getitem__)
        ]
        total += _inversions(ends)
    return total


def _inversions(places: Sequence[int]) -> int:
    seen: list[int] = []
    found = 0
    for place in places:
        found += sum(1 for each in seen if each > place)
        seen.append(place)
    return found
