"""What a DMN file holds beside its model: words, the diagram, keyaccount's own notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from keyaccount.formats.dmn_xml.document import (
    EXTENSION,
    Bounds,
    Diagram,
    Document,
    Other,
    Point,
    Remark,
)
from keyaccount.formats.dmn_xml.elements import Element, parse_xml
from keyaccount.formats.dmn_xml.encoding import read_xml_source
from keyaccount.formats.dmn_xml.reader import read_definitions
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.source import Source

_MODELLED = frozenset(
    {
        "businessKnowledgeModel",
        "decision",
        "decisionService",
        "description",
        "extensionElements",
        "import",
        "inputData",
        "itemDefinition",
    }
)
_REQUIREMENTS = ("informationRequirement", "knowledgeRequirement", "authorityRequirement")


def read_document(origin: Source | Path, limits: Limits = DEFAULT_LIMITS) -> Document:
    """A DMN file as a whole.

    Raises:
        PolicyError: with everything that is wrong with it as XML and as DMN.
    """
    source = read_xml_source(origin, limits.xml_bytes) if isinstance(origin, Path) else origin
    definitions = read_definitions(source, limits)
    root = parse_xml(source, limits)
    remarks = {each.get("id") or "": _remark(each) for each in _described(root)}
    policy = next(_extensions(root, "policy"), None)
    return Document(
        definitions,
        remarks,
        _diagram(root),
        None if policy is None else policy.text.text,
        None if policy is None else _day(policy.get("asOf")),
        tuple(_others(root)),
        {each.get("name") or "": each.text.text for each in _extensions(root, "file")},
    )


def _described(root: Element) -> Iterator[Element]:
    """The elements that words may be about: those of the graph, and the rules of tables."""
    pending = [root]
    while pending:
        element = pending.pop()
        if element.get("id") is not None and (element.children or element.attributes):
            yield element
        pending += element.children


def _remark(element: Element) -> Remark:
    description = element.first("description")
    words = None if description is None else description.trimmed
    return Remark(
        element.get("label"),
        None if words is None else words.text,
        _own(element, "fingerprint"),
        _own(element, "policy"),
    )


def _own(element: Element, name: str) -> str | None:
    """An attribute of keyaccount's namespace, whatever the prefix."""
    for key, value in element.attributes.items():
        prefix, colon, local = key.rpartition(":")
        if colon and local == name and element.prefixes.get(prefix) == EXTENSION:
            return value.text
    return None


def _extensions(root: Element, name: str) -> Iterator[Element]:
    """What keyaccount keeps in the file: the policy that it was made from, tables beside it."""
    extensions = root.first("extensionElements")
    for each in () if extensions is None else extensions.children:
        if each.namespace == EXTENSION and each.name == name:
            yield each


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _others(root: Element) -> Iterator[Other]:
    """The elements of DMN that the model has no place for."""
    for each in root.children:
        if each.namespace == root.namespace and each.name not in _MODELLED:
            words = each.get("name") or each.get("label") or each.get("id") or each.name
            yield Other(each.name, words, each.span)


def _diagram(root: Element) -> Diagram:
    """The shapes and lines of the file's first diagram."""
    found = next((each for each in root.children if each.name == "DMNDI"), None)
    drawn = None if found is None else found.first("DMNDiagram")
    if drawn is None:
        return Diagram()
    shapes = {}
    for each in drawn.of("DMNShape"):
        bounds = _bounds(each)
        if bounds is not None:
            shapes[_local(each.get("dmnElementRef"))] = bounds
    ends = _ends(root)
    lines = {
        ends[of]: points
        for each in drawn.of("DMNEdge")
        if (of := _local(each.get("dmnElementRef"))) in ends and (points := _points(each))
    }
    return Diagram(shapes, lines)


def _ends(root: Element) -> dict[str, tuple[str, str]]:
    """Both ends of each requirement by its id: what is required, by what."""
    return {
        requirement.get("id") or "": (_local(needed.get("href")), element.get("id") or "")
        for element in root.children
        for name in _REQUIREMENTS
        for requirement in element.of(name)
        for needed in requirement.children[:1]
    }


def _local(reference: str | None) -> str:
    """The id of a reference, which older tools write as a qualified name."""
    return (reference or "").rpartition("#")[2].rpartition(":")[2]


def _bounds(shape: Element) -> Bounds | None:
    for each in shape.children:
        if each.name == "Bounds":
            x, y, width, height = (_number(each, n) for n in ("x", "y", "width", "height"))
            if x is not None and y is not None and width is not None and height is not None:
                return Bounds(x, y, width, height)
    return None


def _points(edge: Element) -> tuple[Point, ...]:
    places = [(_number(e, "x"), _number(e, "y")) for e in edge.children if e.name == "waypoint"]
    return tuple(Point(x, y) for x, y in places if x is not None and y is not None)


def _number(element: Element, name: str) -> Decimal | None:
    try:
        value = Decimal(element.get(name) or "")
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
