"""Split a pattern's condition: tests of its event alone, joins with one other, the rest.

Whatever concerns one event alone is worked out before anything is matched, and
so are both sides of a join; what matches events has nothing to do but compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyaccount.ir import core
from keyaccount.ir.rewrite import descendants

_MIRRORED: dict[core.ComparisonOperator, core.ComparisonOperator] = {
    "=": "=",
    "!=": "!=",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """The parts of a condition: all must hold."""

    tests: tuple[core.Expression, ...]
    joins: tuple[core.EventJoin, ...]
    rest: tuple[core.Expression, ...]


def conjuncts(node: core.Expression) -> tuple[core.Expression, ...]:
    """The conditions that `and` joins."""
    if isinstance(node, core.And):
        return tuple(part for each in node.operands for part in conjuncts(each))
    return (node,)


def split(conditions: Sequence[core.Expression], own: str, others: Mapping[str, int]) -> Conditions:
    """The conditions by what they are about.

    Args:
        conditions: all of them must hold.
        own: the name of the pattern.
        others: the patterns above by name, each with its place.
    """
    names = {own, *others}
    tests: list[core.Expression] = []
    joins: list[core.EventJoin] = []
    rest: list[core.Expression] = []
    for each in conditions:
        join = _join(each, own, others, names)
        if _mentioned(each, names) <= {own}:
            tests.append(each)
        elif join is not None:
            joins.append(join)
        else:
            rest.append(each)
    return Conditions(tuple(tests), tuple(joins), tuple(rest))


def _join(
    node: core.Expression, own: str, others: Mapping[str, int], names: set[str]
) -> core.EventJoin | None:
    if not isinstance(node, core.Comparison):
        return None
    left, right = _mentioned(node.left, names), _mentioned(node.right, names)
    if left == {own} and len(right) == 1 and right != {own}:
        return core.EventJoin(node.operator, node.left, others[min(right)], node.right)
    if right == {own} and len(left) == 1 and left != {own}:
        operator = _MIRRORED[node.operator]
        return core.EventJoin(operator, node.right, others[min(left)], node.left)
    return None


def _mentioned(node: core.Expression, names: set[str]) -> set[str]:
    return {
        each.name
        for each in descendants(node)
        if isinstance(each, core.Local) and each.name in names
    }
