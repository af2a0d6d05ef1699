"""FEEL function values: what a lambda, or a named helper, evaluates to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from keyaccount.feel.types import ANY, Type


@dataclass(frozen=True, slots=True, eq=False)
class FunctionValue:
    """A function as a value: the names and types of its parameters, and how to call it.

    `call` takes the arguments in order, each already a FEEL value.
    """

    parameters: tuple[tuple[str, Type], ...]
    call: Callable[[Sequence[object]], object] = field(repr=False)
    result: Type = ANY

    def __call__(self, *arguments: object) -> object:
        """Call it; null where it takes another number of arguments."""
        return self.call(arguments) if len(arguments) == len(self.parameters) else None

    def order_of(self, names: Sequence[str]) -> tuple[int, ...] | None:
        """For a call by names: which argument goes to each parameter; None where they don't fit."""
        own = [name for name, _ in self.parameters]
        if sorted(own) != sorted(names):
            return None
        return tuple(names.index(name) for name in own)

    @property
    def arity(self) -> int:
        """How many arguments it takes."""
        return len(self.parameters)
