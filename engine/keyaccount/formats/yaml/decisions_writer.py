"""Decisions as YAML: expressions, steps, tables, scorecards."""

from __future__ import annotations

from typing import assert_never

from keyaccount.formats.yaml.emitter import Mapping as Map
from keyaccount.formats.yaml.emitter import Node, Scalar, Style
from keyaccount.formats.yaml.parts_writer import (
    cells,
    condition,
    declared,
    feel,
    figure,
    mapping,
    outcome,
    reasons,
    result,
    titles,
    validity,
    words,
)
from keyaccount.model.policy import (
    Band,
    BoxedContext,
    Criterion,
    Decision,
    DecisionRule,
    DecisionTable,
    HitPolicy,
    LiteralExpression,
    Scorecard,
)
from keyaccount.source import Fragment


def decision_node(decision: Decision) -> Map:
    """An entry of `decisions:`."""
    before, after = _logic(decision)
    values = before.pop("values", None)
    return mapping(
        title=words(decision.title),
        description=words(decision.description),
        **before,
        values=values,
        titles=titles(decision.value_titles),
        **after,
        because=reasons(decision.because),
    )


def _logic(decision: Decision) -> tuple[dict[str, Node | None], dict[str, Node | None]]:
    """The logic in two: what stands before the declared values, and what behind."""
    logic = decision.logic
    match logic:
        case LiteralExpression(expression):
            return declared(decision.type), {"value": feel(expression)}
        case BoxedContext():
            return declared(decision.type), {"context": _context(logic)}
        case DecisionTable():
            return _table_head(logic), _table(logic)
        case Scorecard():
            return declared(decision.type), {"scorecard": _scorecard(logic)}
        case _:
            assert_never(logic)


def _context(context: BoxedContext) -> Map:
    steps = ((e.name.text, feel(e.text)) for e in context.steps)
    return Map(tuple((name, each) for name, each in steps if each is not None), Style.BLOCK)


def _table_head(table: DecisionTable) -> dict[str, Node | None]:
    hit_policy = table.hit_policy.value
    if table.aggregation is not None:
        hit_policy = f"{HitPolicy.COLLECT.value} {table.aggregation.value}"
    single = table.outputs[0] if table.outputs and table.outputs[0].name is None else None
    of_result = {} if single is None else declared(single.type)
    return {"type": of_result.pop("type", None), "hit_policy": Scalar(hit_policy), **of_result}


def _table(table: DecisionTable) -> dict[str, Node | None]:
    named = [each for each in table.outputs if each.name is not None]
    outputs = None
    if any(each.type is not None for each in named) or not table.rules:
        entries = ((e.name or "", mapping(Style.FIT, **declared(e.type))) for e in named)
        outputs = Map(tuple(entries)) if named else None
    rules = tuple((each.id.text, rule_node(each)) for each in table.rules)
    return {
        "outputs": outputs,
        "default": outcome(table.default),
        "rules": Map(rules, Style.BLOCK),
    }


def rule_node(rule: DecisionRule) -> Map:
    """An entry of `rules:`, or of a scorecard's `vetoes:`."""
    return mapping(
        Style.BLOCK if rule.because else Style.FIT,
        title=words(rule.title),
        when=_condition(rule),
        then=outcome(rule.then),
        because=reasons(rule.because),
        valid=validity(rule.validity),
    )


def _condition(rule: DecisionRule) -> Node | None:
    if isinstance(rule.when, Fragment):
        return condition(rule.when)
    return cells(rule.when) if rule.when else None


def _scorecard(scorecard: Scorecard) -> Map:
    criteria = tuple((each.id.text, _criterion(each)) for each in scorecard.criteria)
    vetoes = tuple((each.id.text, rule_node(each)) for each in scorecard.vetoes)
    bands = tuple((each.id.text, _band(each)) for each in scorecard.bands)
    return mapping(
        criteria=Map(criteria, Style.BLOCK),
        vetoes=Map(vetoes, Style.BLOCK) if vetoes else None,
        bands=Map(bands, Style.BLOCK) if bands else None,
    )


def _criterion(criterion: Criterion) -> Map:
    points: Node | None
    if isinstance(criterion.points, Fragment):
        points = figure(criterion.points)
    else:
        lines = ((each.tests.text, result(each.points)) for each in criterion.points)
        points = Map(tuple((tests, each) for tests, each in lines if each is not None))
    return mapping(
        Style.FIT,
        title=words(criterion.title),
        weight=feel(criterion.weight),
        input=feel(criterion.input),
        points=points,
    )


def _band(band: Band) -> Node:
    tests = figure(band.tests)
    if band.then is None and not band.because:
        return tests
    return mapping(
        Style.BLOCK if band.because else Style.FIT,
        when=tests,
        then=result(band.then),
        because=reasons(band.because),
    )
