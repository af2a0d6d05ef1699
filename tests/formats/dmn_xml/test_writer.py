"""DMN XML as it is written: what DMN's schema wants, and what is read back from it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from interchange.desk import NAMES, exported, shipped
from keyaccount.formats.dmn_xml.document import Bounds, Diagram, Document, Point
from keyaccount.formats.dmn_xml.document_reader import read_document
from keyaccount.formats.dmn_xml.elements import Element, parse_xml
from keyaccount.formats.dmn_xml.reader import read_definitions
from keyaccount.formats.dmn_xml.versions import VERSIONS
from keyaccount.formats.dmn_xml.writer import write_document
from keyaccount.formats.dmn_xml.xml_text import tag, xml_text
from keyaccount.limits import DEFAULT_LIMITS
from keyaccount.model.content import content
from keyaccount.source import Source

ORDER = {
    "definitions": "description extensionElements import itemDefinition * DMNDI",
    "itemDefinition": "description extensionElements typeRef allowedValues typeConstraint "
    "itemComponent functionItem",
    "itemComponent": "description extensionElements typeRef allowedValues typeConstraint "
    "itemComponent functionItem",
    "inputData": "description extensionElements variable",
    "decision": "description extensionElements question allowedAnswers variable "
    "informationRequirement knowledgeRequirement authorityRequirement *",
    "businessKnowledgeModel": "description extensionElements variable encapsulatedLogic "
    "knowledgeRequirement authorityRequirement",
    "encapsulatedLogic": "description extensionElements formalParameter *",
    "decisionTable": "description extensionElements input output annotation rule",
    "input": "description extensionElements inputExpression inputValues",
    "output": "description extensionElements outputValues defaultOutputEntry",
    "rule": "description extensionElements inputEntry outputEntry annotationEntry",
    "contextEntry": "description extensionElements variable *",
    "invocation": "description extensionElements * binding",
    "DMNDiagram": "DMNShape DMNEdge",
}
"""The children of each element in the order of the schema of DMN 1.5; `*` is any other."""


def all_elements(root: Element) -> list[Element]:
    found = [root]
    for each in found:
        if each.name != "extensionElements":
            found.extend(each.children)
    return found


def root_of(xml: str) -> Element:
    return parse_xml(Source("model.dmn", xml), DEFAULT_LIMITS)


def out_of_order(element: Element) -> bool:
    order = ORDER[element.name].split()
    other = order.index("*") if "*" in order else -1
    places = [order.index(e.name) if e.name in order else other for e in element.children]
    return -1 in places or places != sorted(places)


@pytest.mark.parametrize("name", NAMES)
def test_elements_stand_where_the_schema_has_them(name: str) -> None:
    elements = all_elements(root_of(write_document(exported(shipped(), name).document)))
    wrong = [each.name for each in elements if each.name in ORDER and out_of_order(each)]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_references_are_to_them(name: str) -> None:
    elements = all_elements(root_of(write_document(exported(shipped(), name).document)))
    ids = Counter(each.get("id") for each in elements if each.get("id"))
    assert [each for each, count in ids.items() if count > 1] == []
    references = [each.get("href") or "" for each in elements if each.get("href")]
    references += [f"#{e.get('dmnElementRef')}" for e in elements if e.get("dmnElementRef")]
    assert references
    assert [each for each in references if each.removeprefix("#") not in ids] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_table_has_a_cell_for_each_column(name: str) -> None:
    for each in all_elements(root_of(write_document(exported(shipped(), name).document))):
        if each.name == "decisionTable":
            wanted = tuple(len(list(each.of(n))) for n in ("input", "output", "annotation"))
            for rule in each.of("rule"):
                names = ("inputEntry", "outputEntry", "annotationEntry")
                assert tuple(len(list(rule.of(n))) for n in names) == wanted


@pytest.mark.parametrize("version", sorted(VERSIONS.values()))
@pytest.mark.parametrize("name", NAMES)
def test_the_model_reads_back_as_it_was(name: str, version: str) -> None:
    document = exported(shipped(), name).document
    read = read_document(Source("model.dmn", write_document(document, version)))
    again = read_document(Source("model.dmn", write_document(read, version)))
    assert read.definitions.version == version
    assert content(again.definitions) == content(read.definitions)
    assert again.remarks == read.remarks
    if version != "1.1":
        assert read.diagram == document.diagram


MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="all" namespace="n" id="m">
  <itemDefinition name="tPerson" isCollection="true">
    <itemComponent name="age"><typeRef>number</typeRef>
      <allowedValues><text>&gt;= 0</text></allowedValues></itemComponent>
  </itemDefinition>
  <itemDefinition name="tSize"><typeRef>number</typeRef>
    <typeConstraint><text>&lt; 10</text></typeConstraint></itemDefinition>
  <itemDefinition name="tFunction"><functionItem outputTypeRef="number">
    <parameters name="x" typeRef="number"/></functionItem></itemDefinition>
  <inputData name="people" id="i"><variable name="people" typeRef="tPerson"/></inputData>
  <businessKnowledgeModel name="half" id="b"><variable name="half"/>
    <encapsulatedLogic><formalParameter name="x" typeRef="number"/>
      <literalExpression><text>x / 2</text></literalExpression></encapsulatedLogic>
  </businessKnowledgeModel>
  <decision name="boxes" id="d">
    <question>Which?</question><allowedAnswers>these</allowedAnswers>
    <variable name="boxes" typeRef="Any"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement>
    <context>
      <contextEntry><variable name="list"/><list><literalExpression><text>1</text>
        </literalExpression></list></contextEntry>
      <contextEntry><variable name="relation"/><relation><column name="a" typeRef="number"/>
        <row><literalExpression><text>1</text></literalExpression></row></relation></contextEntry>
      <contextEntry><variable name="invocation"/><invocation><literalExpression><text>half</text>
        </literalExpression><binding><parameter name="x"/><literalExpression><text>4</text>
        </literalExpression></binding></invocation></contextEntry>
      <contextEntry><variable name="conditional"/><conditional><if><literalExpression>
        <text>true</text></literalExpression></if><then><literalExpression><text>1</text>
        </literalExpression></then><else><literalExpression/></else></conditional></contextEntry>
      <contextEntry><variable name="filter"/><filter><in><literalExpression><text>list</text>
        </literalExpression></in><match><literalExpression><text>item &gt; 0</text>
        </literalExpression></match></filter></contextEntry>
      <contextEntry><variable name="for"/><for iteratorVariable="x"><in><literalExpression>
        <text>list</text></literalExpression></in><return><literalExpression><text>x</text>
        </literalExpression></return></for></contextEntry>
      <contextEntry><variable name="every"/><every iteratorVariable="x"><in><literalExpression>
        <text>list</text></literalExpression></in><satisfies><literalExpression><text>x = 1</text>
        </literalExpression></satisfies></every></contextEntry>
      <contextEntry><variable name="function"/><functionDefinition kind="Java">
        <formalParameter name="x"/><context><contextEntry><variable name="class"/>
        <literalExpression><text>"java.lang.Math"</text></literalExpression></contextEntry>
        </context></functionDefinition></contextEntry>
      <contextEntry><decisionTable hitPolicy="COLLECT" aggregation="SUM">
        <input label="age"><inputExpression typeRef="number"><text>1</text></inputExpression>
          <inputValues><text>[0..9]</text></inputValues></input>
        <output name="o" typeRef="number"><outputValues><text>1, 2</text></outputValues>
          <defaultOutputEntry><text>0</text></defaultOutputEntry></output>
        <annotation name="why"/>
        <rule id="r"><inputEntry><text>&gt; 0</text></inputEntry><outputEntry><text>1</text>
          </outputEntry><annotationEntry><text>so</text></annotationEntry></rule>
      </decisionTable></contextEntry>
    </context>
  </decision>
  <decisionService name="service" id="s"><variable name="service"/>
    <outputDecision href="#d"/><inputData href="#i"/></decisionService>
</definitions>
"""


def test_every_boxed_expression_reads_back_as_it_was() -> None:
    definitions = read_definitions(Source("model.dmn", MODEL))
    text = write_document(Document(definitions))
    assert content(read_definitions(Source("model.dmn", text))) == content(definitions)
    elements = all_elements(root_of(text))
    assert [each.name for each in elements if each.name in ORDER and out_of_order(each)] == []


def test_positions_read_back_exactly() -> None:
    definitions = read_definitions(Source("model.dmn", MODEL))
    bounds = Bounds(Decimal("10.25"), Decimal(-3), Decimal(100), Decimal("1E+2"))
    points = (Point(Decimal(1), Decimal(2)), Point(Decimal("0.1"), Decimal(4)))
    diagram = Diagram({"i": bounds}, {("i", "d"): points})
    text = write_document(Document(definitions, diagram=diagram))
    assert read_document(Source("model.dmn", text)).diagram == diagram


@pytest.mark.parametrize(
    "text", ["<a> & \"b\" 'c'", "a\r\nb", " \t", "]]>", "月用量", "\U0001f600"]
)
def test_text_and_attributes_are_escaped(text: str) -> None:
    written = xml_text(tag("a", tag("b", text=text), c=text))
    root = root_of(written)
    assert root.get("c") == text
    assert root.children[0].text.text == text
