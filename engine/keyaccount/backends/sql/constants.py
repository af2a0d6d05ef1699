"""FEEL's constants as SQL literals."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from sqlglot import exp

from keyaccount.backends.sql import trees
from keyaccount.backends.sql.kinds import (
    FEEL_DIGITS,
    Boolean,
    Date,
    Days,
    Kind,
    Label,
    ListOf,
    Months,
    Nothing,
    Number,
    Record,
    Text,
    unified,
)
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Constant, Value
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.diagnostics.diagnostic import Text as Words
from keyaccount.feel.values.date import Date as FeelDate
from keyaccount.feel.values.duration import DaysAndTimeDuration, YearsAndMonthsDuration
from keyaccount.feel.values.number import WIDE_CONTEXT
from keyaccount.feel.values.time import NANOS_PER_DAY

_NO_TYPE = Words(
    "no SQL type holds it alike in every engine", "没有哪个 SQL 类型在各引擎中都能同样保存它"
)
_LAST_YEAR = 9999


def constant(session: Session, value: object) -> Value:
    """The value that is the same for every row.

    Raises:
        Refusal: SQL has no such constant.
    """
    kind = kind_of(value)
    return Value(
        kind, literal(session, value, kind), nullable=value is None, constant=Constant(value)
    )


def kind_of(value: object) -> Kind:
    """The narrowest kind that holds a FEEL value."""
    match value:
        case None:
            return Nothing()
        case bool():
            return Boolean()
        case Decimal():
            return number_kind(value)
        case str():
            return Label((value,))
        case FeelDate(year=year) if 1 <= year <= _LAST_YEAR:
            return Date()
        case DaysAndTimeDuration(nanos) if nanos % NANOS_PER_DAY == 0:
            return Days()
        case YearsAndMonthsDuration():
            return Months()
        case list():
            return ListOf(common_kind([kind_of(each) for each in value]))
        case dict() if value:
            return Record(tuple((name, kind_of(each)) for name, each in value.items()))
        case _:
            raise Refusal(partial(messages.not_in_sql, what=_shown(value), reason=_NO_TYPE))


def common_kind(kinds: list[Kind]) -> Kind:
    """The kind that holds the values of all.

    Raises:
        Refusal: there is none.
    """
    kind = unified(kinds)
    if kind is None:
        raise Refusal(messages.mixed_outputs)
    return kind


def number_kind(value: Decimal) -> Number:
    """The narrowest DECIMAL that holds a number."""
    _, digits, exponent = WIDE_CONTEXT.normalize(value).as_tuple()
    if not isinstance(exponent, int) or len(digits) + abs(exponent) > 2 * FEEL_DIGITS:
        raise Refusal(
            partial(
                messages.too_many_digits,
                digits=len(digits) + abs(value.adjusted()),
                limit=FEEL_DIGITS,
            )
        )
    scale = max(0, -exponent)
    precision = max(len(digits) + max(exponent, 0), scale, 1)
    if precision > FEEL_DIGITS:
        raise Refusal(partial(messages.too_many_digits, digits=precision, limit=FEEL_DIGITS))
    return Number(precision, scale)


def literal(session: Session, value: object, kind: Kind) -> Sql:
    """A FEEL value as a literal of a kind that holds it."""
    match value, kind:
        case None, _:
            return trees.null() if isinstance(kind, Nothing) else session.typed_null(kind)
        case bool(), _:
            return trees.boolean(value)
        case Decimal(), _:
            return number(value)
        case str(), _:
            return trees.text(value)
        case FeelDate(), _:
            return session.cast(trees.text(str(value)), kind)
        case DaysAndTimeDuration(nanos), _:
            return trees.integer(nanos // NANOS_PER_DAY)
        case YearsAndMonthsDuration(months), _:
            return trees.integer(months)
        case list(), ListOf(item):
            return array(session, [typed(session, each, item) for each in value], item)
        case dict(), Record(entries):
            return record(session, [(n, typed(session, value[n], k)) for n, k in entries])
        case _:
            raise Refusal(partial(messages.not_in_sql, what=_shown(value), reason=_NO_TYPE))


def typed(session: Session, value: object, kind: Kind) -> Sql:
    """A literal that has exactly the type of the kind, as the branches of a CASE must."""
    sql = literal(session, value, kind)
    match kind:
        case Number() | Days() | Months():
            return session.cast(sql, kind)
        case Label() if session.enums is not None:
            return session.cast(sql, kind)
        case _:
            return sql


def number(value: Decimal) -> Sql:
    """A number in plain digits: an exponent would make it a DOUBLE."""
    digits = format(WIDE_CONTEXT.normalize(value.copy_abs()), "f")
    sql = exp.Literal.number(digits)
    return exp.Neg(this=sql) if value < 0 else sql


def array(session: Session, items: list[Sql], item: Kind) -> Sql:
    """A list; an empty one needs its type said."""
    made = exp.Array(expressions=list(items))
    return made if items else trees.cast(made, session.type(ListOf(item)))


def record(session: Session, entries: list[tuple[str, Sql]]) -> Sql:
    """A context; PostgreSQL, which has no type for one, holds it as JSONB, exact numbers too."""
    if session.dialect == "postgres":
        pairs = [part for name, sql in entries for part in (trees.text(name), sql)]
        return trees.call("JSONB_BUILD_OBJECT", *pairs)
    return exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=sql)
            for name, sql in entries
        ]
    )


def entry(session: Session, context: Sql, name: str, kind: Kind) -> Sql:
    """An entry of a context."""
    if session.dialect != "postgres":
        return exp.StructExtract(this=context, expression=trees.text(name))
    if isinstance(kind, Record):
        return trees.call("JSONB_EXTRACT_PATH", context, trees.text(name))
    return session.cast(trees.call("JSONB_EXTRACT_PATH_TEXT", context, trees.text(name)), kind)


def as_kind(session: Session, value: Value, kind: Kind) -> Sql:
    """The value's SQL, cast to a kind that holds it exactly."""
    if value.constant is not None:
        return typed(session, value.constant.value, kind)
    if trees.is_null_constant(value.sql):
        return session.typed_null(kind)
    target = session.type(kind)
    if value.kind != kind and session.type(value.kind) != target:
        return trees.cast(value.sql, target)
    if isinstance(value.kind, Label) and not value.kind.values and isinstance(kind, Text):
        return trees.cast(value.sql, target)
    return value.sql


def _shown(value: object) -> str:
    return str(value)
