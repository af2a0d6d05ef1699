"""`=`, `!=` and the orderings on compiled values.

Source: DMN 1.5, 10.3.2.13 (tables 54 to 56).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial

from sqlglot import exp

from keyaccount.backends.sql import masks, quotients, trees
from keyaccount.backends.sql.constants import number, typed
from keyaccount.backends.sql.kinds import (
    DOUBLE_DIGITS,
    SQL_DIGITS,
    Boolean,
    Date,
    Days,
    Kind,
    Label,
    Months,
    Nothing,
    Number,
    Quotient,
    Record,
    Text,
    unified,
)
from keyaccount.backends.sql.numbers import constant_number, exact, number_of, sum_width, to_scale
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Value, causes_of
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.feel.operations.comparison import same
from keyaccount.ir.core import ComparisonOperator

NODES: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_TURNED: dict[ComparisonOperator, ComparisonOperator] = {
    "=": "=",
    "!=": "!=",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}
_NAMES: dict[type, str] = {Number: "number", Quotient: "number", Text: "string", Label: "string"}


def compare(session: Session, operator: ComparisonOperator, left: Value, right: Value) -> Value:
    """`left operator right`."""
    if operator in ("=", "!="):
        return _equality(session, operator, left, right)
    sql = _raw(session, operator, left, right)
    nullable = left.nullable or right.nullable
    return Value(Boolean(), sql, causes_of((left, right)), nullable)


def _equality(session: Session, operator: ComparisonOperator, left: Value, right: Value) -> Value:
    """Known from the possible values alone, where the constant is none of them."""
    if left.constant is not None and right.constant is None:
        left, right = right, left
    result = _plain_equality(session, operator, left, right)
    if not (left.of_decision and right.constant is not None) or left.options.computed:
        return result
    excluded = trees.and_([left.unknown, _excludes(left, right.constant.value)])
    if trees.is_false(excluded):
        return result
    sql = trees.case([(excluded, trees.boolean(operator == "!="))], result.sql)
    return replace(result, sql=sql, causes=masks.where(trees.is_null(sql), result.causes))


def _excludes(decision: Value, constant: object) -> Sql:
    """Whether an unknown decision certainly comes to something else."""
    word = masks.word_sql(decision.options.mask)
    bits = sum(1 << i for i, slot in enumerate(decision.options.slots) if same(slot, constant))
    if bits:
        return masks.lacks(word, bits)
    return (
        trees.binary(exp.NEQ, word, trees.integer(-1)) if decision.options.slots else trees.false()
    )


def _plain_equality(
    session: Session, operator: ComparisonOperator, left: Value, right: Value
) -> Value:
    causes = causes_of((left, right))
    if isinstance(right.kind, Nothing) or isinstance(left.kind, Nothing):
        return _with_null(operator, left if isinstance(right.kind, Nothing) else right, causes)
    raw = _raw(session, operator, left, right)
    differ = trees.boolean(operator == "!=")
    alike = trees.boolean(operator == "=")
    branches: list[trees.Branch] = []
    if left.nullable and right.nullable:
        branches.append((trees.and_([left.known_null, right.known_null]), alike))
    for side, other in ((left, right), (right, left)):
        if side.nullable:
            known = trees.and_([side.known_null, trees.not_(other.unknown)])
            branches.append((known, differ))
    return Value(Boolean(), trees.case(branches, raw), causes)


def _with_null(operator: str, value: Value, causes: masks.Mask) -> Value:
    """`value = null`: of a known value, always known."""
    is_null = value.absent if value.nullable else trees.false()
    result = is_null if operator == "=" else trees.not_(is_null)
    return Value(Boolean(), trees.case([(value.unknown, trees.null())], result), causes)


def _raw(session: Session, operator: ComparisonOperator, left: Value, right: Value) -> Sql:
    """The comparison of two values that are there; NULL where one isn't."""
    kinds = (left.kind, right.kind)
    match kinds:
        case (Nothing(), _) | (_, Nothing()):
            return trees.cast(trees.null(), exp.DataType.build("BOOLEAN"))
        case (Quotient(), Number()) | (Number(), Quotient()):
            return _quotient(session, operator, left, right)
        case (Number(), Number()):
            return _numbers(session, operator, left, right)
        case (Text() | Label(), Text() | Label()):
            return _texts(session, operator, left, right)
        case (Date(), Date()) | (Days(), Days()) | (Months(), Months()):
            return _direct(operator, left.sql, right.sql)
        case (Boolean(), Boolean()) | (Record(), Record()) if operator in ("=", "!="):
            return _same_kind(session, operator, left, right)
        case _:
            raise no_operator(operator, left.kind, right.kind)


def no_operator(operator: str, left: Kind, right: Kind) -> Refusal:
    """Refuses an operator on these kinds."""
    return Refusal(
        partial(messages.no_operator, operator=operator, left=name(left), right=name(right))
    )


def name(kind: Kind) -> str:
    """The kind in an author's word."""
    return _NAMES.get(type(kind), type(kind).__name__.lower())


def _direct(operator: str, left: Sql, right: Sql) -> Sql:
    return trees.binary(NODES[operator], left, right)


def _same_kind(session: Session, operator: str, left: Value, right: Value) -> Sql:
    kind = unified([left.kind, right.kind])
    if kind is None or isinstance(kind, Record):
        # An entry that is null would make SQL's comparison of the whole null.
        raise no_operator(operator, left.kind, right.kind)
    return _direct(operator, left.sql, right.sql)


def _texts(session: Session, operator: str, left: Value, right: Value) -> Sql:
    if operator not in ("=", "!="):
        return _direct(operator, ordered_text(session, left), ordered_text(session, right))
    if isinstance(left.kind, Label) and left.kind.values and right.constant is not None:
        if right.constant.value in left.kind.values:
            return _direct(operator, left.sql, typed(session, right.constant.value, left.kind))
        return _never(left.sql, unless=operator == "!=")
    if left.kind != right.kind and left.constant is None and right.constant is None:
        return _direct(operator, plain_text(session, left), plain_text(session, right))
    return _direct(operator, left.sql, right.sql)


def plain_text(session: Session, value: Value) -> Sql:
    """A text as VARCHAR, out of the ENUM that it may stand in."""
    if isinstance(value.kind, Label) and value.constant is None and session.dialect == "duckdb":
        return session.cast(value.sql, Text())
    return value.sql


def ordered_text(session: Session, value: Value) -> Sql:
    """A text that sorts by code points, as FEEL's do; an ENUM would sort as it was declared."""
    sql = plain_text(session, value)
    if session.dialect == "postgres":
        return exp.Collate(this=sql, expression=exp.to_identifier("C", quoted=True))
    return sql


def _never(sql: Sql, *, unless: bool) -> Sql:
    """False (or true) wherever there is a value."""
    return trees.case([(trees.is_not_null(sql), trees.boolean(unless))], trees.null())


def _numbers(session: Session, operator: ComparisonOperator, left: Value, right: Value) -> Sql:
    if left.constant is not None and right.constant is None:
        operator, left, right = _TURNED[operator], right, left
    if "double" in (number_of(left).form, number_of(right).form):
        return _doubles(session, operator, left, right)
    limit = constant_number(right)
    if limit is not None and left.constant is None:
        return _against_constant(operator, left, limit)
    if unified([left.kind, right.kind]) is None:
        digits, _ = sum_width(number_of(left), number_of(right))
        raise Refusal(partial(messages.too_many_digits, digits=digits, limit=SQL_DIGITS))
    return _direct(operator, left.sql, right.sql)


def _against_constant(operator: ComparisonOperator, left: Value, limit: Decimal) -> Sql:
    """Against a constant of the column's own scale, so that no row has to be cast.

    19.9999999999999 with a column of scale 2 is as good as 20 for `>=`, and
    equal to nothing.
    """
    kind = number_of(left)
    fitting = limit
    if to_scale(limit, kind.scale, up=True) != limit:
        if operator in ("=", "!="):
            return _never(left.sql, unless=operator == "!=")
        fitting = to_scale(limit, kind.scale, up=operator in ("<", ">="))
    bound = Decimal(10) ** kind.integer_digits
    if (
        fitting.copy_abs() > bound
    ):  # beyond what the column can hold: the nearest bound says the same
        if operator in ("=", "!="):
            return _never(left.sql, unless=operator == "!=")
        fitting = bound.copy_sign(fitting)
    return _direct(operator, left.sql, number(fitting))


def _doubles(session: Session, operator: ComparisonOperator, left: Value, right: Value) -> Sql:
    """A double orders as its shortest decimal does, and so beside decimals of 15 digits."""
    if all(_survives_double(each) for each in (left, right)):
        double = next(each.kind for each in (left, right) if number_of(each).form == "double")
        sides = [widened_to_double(session, each, number_of_kind(double)) for each in (left, right)]
        return _direct(operator, sides[0], sides[1])
    return _numbers(session, operator, exact(session, left), exact(session, right))


def number_of_kind(kind: Kind) -> Number:
    """A kind that is known to be a number's."""
    if not isinstance(kind, Number):
        raise TypeError(kind)
    return kind


def _survives_double(value: Value) -> bool:
    kind = number_of(value)
    return kind.form == "double" or kind.precision <= DOUBLE_DIGITS


def widened_to_double(session: Session, value: Value, double: Number) -> Sql:
    """The value as a DOUBLE, without loss."""
    return value.sql if number_of(value).form == "double" else session.cast(value.sql, double)


def _quotient(session: Session, operator: ComparisonOperator, left: Value, right: Value) -> Sql:
    if isinstance(right.kind, Quotient):
        operator, left, right = _TURNED[operator], right, left
    numerator, scaled, denominator = quotients.cross_multiplied(session, left, right)
    positive = trees.binary(exp.GT, denominator, trees.integer(0))
    negative = trees.binary(exp.LT, denominator, trees.integer(0))
    turned = _direct(_TURNED[operator], numerator, scaled)
    return trees.case(
        [(positive, _direct(operator, numerator, scaled)), (negative, turned)], trees.null()
    )
