"""Diagrams: nothing over anything else, lines around boxes, positions that are given stay."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise
from random import Random

import pytest

from keyaccount.formats.dmn_xml.document import Bounds, Diagram, Point
from keyaccount.formats.dmn_xml.layout import laid_out, size_of
from keyaccount.interchange.feel_text import whole
from keyaccount.model.definitions import Decision, Definitions, InputData, Reference

SPAN = whole("").span()


def graph(needs: dict[str, list[str]]) -> Definitions:
    """A model of inputs, which need nothing, and of decisions."""
    inputs = {
        name: InputData(name, whole(name), None, SPAN) for name, each in needs.items() if not each
    }
    decisions = {
        name: Decision(
            name,
            whole(name),
            None,
            None,
            tuple(Reference(None, each, SPAN) for each in needed),
            None,
            None,
            None,
            SPAN,
        )
        for name, needed in needs.items()
        if needed
    }
    return Definitions("g", "g", None, "1.5", (), {}, inputs, {}, decisions, {}, SPAN)


def random_graph(seed: int, size: int) -> Definitions:
    random = Random(seed)  # noqa: S311 -- tests, not secrets
    needs: dict[str, list[str]] = {}
    for number in range(size):
        name = f"element {number} " + "某" * random.randrange(8)
        known = list(needs)
        wanted = random.randrange(4) if random.random() < 0.6 else 0
        needs[name] = random.sample(known, min(wanted, len(known)))
    return graph(needs)


def overlap(first: Bounds, second: Bounds) -> bool:
    return (
        first.x < second.x + second.width
        and second.x < first.x + first.width
        and first.y < second.y + second.height
        and second.y < first.y + first.height
    )


def crossed(box: Bounds, start: Point, end: Point) -> bool:
    """Whether a line runs through a box: looked at in a hundred places."""
    for step in range(1, 100):
        share = Decimal(step) / 100
        x, y = start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share
        if box.x < x < box.x + box.width and box.y < y < box.y + box.height:
            return True
    return False


def through_boxes(diagram: Diagram) -> Iterator[tuple[tuple[str, str], str]]:
    for line, points in diagram.lines.items():
        for name, box in diagram.shapes.items():
            if name not in line and any(crossed(box, *each) for each in pairwise(points)):
                yield line, name


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("size", [1, 5, 20, 60])
def test_no_two_boxes_overlap(seed: int, size: int) -> None:
    diagram = laid_out(random_graph(seed, size))
    assert len(diagram.shapes) == size
    assert not [pair for pair in combinations(diagram.shapes.values(), 2) if overlap(*pair)]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_required_stands_below(seed: int) -> None:
    diagram = laid_out(random_graph(seed, 30))
    for required, by in diagram.lines:
        upper = diagram.shapes[by]
        assert diagram.shapes[required].y >= upper.y + upper.height


@pytest.mark.parametrize("seed", range(8))
def test_no_line_runs_through_a_box(seed: int) -> None:
    diagram = laid_out(random_graph(seed, 30))
    assert not list(through_boxes(diagram))


def test_a_line_that_passes_a_layer_goes_around_its_boxes() -> None:
    diagram = laid_out(graph({"a": [], "b": ["a"], "c": ["b"], "d": ["a", "c"]}))
    assert not list(through_boxes(diagram))
    assert len(diagram.lines["a", "d"]) == 4


def test_chinese_names_get_wider_boxes() -> None:
    assert size_of("月度用量标准月度")[0] > size_of("abcdefgh")[0]


def test_a_long_name_gets_a_higher_box() -> None:
    width, height = size_of("x" * 100)
    assert (width, height) == (240, 114)


def test_positions_that_are_given_stay() -> None:
    model = graph({"a": [], "b": ["a"], "c": ["b"]})
    here = Bounds(Decimal("10.5"), Decimal(500), Decimal(100), Decimal(50))
    bent = (Point(Decimal(1), Decimal(2)), Point(Decimal(3), Decimal(4)))
    given = Diagram({"a": here, "gone": here}, {("a", "b"): bent})
    diagram = laid_out(model, given)
    assert diagram.shapes["a"] == here
    assert diagram.lines["a", "b"] == bent
    assert set(diagram.shapes) == {"a", "b", "c"}
    assert not [pair for pair in combinations(diagram.shapes.values(), 2) if overlap(*pair)]


def test_the_same_model_is_laid_out_the_same() -> None:
    assert laid_out(random_graph(3, 40)) == laid_out(random_graph(3, 40))


def test_a_circle_is_laid_out_too() -> None:
    assert len(laid_out(graph({"a": ["b"], "b": ["a"]})).shapes) == 2
