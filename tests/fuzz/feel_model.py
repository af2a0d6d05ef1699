"""FEEL run in DMN's own mode on both interpreters: text and facts in, one outcome out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from keyaccount.decision_model import DecisionModel
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.budget import limited
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.range import Range
from keyaccount.formats.dmn_xml import read_definitions
from keyaccount.ir.lowering.dmn import lower_definitions
from keyaccount.limits import DEFAULT_LIMITS
from keyaccount.source import Source

BACKENDS = ("reference", "python")
NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
TODAY = date(2026, 2, 28)
NOW = datetime(2026, 2, 28, 12, 30, 0, 250)  # noqa: DTZ001 -- local on purpose
WRITABLE = frozenset("\t\n\r")


def writable(text):
    """The text without what XML cannot hold."""
    return "".join(filter(_is_writable, text))


def _is_writable(character):
    is_plain = character in WRITABLE or " " <= character < "\ud800"
    return is_plain or (character > "\udfff" and character not in "\ufffe\uffff")


def decision(text, facts=()):
    """XML of a model with one decision, `answer`, whose inputs take anything."""
    inputs = "".join(
        f'<inputData id="i{i}" name="{name}"><variable name="{name}"/></inputData>'
        for i, name in enumerate(facts)
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#i{i}"/></informationRequirement>'
        for i, _ in enumerate(facts)
    )
    logic = f"<literalExpression><text>{escape(text)}</text></literalExpression>"
    return model(
        inputs
        + f'<decision id="d" name="answer"><variable name="answer"/>{needs}{logic}</decision>'
    )


def cell(text):
    """XML of a model with one decision, `answer`: whether `a` passes the text as a cell."""
    return model(f"""
      <inputData id="i" name="a"><variable name="a"/></inputData>
      <decision id="d" name="answer"><variable name="answer"/>
        <informationRequirement><requiredInput href="#i"/></informationRequirement>
        <decisionTable hitPolicy="FIRST">
          <input><inputExpression><text>a</text></inputExpression></input>
          <output/>
          <rule><inputEntry><text>{escape(text)}</text></inputEntry>
            <outputEntry><text>true</text></outputEntry></rule>
          <rule><inputEntry><text>-</text></inputEntry>
            <outputEntry><text>false</text></outputEntry></rule>
        </decisionTable>
      </decision>""")


def model(inside):
    return f'<definitions xmlns="{NAMESPACE}" name="m" namespace="m">{inside}</definitions>'


def outcomes(xml, facts, limits=DEFAULT_LIMITS):
    """By backend, the value or the codes of what was refused."""
    try:
        with limited(limits):
            lowered = lower_definitions([read_definitions(Source("m.dmn", xml), limits)], limits)
    except PolicyError as error:
        return dict.fromkeys(BACKENDS, refusal(error))
    return {each: outcome(DecisionModel(lowered, each, limits), facts) for each in BACKENDS}


def outcome(loaded, facts):
    try:
        return comparable(loaded.decide("answer", facts, TODAY, NOW))
    except PolicyError as error:
        return refusal(error)


def refusal(error):
    return ("refused", *sorted({each.code for each in error.diagnostics}))


def is_refusal(outcome):
    return isinstance(outcome, tuple) and outcome[:1] == ("refused",)


def comparable(value):
    """Something that compares by kind and value, functions by what they take."""
    match value:
        case list():
            return [comparable(each) for each in value]
        case dict():
            return {name: comparable(each) for name, each in value.items()}
        case FunctionValue():
            return FunctionValue, value.parameters
        case Range():
            ends = (comparable(value.low), comparable(value.high))
            return Range, value.operator, value.low_closed, value.high_closed, *ends
        case Decimal():
            assert value.is_finite()
            return Decimal, value
        case _:
            return type(value), value
