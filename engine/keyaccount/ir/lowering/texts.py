"""Each text of a policy, parsed once; and the names it leaves free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression, parse_unary_tests
from keyaccount.ir.lowering.expressions import MAX_DEPTH
from keyaccount.ir.lowering.names import Unit
from keyaccount.ir.lowering.unary_tests import syntax_children
from keyaccount.source import Fragment, Span

Parse = Callable[[], syntax.Expression]


class Texts:
    """Parses on first asking; a text that does not parse is reported once and is None."""

    def __init__(self, scope: Scope, unit: Unit) -> None:
        self._scope = scope
        self._unit = unit
        self._trees: dict[int, syntax.Expression | None] = {}
        self._kept: list[Fragment] = []

    def expression(self, fragment: Fragment, names: Iterable[str] = ()) -> syntax.Expression | None:
        """The tree of an expression, `names` being declared besides."""
        if id(fragment) not in self._trees:
            scope = self._scope.with_names(names)
            self._keep(fragment, lambda: parse_expression(fragment, scope))
        return self._trees[id(fragment)]

    def tests(self, fragment: Fragment, names: Iterable[str] = ()) -> syntax.UnaryTests | None:
        """The tree of a cell."""
        if id(fragment) not in self._trees:
            scope = self._scope.with_names(names)
            self._keep(fragment, lambda: parse_unary_tests(fragment, scope))
        tree = self._trees[id(fragment)]
        return tree if isinstance(tree, syntax.UnaryTests) else None

    def _keep(self, fragment: Fragment, parse: Parse) -> None:
        self._kept.append(fragment)  # an id is only unique while its object lives
        try:
            tree: syntax.Expression | None = parse()
        except PolicyError as error:
            self._unit.problems.extend(error.diagnostics)
            tree = None
        if tree is not None and is_deeper(tree, MAX_DEPTH):
            self._unit.problems.append(messages.too_deep(fragment.span(), MAX_DEPTH))
            tree = None
        self._trees[id(fragment)] = tree


def is_deeper(tree: syntax.Expression, limit: int) -> bool:
    """Whether a tree goes deeper than a limit; chains of `and`, `or` count once."""
    pending: list[tuple[syntax.Expression, int]] = [(tree, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > limit:
            return True
        for child in syntax_children(node):
            chained = type(child) is type(node) and isinstance(
                child, syntax.Conjunction | syntax.Disjunction
            )
            pending.append((child, depth if chained else depth + 1))
    return False


def free_names(tree: syntax.Expression) -> Iterator[tuple[str, Span]]:
    """The names a tree uses and does not bind, with their places; `a.b` gives `a` and `a.b`."""
    pending: list[tuple[syntax.Expression, frozenset[str]]] = [(tree, frozenset())]
    while pending:
        node, bound = pending.pop()
        match node:
            case syntax.Name(name=name) if name not in bound:
                yield name, node.span
            case syntax.Path(base=syntax.Name(name=base), name=name) if base not in bound:
                yield base, node.base.span
                yield f"{base}.{name}", node.span
            case syntax.For() | syntax.Quantified():
                for each in node.iterators:
                    pending.append((each.source, bound))
                    bound |= {each.name}
                body = node.body if isinstance(node, syntax.For) else node.predicate
                pending.append((body, bound | {"partial"}))
            case syntax.FunctionDefinition():
                pending.append((node.body, bound | {each.name for each in node.parameters}))
            case syntax.ContextLiteral():
                for entry in node.entries:
                    pending.append((entry.value, bound))
                    bound |= {entry.key}
            case _:
                pending.extend((child, bound) for child in syntax_children(node))
