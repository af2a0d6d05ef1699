"""`+ - * / **` and unary minus on compiled values.

Source: DMN 1.5, 10.3.2.14 and 10.3.2.15.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from sqlglot import exp

from keyaccount.backends.sql import dates, trees
from keyaccount.backends.sql.comparisons import no_operator, plain_text
from keyaccount.backends.sql.constants import constant
from keyaccount.backends.sql.kinds import (
    FEEL_DIGITS,
    Date,
    Days,
    Label,
    Months,
    Nothing,
    Number,
    Quotient,
    Text,
)
from keyaccount.backends.sql.numbers import (
    constant_number,
    exact,
    narrow,
    number_of,
    product,
    product_width,
    sum_width,
    widened,
    width,
)
from keyaccount.backends.sql.quotients import divide
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.values import Value, strict
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.diagnostics.diagnostic import Text as Words
from keyaccount.ir.core import ArithmeticOperator

_NODES: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub}
_WIDTHS = {"+": sum_width, "-": sum_width, "*": product_width}
_MAX_EXPONENT = 8
_NO_POWER = Words(
    "only a small whole constant exponent gives exact digits", "只有小的正整数常量指数才有精确结果"
)


def arithmetic(session: Session, operator: ArithmeticOperator, left: Value, right: Value) -> Value:
    """`left operator right`."""
    match left.kind, right.kind:
        case (Nothing(), _) | (_, Nothing()):
            kind = right.kind if isinstance(left.kind, Nothing) else left.kind
            return strict(kind, session.typed_null(kind), (left, right), nullable=True)
        case (Quotient(), Number() | Quotient()) | (Number(), Quotient()):
            raise Refusal(messages.open_division)
        case (Number(), Number()):
            return _numbers(session, operator, left, right)
        case (Text() | Label(), Text() | Label()) if operator == "+":
            sides = plain_text(session, left), plain_text(session, right)
            return strict(Text(), trees.binary(exp.DPipe, *sides), (left, right))
        case _ if operator in ("+", "-"):
            return _temporal(session, operator, left, right)
        case _:
            raise no_operator(operator, left.kind, right.kind)


def _numbers(session: Session, operator: ArithmeticOperator, left: Value, right: Value) -> Value:
    if operator == "**":
        return _power(session, left, right)
    if operator == "/":
        inverse = _inverse(constant_number(right))
        if inverse is None:
            return divide(session, left, right)
        operator, right = "*", constant(session, inverse)
    left, right = exact(session, left), exact(session, right)
    if _WIDTHS[operator](number_of(left), number_of(right))[0] > FEEL_DIGITS:
        left, right = narrow(session, left), narrow(session, right)
    return _computed(session, operator, left, right)


def _computed(session: Session, operator: str, left: Value, right: Value) -> Value:
    kind = width(*_WIDTHS[operator](number_of(left), number_of(right)))
    if operator == "*":
        factors = [(widened(session, x, number_of(x)), number_of(x)) for x in (left, right)]
        sql = product(session, factors[0], factors[1])
    else:
        sides = widened(session, left, kind), widened(session, right, kind)
        sql = trees.binary(_NODES[operator], *sides)
    sql = session.cast(sql, kind)
    return strict(kind, sql, (left, right))


def _inverse(divisor: Decimal | None) -> Decimal | None:
    """1 divided by a constant, where that ends: to divide by 100 is to multiply by 0.01."""
    if not divisor:
        return None
    digits = Decimal(1) / divisor
    if digits * divisor != 1 or len(digits.as_tuple().digits) > _MAX_EXPONENT:
        return None
    return digits.normalize()


def _power(session: Session, left: Value, right: Value) -> Value:
    exponent = constant_number(right)
    if exponent is None or exponent != int(exponent) or not 1 <= exponent <= _MAX_EXPONENT:
        raise Refusal(partial(messages.not_in_sql, what="**", reason=_NO_POWER))
    base = session.named("base", exact(session, left))
    result = base
    for _ in range(int(exponent) - 1):
        result = _computed(session, "*", result, base)
    return result


def _temporal(session: Session, operator: str, left: Value, right: Value) -> Value:
    match left.kind, right.kind:
        case (Date(), Date()) if operator == "-":
            return strict(Days(), dates.days_between(left.sql, right.sql), (left, right))
        case (Date(), Days() | Months()) if right.constant is not None:
            sql = dates.shifted(session, left.sql, right, backwards=operator == "-")
            return strict(Date(), sql, (left, right))
        case (Days() | Months(), Date()) if left.constant is not None and operator == "+":
            return strict(Date(), dates.shifted(session, right.sql, left), (left, right))
        case (Days(), Days()) | (Months(), Months()):
            sql = trees.binary(_NODES[operator], left.sql, right.sql)
            return strict(left.kind, sql, (left, right))
        case _:
            raise no_operator(operator, left.kind, right.kind)


def negate(session: Session, operand: Value) -> Value:
    """`-operand`."""
    match operand.kind:
        case Number():
            value = exact(session, operand)
            if (number := constant_number(value)) is not None:
                return constant(session, number.copy_negate() if number else number)
            return strict(value.kind, _minus(value), (value,))
        case Quotient():
            sql = exp.Neg(this=exp.Paren(this=operand.sql))
            return Value(
                operand.kind, sql, operand.causes, nullable=True, denominator=operand.denominator
            )
        case Days() | Months():
            return strict(operand.kind, _minus(operand), (operand,))
        case Nothing():
            return operand
        case _:
            raise no_operator("-", operand.kind, operand.kind)


def _minus(value: Value) -> exp.Expr:
    inner = value.sql if trees.is_plain(value.sql) else exp.Paren(this=value.sql)
    return exp.Neg(this=inner)
