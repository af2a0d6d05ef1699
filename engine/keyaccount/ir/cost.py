"""What evaluating an expression once costs, for the budget of a run."""

from __future__ import annotations

from keyaccount.ir import core
from keyaccount.ir.rewrite import children, descendants


def cost(node: core.Expression) -> int:
    """How many nodes it has; what runs many times, or when called, is not counted but there."""
    count = 0
    pending = [node]
    while pending:
        current = pending.pop()
        count += 1
        later = _repeated(current)
        pending.extend(each for each in children(current) if each is not later)
    return count


def uses_partial(node: core.For) -> bool:
    """Whether the body of a loop looks at the results so far."""
    return any(
        isinstance(each, core.Local) and each.name == "partial" for each in descendants(node.body)
    )


def may_take_long(program: core.Program) -> bool:
    """Whether anything in it runs more often than once."""
    roots = [each.logic for each in program.decisions.values()]
    return bool(program.functions) or any(
        _repeated(each) is not None for root in roots for each in descendants(root)
    )


def _repeated(node: core.Expression) -> core.Expression | None:
    match node:
        case core.For() | core.Lambda():
            return node.body
        case core.Filter() | core.Quantified():
            return node.predicate
        case _:
            return None
