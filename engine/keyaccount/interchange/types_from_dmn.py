"""What a `typeRef` is in a policy: a type, and tests of what is allowed."""

from __future__ import annotations

from dataclasses import dataclass

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_unary_tests
from keyaccount.feel.types import (
    ANY,
    DATE_AND_TIME,
    DAYS_AND_TIME_DURATION,
    NULL,
    SIMPLE_TYPES,
    STRING,
    YEARS_AND_MONTHS_DURATION,
    Enumeration,
    ListType,
    SimpleType,
    Type,
)
from keyaccount.model.definitions import Definitions, ItemDefinition
from keyaccount.source import Fragment

_BUILT_IN: dict[str, SimpleType] = {
    **{name: each for name, each in SIMPLE_TYPES.items() if each != NULL},
    "dateTime": DATE_AND_TIME,
    "dayTimeDuration": DAYS_AND_TIME_DURATION,
    "yearMonthDuration": YEARS_AND_MONTHS_DURATION,
}


@dataclass(frozen=True, slots=True)
class Declared:
    """A type as far as a policy can declare it; `is_exact`: nothing of it is lost."""

    type: Type
    allowed: Fragment | None = None
    is_exact: bool = True

    def of_decision(self) -> Type | None:
        """The type that a decision declares; None for none."""
        return None if self.type == ANY else self.type


UNDECLARED = Declared(ANY)
_LOST = Declared(ANY, None, is_exact=False)


class DeclaredTypes:
    """The types of a model. `names`: what FEEL can name, which no declared value may be."""

    def __init__(self, definitions: Definitions, names: frozenset[str]) -> None:
        self._items = definitions.item_definitions
        self._names = names

    def of(self, reference: Fragment | None) -> Declared:
        """What a `typeRef` names."""
        return UNDECLARED if reference is None else self._named(reference.text, frozenset())

    def _named(self, name: str, above: frozenset[str]) -> Declared:
        if name in self._items and name not in above:
            return self._item(self._items[name], above | {name})
        found = _BUILT_IN.get(name)
        return _LOST if found is None else Declared(found)

    def _item(self, item: ItemDefinition, above: frozenset[str]) -> Declared:
        if item.type is None or item.components or item.function is not None:
            return _LOST
        base = self._named(item.type.text, above)
        found = self._narrowed(base, item.allowed)
        if item.constraint is not None:
            found = Declared(found.type, found.allowed, is_exact=False)
        return _collection(found) if item.is_collection else found

    def _narrowed(self, base: Declared, allowed: Fragment | None) -> Declared:
        if allowed is None:
            return base
        values = strings(allowed)
        if base.type == STRING and values and not self._names & set(values):
            return Declared(Enumeration(values), base.allowed, base.is_exact)
        exact = base.is_exact and base.allowed is None and isinstance(base.type, SimpleType)
        return Declared(base.type, allowed, exact)


def _collection(item: Declared) -> Declared:
    if isinstance(item.type, SimpleType) and item.type != ANY:
        return Declared(ListType(item.type), None, item.is_exact and item.allowed is None)
    if isinstance(item.type, Enumeration):
        return Declared(ListType(item.type), None, item.is_exact)
    return _LOST


def strings(tests: Fragment) -> tuple[str, ...]:
    """The texts that unary tests list; none where they are anything else, too."""
    try:
        tree = parse_unary_tests(tests, Scope())
    except PolicyError:
        return ()
    found = [each.value for each in tree.tests if isinstance(each, syntax.StringLiteral)]
    if tree.negated or len(found) != len(tree.tests) or not all(found):
        return ()
    return tuple(dict.fromkeys(found))
