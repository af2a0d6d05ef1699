"""Item definitions: a type, and a test of what is allowed.

Source: DMN 1.5, 7.3.3 (item definitions) and 10.3.2.9 (conformance).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.feel import syntax
from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    DATE_AND_TIME,
    DAYS_AND_TIME_DURATION,
    NULL,
    SIMPLE_TYPES,
    YEARS_AND_MONTHS_DURATION,
    ContextType,
    FunctionType,
    ListType,
    Type,
)
from keyaccount.ir import core
from keyaccount.ir.lowering import unary_tests
from keyaccount.ir.lowering.dmn.words import Words
from keyaccount.ir.lowering.expressions import lower
from keyaccount.ir.lowering.names import Bindings
from keyaccount.model.definitions import Definitions, ItemDefinition
from keyaccount.source import Fragment, Span

Test = Callable[[core.Expression], core.Expression | None]
"""From a node that may stand several times to the test of its value, null aside."""

_BUILT_IN: Mapping[str, Type] = {
    **SIMPLE_TYPES,
    "dateTime": DATE_AND_TIME,
    "dayTimeDuration": DAYS_AND_TIME_DURATION,
    "yearMonthDuration": YEARS_AND_MONTHS_DURATION,
    "context": ContextType(()),
    "list": ListType(ANY),
}


@dataclass(frozen=True, slots=True)
class Item:
    """What a type's name comes to; `order` are its allowed values where they are listed."""

    type: Type
    test: Test | None = None
    order: tuple[object, ...] = ()


ANYTHING = Item(ANY)


class ItemTypes:
    """The types of one model, by name."""

    def __init__(
        self,
        model: Definitions,
        imported: Callable[[str], ItemTypes | None],
        words: Words,
        bindings: Bindings,
    ) -> None:
        self._model = model
        self._imported = imported
        self._words = words
        self._bindings = bindings
        self._found: dict[str, Item] = {}

    def of(self, reference: Fragment | None) -> Item:
        """What a `typeRef` names; anything where there is none, or none of that name."""
        if reference is None:
            return ANYTHING
        found = self.named(reference.text)
        if found is None:
            known = [*self._model.item_definitions, *_BUILT_IN]
            self._bindings.report(messages.unknown_name(reference.span(), reference.text, known))
        return found or ANYTHING

    def type_named(self, name: str) -> Type | None:
        """The type of a name, for `instance of` and parameters in FEEL."""
        found = self.named(name)
        return None if found is None else found.type

    def named(self, name: str) -> Item | None:
        """What a name of a type comes to, None for an unknown one."""
        if name in self._found:
            return self._found[name]
        if name in self._model.item_definitions:
            self._found[name] = ANYTHING  # what a definition that holds itself sees of itself
            self._found[name] = self._item(self._model.item_definitions[name])
            return self._found[name]
        if name in _BUILT_IN:
            return Item(_BUILT_IN[name])
        return self._of_import(name)

    def _of_import(self, name: str) -> Item | None:
        for each in self._model.imports:
            prefix = f"{each.name}." if each.name else ""
            if name.startswith(prefix):
                types = self._imported(each.namespace)
                found = None if types is None else types.named(name.removeprefix(prefix))
                if found is not None:
                    return found
        return None

    def _item(self, definition: ItemDefinition) -> Item:
        single = self._allowed(self._base(definition), definition.allowed)
        if definition.is_collection:
            single = Item(ListType(single.type), self._each(single.test), single.order)
        return self._allowed(single, definition.constraint)

    def _base(self, definition: ItemDefinition) -> Item:
        if definition.function is not None:
            parameters = tuple(self.of(t).type for _, t in definition.function.parameters)
            return Item(FunctionType(parameters, self.of(definition.function.result).type))
        if definition.components:
            return self._context({e.name.text: self._item(e) for e in definition.components})
        return self.of(definition.type)

    def _context(self, items: Mapping[str, Item]) -> Item:
        kind = ContextType(tuple((name, each.type) for name, each in items.items()))
        tested = {name: each for name, each in items.items() if each.test is not None}

        def test(value: core.Expression) -> core.Expression | None:
            tests = [
                _null_or(core.Path(each.type, value.span, value, name), each.test)
                for name, each in tested.items()
            ]
            return core.And(BOOLEAN, value.span, tuple(e for e in tests if e is not None))

        return Item(kind, test if tested else None)

    def _each(self, test: Test | None) -> Test | None:
        if test is None:
            return None
        unit = self._bindings.unit

        def every(value: core.Expression) -> core.Expression | None:
            name = unit.fresh_name("item")
            item = core.Local(ANY, value.span, name)
            body = _null_or(item, test)
            if body is None:
                return None
            iterator = core.Iterator(name, value, None)
            return core.Quantified(BOOLEAN, value.span, "every", (iterator,), body)

        return every

    def _allowed(self, item: Item, allowed: Fragment | None) -> Item:
        tree = None if allowed is None else self._words.tests(allowed, self._bindings)
        if tree is None:
            return item
        bindings = self._bindings

        def test(value: core.Expression) -> core.Expression | None:
            before = None if item.test is None else item.test(value)
            own = unary_tests.cell(tree, value, bindings.testing(value), lower)
            tests = tuple(each for each in (before, own) if each is not None)
            return core.And(BOOLEAN, value.span, tests) if tests else None

        return Item(item.type, test, listed(tree))


def _null_or(value: core.Expression, test: Test | None) -> core.Expression | None:
    """The test of a value, which null passes."""
    own = None if test is None else test(value)
    if own is None:
        return None
    null = core.Literal(NULL, value.span, None)
    is_null = core.Comparison(BOOLEAN, value.span, "=", value, null)
    return core.Or(BOOLEAN, value.span, (is_null, own))


def listed(tests: syntax.UnaryTests) -> tuple[object, ...]:
    """The constants among unary tests, in their order."""
    values: list[object] = []
    for each in tests.tests:
        match each:
            case (
                syntax.StringLiteral(value=value)
                | syntax.NumberLiteral(value=value)
                | syntax.BooleanLiteral(value=value)
            ):
                values.append(value)
            case _:
                pass
    return tuple(values)


def conformed(value: core.Expression, item: Item, bindings: Bindings) -> core.Expression:
    """The value where it is of the type and allowed, else null when it runs."""
    if item.type == ANY and item.test is None:
        return value
    if isinstance(value, core.Literal) and item.test is None and value.type == item.type:
        return value
    name = bindings.unit.fresh_name("value")
    allowed = None if item.test is None else item.test(core.Local(item.type, value.span, name))
    return core.Conform(item.type, value.span, value, name, allowed)


def allows_all(values: Mapping[str, Item], span: Span) -> core.Expression | None:
    """Whether locals of those names pass their tests; None where nothing is to be tested."""
    tests = [
        _null_or(core.Local(item.type, span, name), item.test) for name, item in values.items()
    ]
    found = tuple(each for each in tests if each is not None)
    return core.And(BOOLEAN, span, found) if found else None
