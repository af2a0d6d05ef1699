"""Parsing the FEEL of a model: which names its texts may use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression, parse_unary_tests
from keyaccount.ir import core
from keyaccount.ir.lowering.checks import failed
from keyaccount.ir.lowering.expressions import MAX_DEPTH, lower
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.texts import is_deeper
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.model import boxed
from keyaccount.model.definitions import Definitions, ItemDefinition
from keyaccount.source import Fragment, Span


class Words:
    """Parses texts of one model; what does not parse is reported, and is null."""

    def __init__(
        self, members: Iterable[str], types: Iterable[str], limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self._scope = Scope((), members, types)
        self._limits = limits

    def expression(self, fragment: Fragment, bindings: Bindings) -> syntax.Expression | None:
        """The tree of an expression."""
        try:
            tree = parse_expression(fragment, self._within(bindings), self._limits)
        except PolicyError as error:
            _report(error, bindings)
            return None
        return _not_too_deep(tree, fragment, bindings)

    def tests(self, fragment: Fragment, bindings: Bindings) -> syntax.UnaryTests | None:
        """The tree of unary tests."""
        try:
            tree = parse_unary_tests(fragment, self._within(bindings), self._limits)
        except PolicyError as error:
            _report(error, bindings)
            return None
        found = _not_too_deep(tree, fragment, bindings)
        return found if isinstance(found, syntax.UnaryTests) else None

    def lowered(self, fragment: Fragment | None, span: Span, bindings: Bindings) -> core.Expression:
        """The core of a text; null for none."""
        tree = None if fragment is None else self.expression(fragment, bindings)
        return failed(span) if tree is None else lower(tree, bindings)

    def _within(self, bindings: Bindings) -> Scope:
        return self._scope.with_names([*bindings.locals, *bindings.prefixes])


def _report(error: PolicyError, bindings: Bindings) -> None:
    for problem in error.diagnostics:
        bindings.report(problem)


def _not_too_deep(
    tree: syntax.Expression, fragment: Fragment, bindings: Bindings
) -> syntax.Expression | None:
    if is_deeper(tree, MAX_DEPTH):
        bindings.report(messages.too_deep(fragment.span(), MAX_DEPTH))
        return None
    return tree


def members_of(models: Iterable[Definitions]) -> Iterator[str]:
    """All names that may stand behind a dot or in a filter, in any of the models."""
    for model in models:
        for item in model.item_definitions.values():
            yield from _components(item)
        yield from (*model.decisions, *model.input_data)
        yield from (*model.knowledge_models, *model.services)
        for decision in model.decisions.values():
            yield from _entries(decision.logic)
        for function in model.knowledge_models.values():
            yield from _entries(function.logic)


def _components(item: ItemDefinition) -> Iterator[str]:
    for each in item.components:
        yield each.name.text
        yield from _components(each)


def _entries(root: boxed.Expression | None) -> Iterator[str]:
    """The names of entries, outputs and columns in a boxed expression."""
    pending = [root]
    while pending:
        node = pending.pop()
        match node:
            case boxed.Context():
                yield from (each.name.text for each in node.entries if each.name is not None)
            case boxed.DecisionTable():
                yield from (each.name.text for each in node.outputs if each.name is not None)
            case boxed.Relation():
                yield from (each.name.text for each in node.columns)
            case _:
                pass
        pending.extend(children(node))


def children(  # noqa: C901 # one arm a box
    node: boxed.Expression | None,
) -> list[boxed.Expression | None]:
    """The boxed expressions directly inside one."""
    match node:
        case boxed.Context():
            return [each.value for each in node.entries]
        case boxed.Invocation():
            return [node.function, *(each.value for each in node.bindings)]
        case boxed.FunctionDefinition():
            return [node.body]
        case boxed.Relation():
            return [each for row in node.rows for each in row]
        case boxed.List():
            return [*node.items]
        case boxed.Conditional():
            return [node.condition, node.then, node.otherwise]
        case boxed.Filter():
            return [node.base, node.match]
        case boxed.For():
            return [node.source, node.body]
        case boxed.Quantified():
            return [node.source, node.predicate]
        case boxed.LiteralExpression() | boxed.DecisionTable() | None:
            return []
