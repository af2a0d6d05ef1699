"""Short hands for core programs in tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from keyaccount.feel.types import (
    BOOLEAN,
    NULL,
    NUMBER,
    Type,
)
from keyaccount.feel.values.typing import type_of
from keyaccount.ir import core
from keyaccount.model.policy import Aggregation, HitPolicy, Validity
from keyaccount.source import Fragment, Span

POLICY = "p"


def span(text: str = "generated") -> Span:
    return Fragment.whole(text).span()


SPAN = span()


def literal(value: object, type_: Type | None = None) -> core.Literal:
    return core.Literal(type_ or type_of(value), SPAN, value)


def number(text: str) -> core.Literal:
    return literal(Decimal(text), NUMBER)


def null() -> core.Literal:
    return literal(None, NULL)


def input_(name: str, type_: Type) -> core.Input:
    return core.Input(type_, SPAN, name)


def decided(name: str, type_: Type) -> core.DecisionValue:
    return core.DecisionValue(type_, SPAN, f"{POLICY}.{name}")


def local(name: str, type_: Type) -> core.Local:
    return core.Local(type_, SPAN, name)


def compare(
    operator: core.ComparisonOperator, left: core.Expression, right: core.Expression
) -> core.Comparison:
    return core.Comparison(BOOLEAN, SPAN, operator, left, right)


def arithmetic(
    operator: core.ArithmeticOperator, left: core.Expression, right: core.Expression
) -> core.Arithmetic:
    return core.Arithmetic(NUMBER, SPAN, operator, left, right)


def all_of(*operands: core.Expression) -> core.And:
    return core.And(BOOLEAN, SPAN, operands)


def any_of(*operands: core.Expression) -> core.Or:
    return core.Or(BOOLEAN, SPAN, operands)


def rule(id_: str, tests: Sequence[core.Expression], output: core.Expression) -> core.Rule:
    return core.Rule(id_, tuple(tests), output, Validity(), {}, SPAN)


def table(
    hit_policy: HitPolicy,
    rules: Iterable[core.Rule],
    type_: Type,
    *,
    default: core.Expression | None = None,
    aggregation: Aggregation | None = None,
    order: tuple[object, ...] = (),
) -> core.Table:
    return core.Table(
        type_,
        SPAN,
        hit_policy,
        aggregation,
        tuple(rules),
        default if default is not None else null(),
        ((None, order),),
    )


def fact(
    name: str,
    type_: Type,
    *,
    nullable: bool = False,
    default: object = None,
    allowed: core.Expression | None = None,
) -> core.Fact:
    stands_in = None if default is None else literal(default, type_)
    return core.Fact(name, type_, nullable, stands_in, allowed, {}, None, {}, (), SPAN)


def at_least_zero() -> core.Expression:
    """`>= 0`, as the allowed values of a fact."""
    value = local("?", NUMBER)
    zero = number("0")
    return core.Comparison(BOOLEAN, span(">= 0"), ">=", value, zero)


def decision(name: str, type_: Type, logic: core.Expression) -> core.Decision:
    return core.Decision(f"{POLICY}.{name}", POLICY, type_, logic, {}, {}, {}, SPAN)


def program(facts: Iterable[core.Fact], decisions: Iterable[core.Decision]) -> core.Program:
    return core.Program(
        {each.name: each for each in facts}, {}, {each.name: each for each in decisions}
    )
