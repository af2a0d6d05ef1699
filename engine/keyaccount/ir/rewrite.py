"""Walking and rebuilding the core, one match for all passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from keyaccount.ir import core

Rewrite = Callable[[core.Expression], core.Expression]


def rebuild(  # noqa: C901 # one arm a node
    node: core.Expression, change: Rewrite
) -> core.Expression:
    """The node with `change` applied to each of its direct children."""
    match node:
        case (
            core.Literal()
            | core.Input()
            | core.DecisionValue()
            | core.ParameterValue()
            | core.Moment()
            | core.Local()
            | core.NamedFunction()
        ):
            return node
        case core.Arithmetic() | core.Comparison():
            return replace(node, left=change(node.left), right=change(node.right))
        case core.Negate() | core.Not() | core.InstanceOf():
            return replace(node, operand=change(node.operand))
        case core.And() | core.Or():
            return replace(node, operands=tuple(map(change, node.operands)))
        case core.If():
            return replace(
                node,
                condition=change(node.condition),
                then=change(node.then),
                otherwise=change(node.otherwise),
            )
        case core.Let():
            return replace(node, value=change(node.value), body=change(node.body))
        case core.MakeList():
            return replace(node, items=tuple(map(change, node.items)))
        case core.MakeContext():
            return replace(node, entries=tuple((name, change(e)) for name, e in node.entries))
        case core.MakeRange():
            return replace(node, low=_maybe(node.low, change), high=_maybe(node.high, change))
        case core.Path():
            return replace(node, base=change(node.base))
        case core.Filter():
            return replace(node, base=change(node.base), predicate=change(node.predicate))
        case core.For():
            return replace(
                node, iterators=_iterators(node.iterators, change), body=change(node.body)
            )
        case core.Quantified():
            return replace(
                node, iterators=_iterators(node.iterators, change), predicate=change(node.predicate)
            )
        case core.Call():
            return replace(node, arguments=tuple(map(change, node.arguments)))
        case core.Lambda():
            return replace(node, body=change(node.body))
        case core.Apply():
            return replace(
                node,
                function=change(node.function),
                arguments=tuple(map(change, node.arguments)),
            )
        case core.Membership():
            return replace(node, value=change(node.value), test=change(node.test))
        case core.ScopedEntry():
            return replace(node, base=change(node.base), otherwise=change(node.otherwise))
        case core.Conform():
            return replace(node, operand=change(node.operand), allowed=_maybe(node.allowed, change))
        case core.Table():
            return replace(
                node,
                rules=tuple(_rule(each, change) for each in node.rules),
                default=change(node.default),
            )
        case _:
            assert_never(node)


def children(node: core.Expression) -> list[core.Expression]:
    """The direct children, in the order of the text."""
    found: list[core.Expression] = []

    def note(child: core.Expression) -> core.Expression:
        found.append(child)
        return child

    rebuild(node, note)
    return found


def descendants(node: core.Expression) -> Iterator[core.Expression]:
    """The node and all below it, each before its children."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(children(current)))


def _maybe(node: core.Expression | None, change: Rewrite) -> core.Expression | None:
    return None if node is None else change(node)


def _iterators(iterators: tuple[core.Iterator, ...], change: Rewrite) -> tuple[core.Iterator, ...]:
    return tuple(
        replace(each, source=change(each.source), end=_maybe(each.end, change))
        for each in iterators
    )


def _rule(rule: core.Rule, change: Rewrite) -> core.Rule:
    return replace(rule, tests=tuple(map(change, rule.tests)), output=change(rule.output))


def rebuild_reasons(
    because: Mapping[str, core.Template], change: Rewrite
) -> dict[str, core.Template]:
    """The reasons, with `change` applied to each expression in them."""
    return {
        language: tuple(each if isinstance(each, str) else change(each) for each in template)
        for language, template in because.items()
    }


def rules_of(logic: core.Expression) -> tuple[core.Rule, ...]:
    """The rules of the table that a decision's logic is, or ends in; else none."""
    table = table_of(logic)
    return () if table is None else table.rules


def table_of(logic: core.Expression) -> core.Table | None:
    """The table that a decision's logic is, or ends in."""
    while isinstance(logic, core.Let):
        logic = logic.body
    return logic if isinstance(logic, core.Table) else None
