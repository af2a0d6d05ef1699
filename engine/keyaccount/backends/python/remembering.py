"""Outcomes of decisions with unknown values, remembered by the values that they come from.

Which facts an account lacks recurs from account to account, and what is unknown
goes through an evaluation as the same few objects. So an outcome is found again
by the identity of what it was worked out from: truth values, and unknown ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyaccount.backends.python import runtime
from keyaccount.backends.python.outcomes import settle, value_of
from keyaccount.ir import core
from keyaccount.ir.outcome import Outcome, Status

MOST_REMEMBERED = 1000
"""Outcomes that are remembered at one place; which facts are missing is up to the caller."""


class Remembering:
    """A function of values to an outcome that remembers what it was asked.

    Two threads may work out the same outcome at once; they come to the same.
    """

    __slots__ = ("_known", "_work_out")

    def __init__(self, work_out: Callable[..., Outcome]) -> None:
        self._work_out = work_out
        # INVARIANT: an entry holds its values, so that no other object has their identity.
        self._known: dict[tuple[int, ...], tuple[tuple[object, ...], Outcome]] = {}

    def __call__(self, *values: object) -> Outcome:
        key = tuple(map(id, values))
        if (found := self._known.get(key)) is not None:
            return found[1]
        outcome = self._work_out(*values)
        if len(self._known) < MOST_REMEMBERED:
            self._known[key] = values, outcome
        return outcome


class Junction(Remembering):
    """The outcome of a decision by `and`, `or` and `not`, from the values that these join."""

    __slots__ = ("_everything", "_logic")

    def __init__(self, logic: core.Expression, everything: tuple[object, ...] | None) -> None:
        super().__init__(self._joined)
        self._logic = logic
        self._everything = everything

    def _joined(self, *values: object) -> Outcome:
        return settle(value_of_junction(self._logic, iter(values)), self._everything)


def is_junction(node: core.Expression) -> bool:
    """Whether a node joins others by `and`, `or`, `not`."""
    return isinstance(node, core.And | core.Or | core.Not)


def joined(node: core.Expression) -> Iterator[core.Expression]:
    """What a junction joins, whatever its depth, from left to right."""
    match node:
        case core.And(operands=operands) | core.Or(operands=operands):
            for each in operands:
                yield from joined(each)
        case core.Not(operand=operand):
            yield from joined(operand)
        case _:
            yield node


def value_of_junction(node: core.Expression, values: Iterator[object]) -> object:
    """The value of a junction, or of any node, from the values of what it joins in their order."""
    match node:
        case core.And(operands=operands):
            return runtime.all_of(*[value_of_junction(each, values) for each in operands])
        case core.Or(operands=operands):
            return runtime.any_of(*[value_of_junction(each, values) for each in operands])
        case core.Not(operand=operand):
            return runtime.inverted(value_of_junction(operand, values))
        case _:
            return next(values)


class Value:
    """What a decision's outcome is to those that use its value, remembered by the outcome.

    Args:
        name: the decision's full name.
    """

    __slots__ = ("_known", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._known: dict[int, tuple[Outcome, object]] = {}

    def __call__(self, outcome: Outcome) -> object:
        if outcome.status is Status.DECIDED:
            return outcome.value
        if (found := self._known.get(id(outcome))) is not None:
            return found[1]
        value = value_of(outcome, self._name)
        if len(self._known) < MOST_REMEMBERED:
            self._known[id(outcome)] = outcome, value
        return value
