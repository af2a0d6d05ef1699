"""Read a DMN model: from text or a file, with all that is wrong at once.

Source: DMN 1.5, clauses 6 and 7, and the schemas of the versions since 1.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from keyaccount.diagnostics import dmn_messages as messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.dmn_xml.boxed_reader import expression_in, function_definition
from keyaccount.formats.dmn_xml.elements import Element, parse_xml
from keyaccount.formats.dmn_xml.encoding import read_xml_source
from keyaccount.formats.dmn_xml.item_reader import item_definition
from keyaccount.formats.dmn_xml.reading import Reading
from keyaccount.formats.dmn_xml.versions import VERSIONS
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.model import definitions as model
from keyaccount.source import Source

_Named = TypeVar(
    "_Named",
    model.ItemDefinition,
    model.InputData,
    model.BusinessKnowledgeModel,
    model.Decision,
    model.DecisionService,
)
_REQUIREMENTS = {
    "informationRequirement": ("requiredInput", "requiredDecision"),
    "knowledgeRequirement": ("requiredKnowledge",),
}


def read_definitions(origin: Source | Path, limits: Limits = DEFAULT_LIMITS) -> model.Definitions:
    """A model from its file, or from text.

    Raises:
        PolicyError: with everything that is wrong with it as XML and as DMN.
    """
    source = read_xml_source(origin, limits.xml_bytes) if isinstance(origin, Path) else origin
    root = parse_xml(source, limits)
    version = VERSIONS.get(root.namespace)
    if version is None or root.name != "definitions":
        raise PolicyError([messages.not_dmn(root.span, root.name)])
    nameless = (each for each in root.of("import") if not (each.get("name") or "").strip())
    unprefixed = {root.get("namespace") or "", *(each.get("namespace") or "" for each in nameless)}
    reading = Reading(frozenset(unprefixed - {""}))
    try:
        found = _definitions(root, version, reading)
    except RecursionError:  # only where a caller raises the limit on nesting
        raise PolicyError([messages.boxes_too_deep(root.span)]) from None
    if reading.problems:
        raise PolicyError(reading.problems)
    return found


def _definitions(root: Element, version: str, reading: Reading) -> model.Definitions:
    def all_of(name: str, read: Callable[[Element, Reading], _Named]) -> dict[str, _Named]:
        return _by_name((read(each, reading) for each in root.of(name)), name, reading)

    return model.Definitions(
        root.get("name") or "",
        root.get("namespace") or "",
        root.get("id"),
        version,
        tuple(_import(each) for each in root.of("import")),
        all_of("itemDefinition", item_definition),
        all_of("inputData", _input_data),
        all_of("businessKnowledgeModel", _knowledge_model),
        all_of("decision", _decision),
        all_of("decisionService", _service),
        root.span,
    )


def _by_name(found: Iterable[_Named], element: str, reading: Reading) -> dict[str, _Named]:
    by_name: dict[str, _Named] = {}
    for each in found:
        name = each.name.text
        if name in by_name:
            reading.problems.append(messages.repeated_name(each.name.span(), element, name))
        by_name[name] = each
    return by_name


def _import(element: Element) -> model.Import:
    return model.Import(
        element.get("name") or "",
        element.get("namespace") or "",
        element.get("importType") or "",
        element.span,
    )


def _references(element: Element, *names: str) -> tuple[model.Reference, ...]:
    """The `href`s of children by name, in the order of the names."""
    return tuple(_reference(each) for name in names for each in element.of(name))


def _reference(element: Element) -> model.Reference:
    namespace, _, id_ = (element.get("href") or "").rpartition("#")
    return model.Reference(namespace or None, id_, element.span)


def _requirements(element: Element) -> tuple[model.Reference, ...]:
    return tuple(
        reference
        for name, kinds in _REQUIREMENTS.items()
        for each in element.of(name)
        for reference in _references(each, *kinds)
    )


def _input_data(element: Element, reading: Reading) -> model.InputData:
    variable = element.first("variable")
    return model.InputData(
        element.get("id"), reading.name(element), reading.type(variable), element.span
    )


def _knowledge_model(element: Element, reading: Reading) -> model.BusinessKnowledgeModel:
    logic = element.first("encapsulatedLogic")
    return model.BusinessKnowledgeModel(
        element.get("id"),
        reading.name(element),
        reading.type(element.first("variable")),
        None if logic is None else function_definition(logic, reading),
        _requirements(element),
        element.span,
    )


def _decision(element: Element, reading: Reading) -> model.Decision:
    return model.Decision(
        element.get("id"),
        reading.name(element),
        reading.type(element.first("variable")),
        expression_in(element, reading),
        _requirements(element),
        _words(element, "question"),
        _words(element, "allowedAnswers"),
        _words(element, "description"),
        element.span,
    )


def _words(element: Element, name: str) -> str | None:
    child = element.first(name)
    found = None if child is None else child.trimmed
    return None if found is None else found.text


def _service(element: Element, reading: Reading) -> model.DecisionService:
    return model.DecisionService(
        element.get("id"),
        reading.name(element),
        reading.type(element.first("variable")),
        _references(element, "outputDecision"),
        _references(element, "encapsulatedDecision"),
        _references(element, "inputDecision"),
        _references(element, "inputData"),
        element.span,
    )
