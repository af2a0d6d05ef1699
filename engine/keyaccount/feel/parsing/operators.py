"""Operators by how tightly they bind: one loop with its own stack.

Binary operators never recurse: a chain of thousands is read as fast as it is
long, and a level of brackets costs the same few Python frames whatever stands
around it.

Source: DMN 1.5, 10.3.1.2, rules 2, 4, 49, 50, 51, 53; operators of one kind
are left-associative.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from keyaccount.feel.parsing import mistakes
from keyaccount.feel.parsing.operands import operand, suffixed
from keyaccount.feel.parsing.powers import (
    AND,
    ANYTHING,
    COMPARISON,
    INSTANCE_OF,
    NEGATION,
    OR,
    POWERS,
)
from keyaccount.feel.parsing.reader import Reader
from keyaccount.feel.parsing.type_expressions import type_expression
from keyaccount.feel.parsing.unary_tests import in_tests
from keyaccount.feel.syntax import (
    Arithmetic,
    ArithmeticOperator,
    Between,
    Comparison,
    ComparisonOperator,
    Conjunction,
    Disjunction,
    Expression,
    In,
    InstanceOf,
    Negation,
)
from keyaccount.source import Span


class _Stack:
    """Operands read, each with its first token, and operators that wait for their right side.

    A pending operator is its power, its text, and for a minus sign its token.
    """

    __slots__ = ("begins", "operands", "pending", "reader")

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.operands: list[Expression] = []
        self.begins: list[int] = []
        self.pending: list[tuple[int, str, int]] = []

    def reduce(self, power: int) -> None:
        """Build what binds at least as tightly as `power`."""
        pending = self.pending
        operands = self.operands
        while pending and pending[-1][0] >= power:
            bound, operator, sign = pending.pop()
            if bound == NEGATION:
                self.begins[-1] = sign
                span = self.reader.span(sign)
                operands[-1] = Negation(span, operands[-1])
            else:
                right = operands.pop()
                self.begins.pop()
                span = self.reader.span(self.begins[-1])
                operands[-1] = _binary(bound, operator, span, operands[-1], right)


def _binary(
    power: int, operator: str, span: Span, left: Expression, right: Expression
) -> Expression:
    if power == OR:
        return Disjunction(span, left, right)
    if power == AND:
        return Conjunction(span, left, right)
    if power == COMPARISON:
        return Comparison(span, cast(ComparisonOperator, operator), left, right)
    return Arithmetic(span, cast(ArithmeticOperator, operator), left, right)


def expression(
    reader: Reader, floor: int = ANYTHING, first: Expression | None = None, begin: int = 0
) -> Expression:
    """An expression, of operators that bind more tightly than `floor`.

    `first` is its first operand, where that has been read already, from token `begin` on.

    Raises:
        PolicyError: the text is no expression, or nested too deep.
    """
    reader.enter()
    stack = _Stack(reader)
    going_on = True
    while going_on:
        if first is None:
            _signs(stack)
            begin = reader.at
            first = operand(reader)
        stack.operands.append(suffixed(reader, first, begin))
        stack.begins.append(begin)
        first = None
        going_on = _operator(stack, floor)
    stack.reduce(ANYTHING)
    reader.depth -= 1
    return stack.operands[0]


def _signs(stack: _Stack) -> None:
    """Minus signs before an operand; each is a level of nesting."""
    reader = stack.reader
    signs = 0
    while reader.texts[reader.at] == "-":
        stack.pending.append((NEGATION, "-", reader.at))
        reader.at += 1
        signs += 1
        if reader.depth + signs > reader.limits.feel_nesting:
            raise reader.too_deep()


def _operator(stack: _Stack, floor: int) -> bool:
    """Read on behind an operand: whether an operator came that wants a right side."""
    reader = stack.reader
    while True:
        text = reader.texts[reader.at]
        power = POWERS.get(text, ANYTHING)
        if power <= floor or (power == INSTANCE_OF and reader.texts[reader.at + 1] != "of"):
            return False
        stack.reduce(power)
        reader.at += 1
        complete = _COMPLETE.get(text)
        if complete is None:
            stack.pending.append((power, text, 0))
            return True
        stack.operands[-1] = complete(reader, stack.operands[-1], stack.begins[-1])


def _between(reader: Reader, operand: Expression, begin: int) -> Expression:
    low = reader.expression(reader, COMPARISON)
    if reader.texts[reader.at] != "and":
        raise mistakes.no_symbol(reader, "and")
    reader.at += 1
    high = reader.expression(reader, COMPARISON)
    return Between(reader.span(begin), operand, low, high)


def _in(reader: Reader, operand: Expression, begin: int) -> Expression:
    tests = in_tests(reader)
    return In(reader.span(begin), operand, tests)


def _instance_of(reader: Reader, operand: Expression, begin: int) -> Expression:
    reader.at += 1
    of = type_expression(reader)
    return InstanceOf(reader.span(begin), operand, of)


_COMPLETE: dict[str, Callable[[Reader, Expression, int], Expression]] = {
    "between": _between,
    "in": _in,
    "instance": _instance_of,
}
