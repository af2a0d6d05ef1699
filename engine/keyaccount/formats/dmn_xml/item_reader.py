"""`<itemDefinition>` to the model. Source: DMN 1.5, 7.3.3."""

from __future__ import annotations

from keyaccount.formats.dmn_xml.elements import Element
from keyaccount.formats.dmn_xml.reading import Reading
from keyaccount.model.definitions import FunctionItem, ItemDefinition


def item_definition(element: Element, reading: Reading) -> ItemDefinition:
    """A type, with its components to any depth."""
    function = element.first("functionItem")
    return ItemDefinition(
        reading.name(element),
        reading.type_element(element),
        tuple(item_definition(each, reading) for each in element.of("itemComponent")),
        element.get("isCollection") in ("true", "1"),
        reading.text(element.first("allowedValues")),
        reading.text(element.first("typeConstraint")),
        None if function is None else _function(function, reading),
        element.span,
    )


def _function(element: Element, reading: Reading) -> FunctionItem:
    parameters = tuple(
        (each.get("name") or "", reading.type(each)) for each in element.of("parameters")
    )
    return FunctionItem(parameters, reading.type(element, "outputTypeRef"))
