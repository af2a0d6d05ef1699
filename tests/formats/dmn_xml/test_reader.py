"""Models of older versions of DMN."""

from __future__ import annotations

import pytest

from keyaccount.decision_model import DecisionModel
from keyaccount.formats.dmn_xml.versions import VERSIONS
from keyaccount.source import Source

LIBRARY = """
<definitions xmlns="{dmn}" xmlns:f="{feel}" name="lib" namespace="urn:lib">
  <itemDefinition name="tSmall"><typeRef>f:number</typeRef>
    <allowedValues><text>&lt; 9</text></allowedValues></itemDefinition>
</definitions>"""
MODEL = """
<definitions xmlns="{dmn}" xmlns:own="urn:m" xmlns:other="urn:lib" name="m" namespace="urn:m">
  <import namespace="urn:lib" importType="{dmn}"/>
  <itemDefinition name="tSmaller"><typeRef>other:tSmall</typeRef></itemDefinition>
  <inputData id="i" name="i"><variable name="i" typeRef="own:tSmaller"/></inputData>
  <decision id="d" name="d"><variable name="d" typeRef="other:tSmall"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <literalExpression><text>i + 1</text></literalExpression></decision>
</definitions>"""
FEEL = "http://www.omg.org/spec/FEEL/20140401"


@pytest.mark.parametrize("namespace", VERSIONS)
def test_types_with_prefixes_of_xml(namespace: str) -> None:
    lib, model = (each.format(dmn=namespace, feel=FEEL).strip() for each in (LIBRARY, MODEL))
    opened = DecisionModel.load(Source("m.dmn", model), [Source("lib.dmn", lib)])
    assert opened.warnings == ()
    assert [opened.decide("d", {"i": each}) for each in (1, 8, 9)] == [2, None, None]
