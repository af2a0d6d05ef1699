"""`<decisionTable>` to the model. Source: DMN 1.5, clause 8.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from keyaccount.diagnostics import dmn_messages as messages
from keyaccount.formats.dmn_xml.elements import Element
from keyaccount.formats.dmn_xml.reading import Reading, stripped
from keyaccount.model import boxed
from keyaccount.model.policy import Aggregation, HitPolicy

_Choice = TypeVar("_Choice")

_HIT_POLICIES = {each.name.replace("_", " "): each for each in HitPolicy}
_AGGREGATIONS = {each.name: each for each in Aggregation}


def decision_table(element: Element, reading: Reading) -> boxed.DecisionTable:
    """The table; rows that have not a cell for each column are reported."""
    inputs = tuple(_input(each, reading) for each in element.of("input"))
    outputs = tuple(_output(each, reading) for each in element.of("output"))
    rules = tuple(
        _rule(each, number, len(inputs), len(outputs), reading)
        for number, each in enumerate(element.of("rule"), 1)
    )
    return boxed.DecisionTable(
        reading.type(element),
        element.span,
        _chosen(element, "hitPolicy", _HIT_POLICIES, reading) or HitPolicy.UNIQUE,
        _chosen(element, "aggregation", _AGGREGATIONS, reading),
        inputs,
        outputs,
        rules,
        tuple(each.get("name") or "" for each in element.of("annotation")),
    )


def _chosen(
    element: Element, attribute: str, known: Mapping[str, _Choice], reading: Reading
) -> _Choice | None:
    written = element.attributes.get(attribute)
    if written is None or not written.text:
        return None
    found = known.get(written.text)
    if found is None:
        problem = messages.unknown_choice(written.span(), attribute, written.text, known)
        reading.problems.append(problem)
    return found


def _input(element: Element, reading: Reading) -> boxed.InputClause:
    expression = element.first("inputExpression")
    place = element if expression is None else expression
    literal = boxed.LiteralExpression(
        reading.type(expression), place.span, reading.text(expression)
    )
    values = reading.text(element.first("inputValues"))
    return boxed.InputClause(literal, values, element.get("label"))


def _output(element: Element, reading: Reading) -> boxed.OutputClause:
    name = element.attributes.get("name")
    default = element.first("defaultOutputEntry")
    return boxed.OutputClause(
        stripped(name) if name is not None and name.text.strip() else None,
        reading.type(element),
        reading.text(element.first("outputValues")),
        None if default is None else _entry(default, reading),
    )


def _rule(
    element: Element, number: int, inputs: int, outputs: int, reading: Reading
) -> boxed.DecisionRule:
    tests = tuple(reading.text(each) for each in element.of("inputEntry"))
    results = tuple(_entry(each, reading) for each in element.of("outputEntry"))
    if (len(tests), len(results)) != (inputs, outputs):
        found, wanted = len(tests) + len(results), inputs + outputs
        reading.problems.append(messages.wrong_cells(element.span, found, wanted))
    remarks = tuple(
        "" if (text := reading.text(each)) is None else text.text
        for each in element.of("annotationEntry")
    )
    return boxed.DecisionRule(
        element.get("id") or f"rule {number}", tests, results, remarks, element.span
    )


def _entry(element: Element, reading: Reading) -> boxed.LiteralExpression:
    return boxed.LiteralExpression(reading.type(element), element.span, reading.text(element))
