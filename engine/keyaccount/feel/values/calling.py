"""Function values that look at their arguments before they run, and calls of them.

Source: DMN 1.5, 10.3.2.9.4 (type conformance of actual parameters).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from keyaccount.feel.types import ANY, Type
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.typing import conform


def function_value(
    parameters: tuple[tuple[str, Type], ...],
    call: Callable[[Sequence[object]], object],
    result: Type = ANY,
) -> FunctionValue:
    """A function; null, its body never run, for an argument that is none of its parameter's type.

    Args:
        parameters: names and types, in order.
        call: the body, of as many values.
        result: the type of what it gives.
    """
    types = tuple(each for _, each in parameters)
    if all(each == ANY for each in types):
        return FunctionValue(parameters, call, result)

    def checked(arguments: Sequence[object]) -> object:
        values = list(map(conform, arguments, types))
        for given, value in zip(arguments, values, strict=True):
            if value is None and given is not None:
                return None
        return call(values)

    return FunctionValue(parameters, checked, result)


def apply_function(function: object, *arguments: object) -> object:
    """A function value, applied; null for what is no function."""
    return function(*arguments) if isinstance(function, FunctionValue) else None


def apply_by_names(names: Sequence[str], function: object, *arguments: object) -> object:
    """A function value, applied by its parameters' names; null where these don't fit."""
    if not isinstance(function, FunctionValue):
        return None
    order = function.order_of(names)
    return None if order is None else function(*(arguments[index] for index in order))
