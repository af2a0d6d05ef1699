"""The FEEL texts inside a decision's logic, in the author's order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from keyaccount.model.policy import (
    BoxedContext,
    DecisionRule,
    DecisionTable,
    LiteralExpression,
    Logic,
    Scorecard,
)
from keyaccount.source import Fragment


@dataclass(frozen=True, slots=True)
class FeelText:
    """A text, whether it is a cell's unary tests, and the names later texts see by it."""

    fragment: Fragment
    is_tests: bool = False
    introduces: tuple[str, ...] = ()


def of_logic(logic: Logic) -> Iterator[FeelText]:
    """Every FEEL text of a decision's logic but its reasons."""
    match logic:
        case LiteralExpression(text):
            yield FeelText(text)
        case BoxedContext(steps):
            for step in steps:
                yield FeelText(step.text, introduces=(step.name.text,))
        case DecisionTable():
            for rule in logic.rules:
                yield from _of_rule(rule)
            yield from (FeelText(each.text) for each in logic.default)
        case Scorecard():
            yield from _of_scorecard(logic)
        case _:
            assert_never(logic)


def _of_rule(rule: DecisionRule) -> Iterator[FeelText]:
    if isinstance(rule.when, Fragment):
        yield FeelText(rule.when)
    else:
        for cell in rule.when:
            yield FeelText(cell.input)
            yield FeelText(cell.tests, is_tests=True)
    yield from (FeelText(each.text) for each in rule.then)


def _of_scorecard(scorecard: Scorecard) -> Iterator[FeelText]:
    for criterion in scorecard.criteria:
        if criterion.weight is not None:
            yield FeelText(criterion.weight)
        if criterion.input is not None:
            yield FeelText(criterion.input)
        if isinstance(criterion.points, Fragment):
            yield FeelText(criterion.points)
        else:
            for line in criterion.points:
                yield FeelText(line.tests, is_tests=True)
                yield FeelText(line.points)
    for veto in scorecard.vetoes:
        yield from _of_rule(veto)
    for band in scorecard.bands:
        yield FeelText(band.tests, is_tests=True)
        yield FeelText(band.then or band.id)
