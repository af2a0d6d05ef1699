"""What generated code calls on the general path: FEEL's operations, lifted to unknown values.

ARCHITECTURE.md, "What unknown means", is the text to this code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from keyaccount.feel import operations
from keyaccount.feel.budget import spend, spend_on_list
from keyaccount.feel.functions import FUNCTIONS, function_named
from keyaccount.feel.operations.iteration import iterated
from keyaccount.feel.types import Type
from keyaccount.feel.values.calling import apply_by_names, apply_function, function_value
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.range import Range, RangeOperator, comparison_range
from keyaccount.feel.values.typing import conform, is_instance
from keyaccount.ir.hit_policies import distinct
from keyaccount.ir.outcome import Unknown

Operation = Callable[..., object]


def merged(values: Iterable[object]) -> Unknown:
    """Unknown, for the causes of all unknown values among these together."""
    unknown = [each for each in values if isinstance(each, Unknown)]
    first = unknown[0]
    if len(unknown) == 1:
        return _alone(first)
    missing, conflicts = first.missing, first.conflicts
    for each in unknown[1:]:
        missing |= each.missing
        conflicts |= each.conflicts
    return Unknown(missing, conflicts)


def _alone(unknown: Unknown) -> Unknown:
    """Unknown for the same causes, but not any more one of listed values."""
    if unknown.possible is None and unknown.certain is None:
        return unknown
    return Unknown(unknown.missing, unknown.conflicts)


def lifted(operation: Operation) -> Operation:
    """The operation, unknown where any operand is."""

    def run(*operands: object) -> object:
        for each in operands:
            if isinstance(each, Unknown):
                return merged(operands)
        return operation(*operands)

    return run


def lifted_pair(operation: Operation) -> Operation:
    """`lifted`, for two operands."""

    def run(left: object, right: object) -> object:
        if isinstance(left, Unknown):
            return merged((left, right)) if isinstance(right, Unknown) else _alone(left)
        return _alone(right) if isinstance(right, Unknown) else operation(left, right)

    return run


def built_in(name: str, parameters: tuple[str, ...] = ()) -> Operation:
    """A built-in function by its FEEL name, and the parameters that were named; lifted."""
    return lifted(function_named(name, parameters))


def all_of(*values: object) -> object:
    """`and`: false as soon as one is; else unknown, null, true in this order."""
    return _junction(values, absorbing=False)


def any_of(*values: object) -> object:
    """`or`: true as soon as one is; else unknown, null, false in this order."""
    return _junction(values, absorbing=True)


def _junction(values: Iterable[object], *, absorbing: bool) -> object:
    unknown: list[Unknown] = []
    result: bool | None = not absorbing
    for value in values:
        if value is absorbing:
            return absorbing
        if isinstance(value, Unknown):
            unknown.append(value)
        elif value is absorbing or not isinstance(value, bool):
            result = None
    return merged(unknown) if unknown else result


def negation(value: object) -> bool | None:
    """`not`: null for what is no boolean."""
    return not value if isinstance(value, bool) else None


def choose(*parts: Callable[[], object]) -> object:
    """`if a then b else if c then d else e`, as the functions a, b, c, d, e.

    Conditions met while one before them is unknown are looked at too, as all
    branches that may be taken are.
    """
    open_: list[tuple[Unknown, object]] = []
    final = None
    for i in range(0, len(parts) - 1, 2):
        condition = parts[i]()
        if isinstance(condition, Unknown):
            open_.append((condition, parts[i + 1]()))
        elif condition is True:
            final = parts[i + 1]()
            break
    else:
        final = parts[-1]()
    for waits_for, value in reversed(open_):
        final = _either(waits_for, value, final)
    return final


def _either(condition: Unknown, then: object, otherwise: object) -> object:
    causes = merged((condition, then, otherwise))
    first, second = _listed(then), _listed(otherwise)
    if first is None or second is None:
        return causes
    possible = distinct(first + second)
    known = not isinstance(then, Unknown) and not isinstance(otherwise, Unknown)
    if len(possible) == 1 and known:
        return possible[0]
    return Unknown(causes.missing, causes.conflicts, possible)


def _listed(value: object) -> tuple[object, ...] | None:
    if not isinstance(value, Unknown):
        return (value,)
    return value.possible if value.certain is None else None


def equal_to_constant(decision: object, constant: object) -> object:
    """`=` of another decision's value with a constant: false where it can't be that."""
    if not isinstance(decision, Unknown):
        return operations.equal(decision, constant)
    listed = _listed(decision)
    if listed is not None and not _holds(listed, constant):
        return False
    return merged((decision,))


def unequal_to_constant(decision: object, constant: object) -> object:
    """`!=` of another decision's value with a constant."""
    return inverted(equal_to_constant(decision, constant))


def list_contains_constant(decision: object, constant: object) -> object:
    """`list contains` of another decision's list: what is certain or possible may tell."""
    if not isinstance(decision, Unknown):
        return FUNCTIONS["list contains"](decision, constant)
    if decision.certain is not None:
        if _holds(decision.certain, constant):
            return True
        if decision.possible is not None and not _holds(decision.possible, constant):
            return False
    return merged((decision,))


def _holds(values: Iterable[object], sought: object) -> bool:
    return any(operations.equal(each, sought) is True for each in values)


def make_list(*items: object) -> list[object]:
    """`[a, b]`."""
    return list(items)


def make_context(names: tuple[str, ...], *values: object) -> dict[str, object]:
    """`{a: 1}`."""
    return dict(zip(names, values, strict=True))


def filter_by_condition(base: object, predicate: Callable[[object], object], steps: int) -> object:
    """`base[predicate]`; by position after all, where the predicate gives a number."""
    if isinstance(base, Unknown):
        return merged((base,))
    items = operations.as_list(base)
    spend(steps * len(items))
    results = [predicate(item) for item in items]
    if any(isinstance(each, Unknown) for each in results):
        return merged(results)
    if results and isinstance(results[0], Decimal):
        return operations.by_position(items, results[0])
    return [item for item, passed in zip(items, results, strict=True) if passed is True]


def filter_by_position(base: object, position: object) -> object:
    """`base[position]`, where the predicate is surely a number, or null."""
    for each in (base, position):
        if isinstance(each, Unknown):
            return merged((each,))
    items = operations.as_list(base)
    return operations.by_position(items, position) if isinstance(position, Decimal) else []


def make_range(
    low: object,
    high: object,
    low_closed: bool,
    high_closed: bool,
    operator: RangeOperator | None,
) -> Range | None:
    """`[low..high)`; `(< high)` and its kin by their operator."""
    if operator is not None:
        return comparison_range(operator, high if operator in ("<", "<=") else low)
    return operations.make_range(low, high, low_closed, high_closed)


Source = Callable[..., object]


def _rounds(
    sources: tuple[Source, ...], bound: tuple[object, ...] = ()
) -> Iterator[tuple[object, ...] | Unknown | None]:
    """The variables of each round; an `Unknown` or None in place of what can't be gone over."""
    if not sources:
        yield bound
        return
    items = sources[0](*bound)
    if items is None or isinstance(items, Unknown):
        yield items
        return
    for item in items:  # type: ignore[attr-defined]  # what `over` and `count_through` give
        spend(1)
        yield from _rounds(sources[1:], (*bound, item))


def for_each(
    sources: tuple[Source, ...],
    body: Callable[..., object],
    steps: int,
    uses_partial: bool,
) -> object:
    """`for ... return`.

    Args:
        sources: of its variables, each a function of those before it.
        body: of the variables, and of `partial`, the results so far.
        steps: of the body, each time.
        uses_partial: whether the body looks at the results so far.
    """
    results: list[object] = []
    unknown: list[Unknown] = []
    for variables in _rounds(sources):
        if variables is None:
            return None
        if isinstance(variables, Unknown):
            unknown.append(variables)
            continue
        spend(steps)
        if uses_partial:
            spend_on_list(len(results))
        result = body(*variables, list(results) if uses_partial else None)
        if isinstance(result, Unknown):
            unknown.append(result)
        results.append(result)
    return merged(unknown) if unknown else results


def some(sources: tuple[Source, ...], predicate: Callable[..., object], steps: int) -> object:
    """`some ... satisfies`."""
    return _junction(_results(sources, predicate, steps), absorbing=True)


def every(sources: tuple[Source, ...], predicate: Callable[..., object], steps: int) -> object:
    """`every ... satisfies`."""
    return _junction(_results(sources, predicate, steps), absorbing=False)


def _results(
    sources: tuple[Source, ...], predicate: Callable[..., object], steps: int
) -> Iterator[object]:
    for variables in _rounds(sources):
        spend(steps)
        if variables is None or isinstance(variables, Unknown):
            yield variables
        else:
            yield predicate(*variables)


def make_function(
    parameters: tuple[tuple[str, Type], ...],
    result: Type,
    body: Callable[..., object],
    steps: int,
) -> FunctionValue:
    """A function value whose body was compiled."""

    def call(arguments: Sequence[object]) -> object:
        spend(steps)
        return body(*arguments)

    return function_value(parameters, call, result)


def conformed(value: object, to: Type, allowed: Callable[[object], object] | None) -> object:
    """The value as one of the type, if it passes the test; null if there is none."""
    if isinstance(value, Unknown):
        return merged((value,))
    fitting = conform(value, to)
    if fitting is None or allowed is None:
        return fitting
    passed = allowed(fitting)
    if isinstance(passed, Unknown):
        return merged((passed,))
    return fitting if passed is True else None


def scoped_entry(base: object, otherwise: object, name: str) -> object:
    """What a name in a filter stands for: the item's own entry first."""
    return operations.scoped_entry(base, name, otherwise)


inverted = lifted(negation)

HELPERS: dict[str, Operation] = {
    "add": lifted_pair(partial(operations.arithmetic, "+")),
    "subtract": lifted_pair(partial(operations.arithmetic, "-")),
    "multiply": lifted_pair(partial(operations.arithmetic, "*")),
    "divide": lifted_pair(partial(operations.arithmetic, "/")),
    "power": lifted_pair(partial(operations.arithmetic, "**")),
    "negate": lifted(operations.negate),
    "equal": lifted_pair(operations.equal),
    "unequal": lifted_pair(operations.not_equal),
    "less": lifted_pair(operations.less),
    "at_most": lifted_pair(operations.less_or_equal),
    "more": lifted_pair(operations.greater),
    "at_least": lifted_pair(operations.greater_or_equal),
    "equal_to_constant": equal_to_constant,
    "unequal_to_constant": unequal_to_constant,
    "list_contains_constant": list_contains_constant,
    "not_": inverted,
    "all_of": all_of,
    "any_of": any_of,
    "choose": choose,
    "instance_of": lifted_pair(is_instance),
    "make_list": lifted(make_list),
    "make_context": lifted(make_context),
    "make_range": lifted(make_range),
    "path": lifted_pair(operations.path),
    "filter_by_condition": filter_by_condition,
    "filter_by_position": filter_by_position,
    "over": lifted(partial(iterated, counts=False)),
    "count_through": lifted_pair(partial(iterated, counts=True)),
    "for_each": for_each,
    "some": some,
    "every": every,
    "make_function": make_function,
    "apply": lifted(apply_function),
    "apply_by_names": lifted(apply_by_names),
    "conform": conformed,
    "in_test": lifted_pair(operations.in_test),
    "passes_cell": lifted_pair(operations.passes_cell),
    "scoped_entry": lifted(scoped_entry),
}
