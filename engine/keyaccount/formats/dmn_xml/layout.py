"""Lay out a requirements graph: positions that are given stay, the rest is placed in layers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from keyaccount.formats.dmn_xml.document import Bounds, Diagram, Point
from keyaccount.formats.dmn_xml.layering import Layers, Line, layers
from keyaccount.model.definitions import Definitions

_MARGIN = 60
_GAP = 30
_LAYER_GAP = 80
_PASSING_WIDTH = 10
_LETTER = 8
_LINE_HEIGHT = 18
_PADDING = 32
_NARROWEST, _WIDEST = 120, 240
_LOWEST = 60
_ROUNDS = 8


def laid_out(definitions: Definitions, given: Diagram | None = None) -> Diagram:
    """A diagram of the whole model.

    given: where some elements stand already; they stay, and what has no place
    yet stands in layers below them.
    """
    names = {
        each.id: each.name.text
        for group in (definitions.decisions, definitions.knowledge_models, definitions.input_data)
        for each in group.values()
        if each.id is not None
    }
    lines = [
        (reference.id, each.id)
        for group in (definitions.decisions, definitions.knowledge_models)
        for each in group.values()
        for reference in each.requires
        if each.id is not None and reference.namespace is None and reference.id in names
    ]
    known = given or Diagram()
    kept = {id_: bounds for id_, bounds in known.shapes.items() if id_ in names}
    fresh = {id_: name for id_, name in names.items() if id_ not in kept}
    inside = [each for each in lines if each[0] in fresh and each[1] in fresh]
    drawn = _in_layers(fresh, inside, _below(kept.values()))
    shapes = {id_: kept.get(id_) or drawn.shapes[id_] for id_ in names}
    paths = {
        line: known.lines.get(line) or drawn.lines.get(line) or _straight(line, shapes)
        for line in lines
    }
    return Diagram(shapes, paths)


def size_of(name: str) -> tuple[int, int]:
    """Width and height of the box for a name; a Chinese character is two letters wide."""
    width = _LETTER * sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in name)
    rows = max(1, -(-width // (_WIDEST - _PADDING)))
    fitting = min(_WIDEST, max(_NARROWEST, width + _PADDING))
    return fitting, _LOWEST + (rows - 1) * _LINE_HEIGHT


def _below(shapes: Iterable[Bounds]) -> int:
    """Where there is room below what stands already."""
    bottoms = [int(each.y + each.height) for each in shapes]
    return max(bottoms) + _LAYER_GAP if bottoms else _MARGIN


def _in_layers(names: Mapping[str, str], lines: Sequence[Line], top: int) -> Diagram:
    found = layers(list(names), lines)
    sizes = {id_: size_of(name) for id_, name in names.items()}
    widths = {
        node: sizes[node][0] if node in sizes else _PASSING_WIDTH
        for row in found.rows
        for node in row
    }
    centres = _centres(found, widths)
    shapes: dict[str, Bounds] = {}
    through: dict[str, tuple[Point, Point]] = {}
    y = top
    for row in reversed(found.rows):
        height = max(sizes[node][1] if node in sizes else 0 for node in row)
        for node in row:
            centre = Decimal(centres[node])
            through[node] = (Point(centre, Decimal(y + height)), Point(centre, Decimal(y)))
            if node in sizes:
                width, own = sizes[node]
                left, upper = centres[node] - width // 2, y + (height - own) // 2
                shapes[node] = Bounds(Decimal(left), Decimal(upper), Decimal(width), Decimal(own))
        y += height + _LAYER_GAP
    paths = {line: _path(line, path, through, shapes) for line, path in found.paths.items()}
    return Diagram({id_: shapes[id_] for id_ in names}, paths)


def _path(
    line: Line,
    path: Sequence[str],
    through: Mapping[str, tuple[Point, Point]],
    shapes: Mapping[str, Bounds],
) -> tuple[Point, ...]:
    """Upright within each row, so that it runs through no box; at an angle only between rows."""
    passing = (point for node in path[1:-1] for point in through[node])
    start, end = through[path[0]][1], through[path[-1]][0]
    points = [_top(shapes[line[0]]), start, *passing, end, _bottom(shapes[line[1]])]
    bends = [
        point
        for before, point, after in zip(points, points[1:], points[2:], strict=False)
        if point not in (before, after) and not before.x == point.x == after.x
    ]
    return points[0], *bends, points[-1]


def _centres(found: Layers, widths: Mapping[str, int]) -> dict[str, int]:
    """The middle of each place: near those that it is joined to, never over its neighbours."""
    below, above = found.neighbours()
    centres: dict[str, float] = {}
    for row in found.rows:
        centres.update(_apart(row, [0.0] * len(row), widths))
    for number in range(_ROUNDS):
        joined = below if number % 2 == 0 else above
        for row in found.rows if number % 2 == 0 else found.rows[::-1]:
            wanted = [_mean([centres[e] for e in joined.get(n, ())], centres[n]) for n in row]
            centres.update(_apart(row, wanted, widths))
    left = min((centres[n] - widths[n] / 2 for row in found.rows for n in row), default=0.0)
    return {node: round(centre - left) + _MARGIN for node, centre in centres.items()}


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _apart(
    row: Sequence[str], wanted: Sequence[float], widths: Mapping[str, int]
) -> dict[str, float]:
    """The nearest centres to those wanted that keep the order and the gaps (least squares)."""
    offsets: list[float] = []
    for place, node in enumerate(row):
        gap = 0.0 if not place else (widths[row[place - 1]] + widths[node]) / 2 + _GAP
        offsets.append(gap + (offsets[-1] if offsets else 0.0))
    blocks: list[tuple[float, int]] = []  # the sum of what its members want, and how many they are
    for want, offset in zip(wanted, offsets, strict=True):
        blocks.append((want - offset, 1))
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1] = (blocks[-1][0] + total, blocks[-1][1] + count)
    shared = [total / count for total, count in blocks for _ in range(count)]
    return {node: base + offset for node, base, offset in zip(row, shared, offsets, strict=True)}


def _straight(line: Line, shapes: Mapping[str, Bounds]) -> tuple[Point, ...]:
    return _top(shapes[line[0]]), _bottom(shapes[line[1]])


def _top(box: Bounds) -> Point:
    return Point(box.x + box.width / 2, box.y)


def _bottom(box: Bounds) -> Point:
    return Point(box.x + box.width / 2, box.y + box.height)
