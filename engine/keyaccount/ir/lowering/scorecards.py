"""Lower scorecards: weighted points, vetoes that decide alone, bands over the score."""

from __future__ import annotations

from keyaccount.diagnostics.table_messages import repeated_id
from keyaccount.feel.types import NULL, NUMBER, Type
from keyaccount.ir import core
from keyaccount.ir.lowering import unary_tests
from keyaccount.ir.lowering.checks import failed, let_all, one_type, require
from keyaccount.ir.lowering.expressions import lower
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.reasons import lower_reasons
from keyaccount.ir.lowering.tables import Inputs, lower_rule
from keyaccount.ir.lowering.texts import Texts
from keyaccount.model.policy import (
    Band,
    Criterion,
    HitPolicy,
    OutputClause,
    Scorecard,
    Validity,
)
from keyaccount.source import Fragment


def lower_scorecard(
    scorecard: Scorecard, declared: Type | None, bindings: Bindings, texts: Texts
) -> core.Expression:
    """The score where there are neither vetoes nor bands; else a table over the score.

    Vetoes come first, in order, then the bands; with vetoes alone the score is
    what no veto gives.
    """
    score = _score(scorecard, bindings, texts)
    if not scorecard.vetoes and not scorecard.bands:
        return score
    name = bindings.unit.fresh_name("score")
    local = core.Local(NUMBER, scorecard.span, name)
    inputs = Inputs(bindings.bound({"score": local}), texts)
    inputs.steps.append((name, score))
    outputs = (OutputClause(None, declared),)
    rules = [lower_rule(each, outputs, inputs) for each in scorecard.vetoes]
    rules += [_band(each, local, declared, inputs) for each in scorecard.bands]
    default = core.Literal(NULL, scorecard.span, None) if scorecard.bands else local
    _check_ids(scorecard, bindings)
    kind = declared or one_type([default, *(each.output for each in rules)], bindings)
    table = core.Table(
        kind, scorecard.span, HitPolicy.FIRST, None, tuple(rules), default, ((None, ()),)
    )
    return let_all(inputs.steps, table)


def _check_ids(scorecard: Scorecard, bindings: Bindings) -> None:
    """A veto and a band of one id could not be told apart in the answer."""
    vetoes = {each.id.text: each.id.span() for each in scorecard.vetoes}
    for band in scorecard.bands:
        if band.id.text in vetoes:
            line = vetoes[band.id.text].position.line
            bindings.report(repeated_id(band.id.span(), band.id.text, line))


def _score(scorecard: Scorecard, bindings: Bindings, texts: Texts) -> core.Expression:
    inputs = Inputs(bindings, texts)
    terms = [_term(each, inputs) for each in scorecard.criteria]
    total = terms[0]
    for each in terms[1:]:
        total = core.Arithmetic(NUMBER, scorecard.span, "+", total, each)
    return let_all(inputs.steps, total)


def _term(criterion: Criterion, inputs: Inputs) -> core.Expression:
    points = _points(criterion, inputs)
    if criterion.weight is None:
        return points
    weight = _number(criterion.weight, inputs)
    return core.Arithmetic(NUMBER, criterion.span, "*", weight, points)


def _points(criterion: Criterion, inputs: Inputs) -> core.Expression:
    if isinstance(criterion.points, Fragment):
        return _number(criterion.points, inputs)
    result: core.Expression = core.Literal(NULL, criterion.span, None)
    value = failed(criterion.span) if criterion.input is None else inputs.node(criterion.input)
    for line in reversed(criterion.points):
        tree = inputs.texts.tests(line.tests)
        points = _number(line.points, inputs)
        if tree is None:
            continue
        test = unary_tests.cell(tree, value, inputs.bindings, lower)
        result = (
            points if test is None else core.If(NUMBER, line.tests.span(), test, points, result)
        )
    return result


def _number(fragment: Fragment, inputs: Inputs) -> core.Expression:
    tree = inputs.texts.expression(fragment)
    if tree is None:
        return failed(fragment.span())
    return require(lower(tree, inputs.bindings), NUMBER, inputs.bindings)


def _band(band: Band, score: core.Expression, declared: Type | None, inputs: Inputs) -> core.Rule:
    tree = inputs.texts.tests(band.tests)
    test = None if tree is None else unary_tests.cell(tree, score, inputs.bindings, lower)
    fragment = band.then or band.id
    result = inputs.texts.expression(fragment)
    output = failed(fragment.span()) if result is None else lower(result, inputs.bindings, declared)
    return core.Rule(
        band.id.text,
        () if test is None else (test,),
        output if declared is None else require(output, declared, inputs.bindings),
        Validity(),
        lower_reasons(band.because, inputs.bindings, inputs.texts, inputs.steps),
        band.id.span(),
    )
