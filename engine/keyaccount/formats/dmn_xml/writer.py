"""Write a DMN model as XML, every element where DMN's schema has it.

Source: DMN 1.5, clauses 6, 7 and 13 (DMNDI), and the schemas of the versions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from keyaccount.formats.dmn_xml.boxed_writer import BoxedWriter, plain, unary_tests
from keyaccount.formats.dmn_xml.document import (
    EXTENSION,
    Bounds,
    Diagram,
    Document,
    Point,
    Remark,
)
from keyaccount.formats.dmn_xml.versions import VERSIONS
from keyaccount.formats.dmn_xml.xml_text import Tag, tag, xml_text
from keyaccount.model import definitions as model

EXPORTER = "keyaccount"
_MODEL = {version: namespace for namespace, version in VERSIONS.items()}
_DMNDI = {
    "1.2": "http://www.omg.org/spec/DMN/20180521/DMNDI/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/DMNDI/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/DMNDI/",
}
_DC = "http://www.omg.org/spec/DMN/20180521/DC/"
_DI = "http://www.omg.org/spec/DMN/20180521/DI/"
_FEEL_OF_1_1 = "http://www.omg.org/spec/FEEL/20140401"
_FIRST = "1.1"
"""The one version without a diagram and annotations, and with a prefix before FEEL's types."""


def write_document(document: Document, version: str = "1.5") -> str:
    """The text of a DMN file. `version`: of DMN, 1.1 to 1.5."""
    return xml_text(_Writer(document, version).definitions())


class _Writer:
    """One file on its way out."""

    def __init__(self, document: Document, version: str) -> None:
        self._document = document
        self._model = document.definitions
        self._version = version
        first = version == _FIRST
        self._boxes = BoxedWriter(
            document.remarks,
            frozenset(self._model.item_definitions),
            "feel:" if first else "",
            not first,
        )

    def definitions(self) -> Tag:
        found = self._model
        return tag(
            "definitions",
            *self._head(found.id, self._source(), *self._beside()),
            *map(self._import, found.imports),
            *(self._item("itemDefinition", each) for each in found.item_definitions.values()),
            *map(self._input_data, found.input_data.values()),
            *map(self._knowledge_model, found.knowledge_models.values()),
            *map(self._decision, found.decisions.values()),
            *map(self._service, found.services.values()),
            self._diagram(self._document.diagram),
            **self._namespaces(),
            id=found.id,
            name=found.name,
            label=self._remark(found.id).label,
            namespace=found.namespace,
            exporter=EXPORTER,
        )

    def _namespaces(self) -> Mapping[str, str | None]:
        first = self._version == _FIRST
        return {
            "xmlns": _MODEL[self._version],
            "xmlns_feel": _FEEL_OF_1_1 if first else None,
            "xmlns_dmndi": _DMNDI.get(self._version),
            "xmlns_dc": None if first else _DC,
            "xmlns_di": None if first else _DI,
            "xmlns_ka": EXTENSION if self._extended() else None,
        }

    def _extended(self) -> bool:
        """Whether anything stands there that only keyaccount reads."""
        remarks = self._document.remarks.values()
        return self._document.source is not None or any(e.fingerprint or e.policy for e in remarks)

    def _source(self) -> Tag | None:
        source = self._document.source
        day = self._document.as_of
        written = None if day is None else str(day)
        return None if source is None else tag("ka:policy", text=source, asOf=written)

    def _beside(self) -> Iterator[Tag]:
        for name, text in self._document.beside.items():
            yield tag("ka:file", text=text, name=name)

    def _remark(self, id_: str | None) -> Remark:
        return self._document.remarks.get(id_ or "", Remark())

    def _head(self, id_: str | None, *extensions: Tag | None) -> Iterator[Tag | None]:
        """What any element begins with: words, and what DMN has no place for."""
        yield plain("description", self._remark(id_).description)
        if any(each is not None for each in extensions):
            yield tag("extensionElements", *extensions)

    def _named(self, name: str, element: _Element, *inside: Tag | None) -> Tag:
        remark = self._remark(element.id)
        return tag(
            name,
            *self._head(element.id),
            *inside,
            id=element.id,
            name=element.name.text,
            label=remark.label,
            ka_fingerprint=remark.fingerprint,
            ka_policy=remark.policy,
        )

    def _import(self, each: model.Import) -> Tag:
        return tag("import", name=each.name, namespace=each.namespace, importType=each.type)

    def _item(self, name: str, item: model.ItemDefinition) -> Tag:
        inside: list[Tag | None] = [
            None if item.type is None else tag("typeRef", text=self._boxes.type(item.type)),
            None if item.allowed is None else unary_tests("allowedValues", item.allowed),
            None if item.constraint is None else unary_tests("typeConstraint", item.constraint),
            *(self._item("itemComponent", each) for each in item.components),
            None if item.function is None else self._function_item(item.function),
        ]
        collection = "true" if item.is_collection else None
        return tag(name, *inside, name=item.name.text, isCollection=collection)

    def _function_item(self, function: model.FunctionItem) -> Tag:
        parameters = [
            tag("parameters", name=name, typeRef=self._boxes.type(kind))
            for name, kind in function.parameters
        ]
        return tag("functionItem", *parameters, outputTypeRef=self._boxes.type(function.result))

    def _variable(self, element: _Element) -> Tag:
        return tag("variable", name=element.name.text, typeRef=self._boxes.type(element.type))

    def _input_data(self, data: model.InputData) -> Tag:
        return self._named("inputData", data, self._variable(data))

    def _knowledge_model(self, knowledge: model.BusinessKnowledgeModel) -> Tag:
        logic = knowledge.logic
        return self._named(
            "businessKnowledgeModel",
            knowledge,
            self._variable(knowledge),
            None if logic is None else self._boxes.function("encapsulatedLogic", logic),
            *self._requirements(knowledge),
        )

    def _decision(self, decision: model.Decision) -> Tag:
        return self._named(
            "decision",
            decision,
            plain("question", decision.question),
            plain("allowedAnswers", decision.allowed_answers),
            self._variable(decision),
            *self._requirements(decision),
            self._boxes.expression(decision.logic),
        )

    def _requirements(self, of: model.Decision | model.BusinessKnowledgeModel) -> list[Tag]:
        """Requirements of information, then of knowledge; each with an id for its line."""
        found = [
            (self._requirement(each), f"{of.id}_needs_{each.id}", _href(each))
            for each in of.requires
        ]
        found.sort(key=lambda each: each[0][0] == "knowledgeRequirement")  # stable
        return [tag(outer, tag(inner, href=href), id=id_) for (outer, inner), id_, href in found]

    def _requirement(self, reference: model.Reference) -> tuple[str, str]:
        if reference.id in _ids(self._model.knowledge_models) | _ids(self._model.services):
            return "knowledgeRequirement", "requiredKnowledge"
        if reference.id in _ids(self._model.input_data):
            return "informationRequirement", "requiredInput"
        return "informationRequirement", "requiredDecision"

    def _service(self, service: model.DecisionService) -> Tag:
        parts = {
            "outputDecision": service.outputs,
            "encapsulatedDecision": service.encapsulated,
            "inputDecision": service.input_decisions,
            "inputData": service.input_data,
        }
        references = [tag(n, href=_href(e)) for n, each in parts.items() for e in each]
        return self._named("decisionService", service, self._variable(service), *references)

    def _diagram(self, diagram: Diagram) -> Tag | None:
        if self._version == _FIRST or not diagram.shapes:
            return None
        shapes = [_shape(id_, bounds) for id_, bounds in diagram.shapes.items()]
        edges = [_edge(*ends, points) for ends, points in diagram.lines.items()]
        return tag("dmndi:DMNDI", tag("dmndi:DMNDiagram", *shapes, *edges, id="diagram"))


_Element = model.InputData | model.BusinessKnowledgeModel | model.Decision | model.DecisionService


def _ids(elements: Mapping[str, _Element]) -> frozenset[str | None]:
    return frozenset(each.id for each in elements.values())


def _href(reference: model.Reference) -> str:
    return f"{reference.namespace or ''}#{reference.id}"


def _shape(id_: str, bounds: Bounds) -> Tag:
    box = tag(
        "dc:Bounds",
        height=_number(bounds.height),
        width=_number(bounds.width),
        x=_number(bounds.x),
        y=_number(bounds.y),
    )
    return tag("dmndi:DMNShape", box, id=f"shape_{id_}", dmnElementRef=id_)


def _edge(required: str, by: str, points: Sequence[Point]) -> Tag:
    ways = [tag("di:waypoint", x=_number(each.x), y=_number(each.y)) for each in points]
    requirement = f"{by}_needs_{required}"
    return tag("dmndi:DMNEdge", *ways, id=f"edge_{requirement}", dmnElementRef=requirement)


def _number(value: Decimal) -> str:
    return f"{value:f}"


__all__ = ["EXPORTER", "write_document"]
