"""A plain interpreter of the core: the meaning that every other backend is held to.

One function a node. ARCHITECTURE.md, "What unknown means", is the text to this code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import assert_never

from keyaccount.feel import operations
from keyaccount.feel.budget import spend, spend_on_list, within_budget
from keyaccount.feel.functions import function_named
from keyaccount.feel.operations import as_list
from keyaccount.feel.operations.iteration import iterated
from keyaccount.feel.types import NUMBER
from keyaccount.feel.values.calling import apply_by_names, apply_function, function_value
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.python import from_python
from keyaccount.feel.values.range import comparison_range
from keyaccount.feel.values.typing import conform, is_instance
from keyaccount.ir import core
from keyaccount.ir.cost import cost, uses_partial
from keyaccount.ir.hit_policies import (
    Candidate,
    combine,
    distinct,
    settled,
    value_by_null_rules,
    waiting,
)
from keyaccount.ir.outcome import Outcome, Status, Unknown, all_values

Observer = Callable[[core.Expression, object], None]
"""Told of each node's value as it is worked out, children first."""


def evaluate(
    program: core.Program,
    facts: Mapping[str, object],
    as_of: date,
    now: datetime | None = None,
) -> dict[str, Outcome]:
    """The outcome of every decision of a program, by full name.

    Args:
        program: bound to a date.
        facts: FEEL values by fact name; a fact left out is unknown.
        as_of: what `today()` gives.
        now: what `now()` gives; midnight of `as_of` where it is left out.
    """
    return evaluate_observed(program, facts, as_of, now, None).outcomes


@within_budget
def evaluate_observed(
    program: core.Program,
    facts: Mapping[str, object],
    as_of: date,
    now: datetime | None,
    observer: Observer | None,
) -> Run:
    """As `evaluate`, with an observer; the run, to look at further expressions with."""
    moment = now if now is not None else datetime.combine(as_of, datetime.min.time())
    moments = {"today": from_python(as_of), "now": from_python(moment)}
    run = Run(program, facts, moments, observer)
    for name, decision in program.decisions.items():
        run.outcomes[name] = run.decide(decision)
    return run


def allows(fact: core.Fact, value: object, as_of: date, now: datetime | None = None) -> bool:
    """Whether a value passes a fact's own tests."""
    if fact.allowed is None:
        return True
    run = evaluate_observed(core.Program({}, {}, {}), {}, as_of, now, None)
    return run.value(fact.allowed, {"?": value}) is True


@dataclass(slots=True)
class Run:
    """One evaluation: its facts, and the outcomes so far."""

    program: core.Program
    facts: Mapping[str, object]
    moments: Mapping[str, object]
    observer: Observer | None
    outcomes: dict[str, Outcome]
    functions: dict[str, FunctionValue]
    costs: dict[int, int]

    def __init__(
        self,
        program: core.Program,
        facts: Mapping[str, object],
        moments: Mapping[str, object],
        observer: Observer | None,
    ) -> None:
        self.program = program
        self.facts = facts
        self.moments = moments
        self.observer = observer
        self.outcomes = {}
        self.functions = {}
        self.costs = {}

    def decide(self, decision: core.Decision) -> Outcome:
        """The outcome of a decision, those that it needs being known."""
        logic = decision.logic
        names: dict[str, object] = {}
        while isinstance(logic, core.Let):
            names[logic.name] = self.value(logic.value, names)
            logic = logic.body
        if isinstance(logic, core.Table):
            return self._table(logic, names)
        return outcome_of(self.value(logic, names), decision)

    def value(self, node: core.Expression, names: Mapping[str, object]) -> object:
        """The value of an expression, or an `Unknown`."""
        result = self._value(node, names)
        if self.observer is not None:
            self.observer(node, result)
        return result

    def _value(  # noqa: C901 # one arm a node
        self, node: core.Expression, names: Mapping[str, object]
    ) -> object:
        match node:
            case core.Literal():
                return node.value
            case core.Input():
                return self._input(node.name)
            case core.DecisionValue():
                return value_of(self.outcomes[node.name], node)
            case core.Moment():
                return self.moments[node.which]
            case core.Local():
                return names[node.name]
            case core.Comparison():
                return self._comparison(node, names)
            case core.And():
                return self._junction(node.operands, names, absorbing=False)
            case core.Or():
                return self._junction(node.operands, names, absorbing=True)
            case core.If():
                return self._if(node, names)
            case core.Let():
                bound = self.value(node.value, names)
                return self.value(node.body, {**names, node.name: bound})
            case core.For():
                return self._for(node, names)
            case core.Quantified():
                scopes = self._scopes(node.iterators, names)
                return self._quantified(node, scopes)
            case core.Filter():
                return self._filter(node, names)
            case core.Lambda():
                return self._lambda(node, names)
            case core.Call():
                return self._call(node, names)
            case core.Arithmetic():
                apply = operations.arithmetic
                return self._strict(
                    (node.left, node.right), names, lambda a, b: apply(node.operator, a, b)
                )
            case core.Negate():
                return self._strict((node.operand,), names, operations.negate)
            case core.Not():
                return self._strict((node.operand,), names, negation)
            case core.InstanceOf():
                return self._strict((node.operand,), names, lambda a: is_instance(a, node.of))
            case core.MakeList():
                return self._strict(node.items, names, lambda *items: list(items))
            case core.MakeContext():
                keys = [key for key, _ in node.entries]
                return self._strict(
                    tuple(each for _, each in node.entries),
                    names,
                    lambda *values: dict(zip(keys, values, strict=True)),
                )
            case core.MakeRange():
                return self._range(node, names)
            case core.Path():
                return self._strict((node.base,), names, lambda a: operations.path(a, node.name))
            case core.Apply():
                apply_to = apply_function
                if node.names is not None:
                    apply_to = partial(apply_by_names, node.names)
                return self._strict((node.function, *node.arguments), names, apply_to)
            case core.NamedFunction():
                return self.function(node.name)
            case core.Membership():
                test = operations.passes_cell if node.as_cell else operations.in_test
                return self._strict((node.value, node.test), names, test)
            case core.ScopedEntry():
                look = partial(_scoped_entry, node.name)
                return self._strict((node.base, node.otherwise), names, look)
            case core.Conform():
                return self._conform(node, names)
            case core.Table():
                return value_by_null_rules(self._table(node, names))
            case core.ParameterValue():
                raise AssertionError(f"{type(node).__name__} is not for evaluation here")
            case _:
                assert_never(node)

    def _input(self, name: str) -> object:
        if self.facts.get(name) is not None:
            return self.facts[name]
        fact = self.program.facts[name]
        if fact.default is not None:
            return fact.default.value
        return None if fact.nullable else Unknown(frozenset((name,)))

    def _strict(
        self,
        operands: Iterable[core.Expression],
        names: Mapping[str, object],
        function: Callable[..., object],
    ) -> object:
        """The function of the operands' values; unknown where any of them is."""
        values = [self.value(each, names) for each in operands]
        unknown = [each for each in values if isinstance(each, Unknown)]
        return merge(unknown) if unknown else function(*values)

    def _comparison(self, node: core.Comparison, names: Mapping[str, object]) -> object:
        left, right = self.value(node.left, names), self.value(node.right, names)
        unknown = [each for each in (left, right) if isinstance(each, Unknown)]
        if not unknown:
            return operations.compare(node.operator, left, right)
        if node.operator in ("=", "!=") and _rules_out(node, left, right):
            return node.operator == "!="
        return merge(unknown)

    def _junction(
        self, operands: Iterable[core.Expression], names: Mapping[str, object], *, absorbing: bool
    ) -> object:
        # All of them, so that an observer hears of each.
        return junction([self.value(each, names) for each in operands], absorbing=absorbing)

    def _if(self, node: core.If, names: Mapping[str, object]) -> object:
        condition = self.value(node.condition, names)
        if not isinstance(condition, Unknown):
            return self.value(node.then if condition is True else node.otherwise, names)
        then, otherwise = self.value(node.then, names), self.value(node.otherwise, names)
        return either(condition, then, otherwise)

    def _scopes(
        self, iterators: tuple[core.Iterator, ...], names: Mapping[str, object]
    ) -> Iterator[Mapping[str, object] | Unknown | None]:
        """The names of each round; an `Unknown` or None in place of what can't be gone over."""
        if not iterators:
            yield names
            return
        first, rest = iterators[0], iterators[1:]
        items = self._items(first, names)
        if items is None or isinstance(items, Unknown):
            yield items
            return
        for item in items:
            spend(1)
            yield from self._scopes(rest, {**names, first.name: item})

    def _items(
        self, iterator: core.Iterator, names: Mapping[str, object]
    ) -> Iterable[object] | Unknown | None:
        bounds = (iterator.source,) if iterator.end is None else (iterator.source, iterator.end)
        values = [self.value(each, names) for each in bounds]
        unknown = [each for each in values if isinstance(each, Unknown)]
        counts = iterator.end is not None
        return merge(unknown) if unknown else iterated(*values, counts=counts)

    def _for(self, node: core.For, names: Mapping[str, object]) -> object:
        results: list[object] = []
        unknown: list[Unknown] = []
        steps, partial = self.cost(node.body), uses_partial(node)
        for scope in self._scopes(node.iterators, names):
            if scope is None:
                return None
            if isinstance(scope, Unknown):
                unknown.append(scope)
                continue
            spend(steps)
            result = self.value(node.body, _with_partial(scope, results) if partial else scope)
            if isinstance(result, Unknown):
                unknown.append(result)
            results.append(result)
        return merge(unknown) if unknown else results

    def _quantified(
        self, node: core.Quantified, scopes: Iterator[Mapping[str, object] | Unknown | None]
    ) -> object:
        steps = self.cost(node.predicate)

        def results() -> Iterator[object]:
            for scope in scopes:
                spend(steps)
                if scope is None or isinstance(scope, Unknown):
                    yield scope
                else:
                    yield self.value(node.predicate, scope)

        return junction(results(), absorbing=node.quantifier == "some")

    def _filter(self, node: core.Filter, names: Mapping[str, object]) -> object:
        base = self.value(node.base, names)
        if isinstance(base, Unknown):
            return base if base.certain is None and base.possible is None else merge([base])
        if node.predicate.type == NUMBER:
            position = self.value(node.predicate, {**names, node.item: None})
            if isinstance(position, Unknown):
                return merge([position])
            return selected(as_list(base), [position])
        spend(self.cost(node.predicate) * len(as_list(base)))
        results = [self.value(node.predicate, {**names, node.item: item}) for item in as_list(base)]
        unknown = [each for each in results if isinstance(each, Unknown)]
        return merge(unknown) if unknown else selected(as_list(base), results)

    def _lambda(self, node: core.Lambda, names: Mapping[str, object]) -> FunctionValue:
        parameters = [name for name, _ in node.parameters]
        steps = self.cost(node.body)

        def call(arguments: Sequence[object]) -> object:
            spend(steps)
            return self.value(node.body, {**names, **dict(zip(parameters, arguments, strict=True))})

        return function_value(node.signature, call, node.result)

    def cost(self, node: core.Expression) -> int:
        """The steps of evaluating it once."""
        found = self.costs.get(id(node))
        if found is None:
            found = self.costs[id(node)] = cost(node)
        return found

    def function(self, name: str) -> FunctionValue:
        """A function of the program's; its body may name it again."""
        if name not in self.functions:
            self.functions[name] = self._lambda(self.program.functions[name], {})
        return self.functions[name]

    def _conform(self, node: core.Conform, names: Mapping[str, object]) -> object:
        value = self.value(node.operand, names)
        if isinstance(value, Unknown):
            return merge([value])
        fitting = conform(value, node.type)
        if fitting is None or node.allowed is None:
            return fitting
        passed = self.value(node.allowed, {**names, node.name: fitting})
        if isinstance(passed, Unknown):
            return merge([passed])
        return fitting if passed is True else None

    def _call(self, node: core.Call, names: Mapping[str, object]) -> object:
        values = [self.value(each, names) for each in node.arguments]
        unknown = [each for each in values if isinstance(each, Unknown)]
        if not unknown:
            return function_named(node.function, node.names)(*values)
        held = _contains(node, values)
        return merge(unknown) if held is None else held

    def _range(self, node: core.MakeRange, names: Mapping[str, object]) -> object:
        bounds = tuple(each for each in (node.low, node.high) if each is not None)

        def make(*values: object) -> object:
            given = iter(values)
            low = None if node.low is None else next(given)
            high = None if node.high is None else next(given)
            if node.operator is not None:
                return comparison_range(node.operator, values[0])
            return operations.make_range(low, high, node.low_closed, node.high_closed)

        return self._strict(bounds, names, make)

    def _table(self, table: core.Table, names: Mapping[str, object]) -> Outcome:
        candidates: list[Candidate] = []
        for rule in table.rules:
            condition = self._condition(rule, names)
            if condition is not False:
                waits_for = condition if isinstance(condition, Unknown) else None
                output = self.value(rule.output, names)
                candidates.append(Candidate(rule.id, output, waits_for))
        return combine(table, candidates, self.value(table.default, names))

    def _condition(self, rule: core.Rule, names: Mapping[str, object]) -> Unknown | bool:
        """Whether the rule matches; or what it waits for."""
        values = [self.value(each, names) for each in rule.tests]
        unknown = [each for each in values if isinstance(each, Unknown)]
        if any(each is not True and not isinstance(each, Unknown) for each in values):
            return False
        return merge(unknown) if unknown else True


def _with_partial(names: Mapping[str, object], results: Sequence[object]) -> Mapping[str, object]:
    spend_on_list(len(results))
    return {**names, "partial": list(results)}


def merge(unknown: Iterable[Unknown]) -> Unknown:
    """Unknown for all the causes together."""
    causes = tuple(unknown)
    return Unknown(
        frozenset().union(*(each.missing for each in causes)),
        frozenset().union(*(each.conflicts for each in causes)),
    )


def junction(values: Iterable[object], *, absorbing: bool) -> object:
    """`and` (absorbing false) or `or` (absorbing true) of any number of values."""
    unknown: list[Unknown] = []
    is_null = False
    for value in values:
        if value is absorbing:
            return absorbing
        if isinstance(value, Unknown):
            unknown.append(value)
        elif value is not (not absorbing):
            is_null = True
    if unknown:
        return merge(unknown)
    return None if is_null else not absorbing


def negation(value: object) -> bool | None:
    """FEEL's `not`: null for what is no boolean."""
    return not value if isinstance(value, bool) else None


def either(condition: Unknown, then: object, otherwise: object) -> object:
    """The value of an `if` whose condition is unknown."""
    possible = _listed(then), _listed(otherwise)
    unknown = [each for each in (condition, then, otherwise) if isinstance(each, Unknown)]
    causes = merge(unknown)
    if possible[0] is None or possible[1] is None:
        return causes
    together = distinct(possible[0] + possible[1])
    if len(together) == 1 and len(unknown) == 1:
        return together[0]
    return Unknown(causes.missing, causes.conflicts, together)


def _listed(value: object) -> tuple[object, ...] | None:
    if isinstance(value, Unknown):
        return None if value.certain is not None else value.possible
    return (value,)


def _rules_out(node: core.Comparison, left: object, right: object) -> bool:
    """Whether an undetermined decision can't be the literal it is compared with."""
    for side, value, other, literal in (
        (node.left, left, node.right, right),
        (node.right, right, node.left, left),
    ):
        if (
            isinstance(side, core.DecisionValue)
            and isinstance(other, core.Literal)
            and isinstance(value, Unknown)
            and value.certain is None
            and value.possible is not None
        ):
            return not _holds(value.possible, literal)
    return False


def _contains(node: core.Call, values: list[object]) -> bool | None:
    """`list contains` of an undetermined list, where what is certain or possible tells."""
    if node.function != "list contains" or len(values) != 2:
        return None
    held, sought = values
    if not isinstance(node.arguments[0], core.DecisionValue) or not isinstance(
        node.arguments[1], core.Literal
    ):
        return None
    if not isinstance(held, Unknown) or held.certain is None:
        return None
    if _holds(held.certain, sought):
        return True
    if held.possible is not None and not _holds(held.possible, sought):
        return False
    return None


def _holds(values: Iterable[object], sought: object) -> bool:
    return any(operations.compare("=", each, sought) is True for each in values)


def selected(items: list[object], results: list[object]) -> object:
    """The items that pass; or the one at a position, where the predicate gives a number."""
    if results and isinstance(results[0], Decimal):
        return operations.by_position(items, results[0])
    return [item for item, passed in zip(items, results, strict=False) if passed is True]


def _scoped_entry(name: str, base: object, otherwise: object) -> object:
    return operations.scoped_entry(base, name, otherwise)


def value_of(outcome: Outcome, node: core.DecisionValue) -> object:
    """What a decision's outcome is to those that use its value."""
    if outcome.status is Status.DECIDED:
        return outcome.value
    if outcome.status is Status.CONFLICT:
        return Unknown(frozenset(), frozenset(outcome.conflicts or (node.name,)))
    certain = tuple(outcome.value) if isinstance(outcome.value, list) else None
    return Unknown(frozenset(outcome.missing), frozenset(), outcome.possible, certain)


def outcome_of(value: object, decision: core.Decision) -> Outcome:
    """The outcome of a decision that is no table."""
    if not isinstance(value, Unknown):
        return settled(value)
    possible = value.possible if value.certain is None else None
    return waiting((value,), possible if possible is not None else all_values(decision))
