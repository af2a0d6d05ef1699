"""What a built-in function is: its name, its signatures, and how a call finds the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial, reduce

from keyaccount.feel import types
from keyaccount.feel.budget import spend_on_reading, spend_on_result
from keyaccount.feel.types import FunctionType, ListType, Type
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.typing import checker, conform

Implementation = Callable[..., object]
ResultRule = Callable[[Sequence[Type]], Type]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; a `nullable` one takes null as a value, where others make the result null."""

    name: str
    type: Type
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function.

    `result` is a type, or a rule from the arguments' types. Parameters from
    index `required` on may be left out; of a `variadic` signature the last
    parameter may come any number of times, but once at least.
    `implementation` takes values of the parameters' types, null only where
    the parameter is nullable. `tests` tell for each parameter whether a value
    is its own as it stands.
    """

    parameters: tuple[Parameter, ...]
    result: Type | ResultRule
    implementation: Implementation
    tests: tuple[Callable[[object], bool], ...] = field(repr=False)
    required: int
    variadic: bool = False

    def takes(self, count: int) -> bool:
        """Whether it may be called with that many arguments."""
        return self.required <= count and (self.variadic or count <= len(self.parameters))

    def parameters_for(self, count: int) -> Iterator[Parameter]:
        """The parameter of each argument, the variadic one repeated."""
        for index in range(count):
            yield self.parameters[min(index, len(self.parameters) - 1)]

    def result_type(self, arguments: Sequence[Type]) -> Type:
        """The result's type for arguments of those types."""
        return self.result(arguments) if callable(self.result) else self.result

    def order_of(self, names: Sequence[str]) -> tuple[int, ...] | None:
        """For a call by names: which argument goes to each parameter in turn.

        None where the names aren't this signature's, or a required one is missing.
        """
        if self.variadic:
            return None
        own = [each.name for each in self.parameters]
        given = own[: len(names)]
        if len(names) < self.required or sorted(given) != sorted(names):
            return None
        return tuple(names.index(name) for name in given)

    def accepts(self, arguments: Sequence[object]) -> bool:
        """Whether the arguments are of its types as they are."""
        count = len(arguments)
        if not self.takes(count):
            return False
        tests = self.tests
        if count > len(tests):
            tests = tests + tests[-1:] * (count - len(tests))
        # A list, as a generator would cost as much again as the tests.
        return all([test(value) for test, value in zip(tests, arguments, strict=False)])  # noqa: C419 - see above

    def converted(self, arguments: Sequence[object]) -> list[object] | None:
        """The arguments after DMN's implicit conversions; None where they don't fit."""
        if not self.takes(len(arguments)):
            return None
        values = []
        for parameter, value in zip(self.parameters_for(len(arguments)), arguments, strict=True):
            fits = _tester(parameter)(value)
            fitting = value if fits else conform(value, parameter.type)
            if fitting is None and not (value is None and parameter.nullable):
                return None
            values.append(fitting)
        return values


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in function, by its FEEL name."""

    name: str
    signatures: tuple[Signature, ...]

    def __call__(self, *arguments: object) -> object:
        """Call it with values of any kind; null where no signature takes them.

        A signature that takes the arguments as they are goes before one that
        needs them converted (DMN 1.5, 10.3.2.9.4).
        """
        for each in arguments:
            spend_on_reading(each)
        result = self._called(arguments)
        spend_on_result(result)
        return result

    def _called(self, arguments: Sequence[object]) -> object:
        for signature in self.signatures:
            if signature.accepts(arguments):
                return signature.implementation(*arguments)
        for signature in self.signatures:
            values = signature.converted(arguments)
            if values is not None:
                return signature.implementation(*values)
        return None

    def signatures_for(self, count: int) -> tuple[Signature, ...]:
        """The signatures that take that many arguments."""
        return tuple(each for each in self.signatures if each.takes(count))

    def by_names(self, names: Sequence[str]) -> tuple[Builtin, tuple[int, ...]] | None:
        """For a call by names: which argument goes to each parameter in turn.

        Comes with the function cut down to the signatures of those names:
        `keys` of `context put` takes a list, `key` doesn't. None where no
        signature has the names.
        """
        orders = {each: each.order_of(names) for each in self.signatures}
        named = tuple(each for each, order in orders.items() if order is not None)
        if not named:
            return None
        return Builtin(self.name, named), orders[named[0]] or ()

    def by_types(self, arguments: Sequence[Type]) -> Signature | None:
        """The signature for arguments of those types; None where only the values can tell."""
        for signature in self.signatures_for(len(arguments)):
            wanted = signature.parameters_for(len(arguments))
            if all(map(types.conforms, arguments, (each.type for each in wanted))):
                return signature
        return None

    def may_take(self, arguments: Sequence[Type]) -> bool:
        """Whether there may be values of those types, null aside, that some signature takes."""
        return any(self._fitting(arguments))

    def result_type(self, arguments: Sequence[Type]) -> Type:
        """The type of the result for arguments of those types; `Null` where no signature fits."""
        exact = self.by_types(arguments)
        if exact is not None and types.ANY not in arguments:
            return exact.result_type(arguments)
        start: Type = types.NULL
        results = (each.result_type(arguments) for each in self._fitting(arguments))
        return reduce(types.join, results, start)

    def _fitting(self, arguments: Sequence[Type]) -> Iterator[Signature]:
        for signature in self.signatures_for(len(arguments)):
            wanted = signature.parameters_for(len(arguments))
            if all(map(may_convert, arguments, (each.type for each in wanted))):
                yield signature


@cache
def _tester(parameter: Parameter) -> Callable[[object], bool]:
    """Whether a value is a parameter's as it is; of a function only its arity counts."""
    of = parameter.type
    test = partial(_takes, len(of.parameters)) if isinstance(of, FunctionType) else checker(of)
    return partial(_is_null_or, test) if parameter.nullable else test


def _takes(count: int, value: object) -> bool:
    return isinstance(value, FunctionValue) and value.arity == count


def _is_null_or(test: Callable[[object], bool], value: object) -> bool:
    return value is None or test(value)


def may_convert(source: Type, target: Type) -> bool:
    """Whether some value of one type may stand where the other is asked for."""
    if types.conforms(source, target) or types.conforms(target, source):
        return True
    if source == types.DATE and target == types.DATE_AND_TIME:
        return True
    if isinstance(source, FunctionType) and isinstance(target, FunctionType):
        return len(source.parameters) == len(target.parameters)
    if isinstance(target, ListType):
        item = source.item if isinstance(source, ListType) else source
        return may_convert(item, target.item)
    return isinstance(source, ListType) and may_convert(source.item, target)


def signature(
    implementation: Implementation,
    result: Type | ResultRule,
    *parameters: Parameter | tuple[str, Type],
    optional: int = 0,
    variadic: bool = False,
) -> Signature:
    """A signature; the last `optional` parameters may be left out."""
    complete = tuple(
        each if isinstance(each, Parameter) else Parameter(*each) for each in parameters
    )
    tests = tuple(map(_tester, complete))
    return Signature(complete, result, implementation, tests, len(complete) - optional, variadic)


def function(
    name: str,
    implementation: Implementation,
    result: Type | ResultRule,
    *parameters: Parameter | tuple[str, Type],
    optional: int = 0,
    variadic: bool = False,
) -> Builtin:
    """A function with one signature."""
    only = signature(implementation, result, *parameters, optional=optional, variadic=variadic)
    return Builtin(name, (only,))


def overloaded(name: str, *signatures: Signature) -> Builtin:
    """A function with several signatures; where two take the same values, the first counts."""
    return Builtin(name, signatures)
