"""Types of a policy as item definitions of a DMN model."""

from __future__ import annotations

from keyaccount.feel.types import (
    ANY,
    NULL,
    ContextType,
    Enumeration,
    FunctionType,
    ListType,
    RangeType,
    SimpleType,
    Type,
)
from keyaccount.interchange.elements import Ids
from keyaccount.interchange.feel_text import quoted, whole
from keyaccount.model.definitions import ItemDefinition
from keyaccount.source import Fragment


class ItemTypes:
    """The item definitions made so far."""

    def __init__(self) -> None:
        self.definitions: dict[str, ItemDefinition] = {}
        self._names = Ids()

    def of(self, kind: Type | None, owner: str, allowed: Fragment | None = None) -> Fragment | None:
        """The `typeRef` of a type; None where DMN has none for it.

        owner: what the type is of; a definition is named after it.
        allowed: unary tests that a value must pass besides.
        """
        if isinstance(kind, SimpleType) and allowed is None:
            return None if kind in (ANY, NULL) else whole(kind.name)
        name = self._names.fresh("t", owner)
        item = self._item(kind, name, owner, allowed)
        if item is None:
            return None
        self.definitions[name] = item
        return whole(name)

    def _item(
        self, kind: Type | None, name: str, owner: str, allowed: Fragment | None
    ) -> ItemDefinition | None:
        match kind:
            case SimpleType():
                return _definition(name, whole(kind.name), allowed)
            case Enumeration(values):
                return _definition(name, whole("string"), listed(values))
            case ListType(Enumeration(values)):
                return _definition(name, whole("string"), listed(values), is_collection=True)
            case ListType(item):
                inner = self.of(item, f"{owner}_item") or whole("Any")
                return _definition(name, inner, allowed, is_collection=True)
            case ContextType(entries) if entries and all(key.strip() for key, _ in entries):
                components = tuple(
                    _definition(key, self.of(each, f"{owner}_{key}") or whole("Any"), None)
                    for key, each in entries
                )
                return _definition(name, None, None, components)
            case ContextType() | RangeType() | FunctionType() | None:
                return None


def listed(values: tuple[str, ...]) -> Fragment:
    """Declared values as unary tests."""
    return whole(", ".join(map(quoted, values)))


def _definition(
    name: str,
    type_: Fragment | None,
    allowed: Fragment | None,
    components: tuple[ItemDefinition, ...] = (),
    *,
    is_collection: bool = False,
) -> ItemDefinition:
    written = whole(name)
    return ItemDefinition(
        written, type_, components, is_collection, allowed, None, None, written.span()
    )
