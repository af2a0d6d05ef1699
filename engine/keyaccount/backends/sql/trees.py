"""Small pieces of SQL, folded where they are constant.

sqlglot prints a tree as it stands, without adding parentheses: so operands are
wrapped here. Trees share their parts, and are never changed once they are made;
sqlglot copies the whole before it prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlglot import exp

Sql = exp.Expr
Branch = tuple[Sql, Sql]
_Binary = TypeVar("_Binary", bound=exp.Binary)


def column(name: str) -> exp.Column:
    """A column by its name, in quotes."""
    return exp.column(exp.to_identifier(name, quoted=True))


def integer(value: int) -> Sql:
    """An integer literal."""
    number = exp.Literal.number(abs(value))
    return exp.Neg(this=number) if value < 0 else number


def text(value: str) -> Sql:
    """A text literal."""
    return exp.Literal.string(value)


def true() -> Sql:
    """TRUE."""
    return exp.true()


def false() -> Sql:
    """FALSE."""
    return exp.false()


def boolean(value: bool) -> Sql:
    """TRUE or FALSE."""
    return exp.true() if value else exp.false()


def null() -> Sql:
    """NULL, of no type yet."""
    return exp.null()


def is_null_constant(sql: Sql) -> bool:
    """Whether the tree is NULL for every row."""
    while isinstance(sql, exp.Cast | exp.Paren):
        sql = sql.this
    return isinstance(sql, exp.Null)


def is_true(sql: Sql) -> bool:
    """Whether the tree is TRUE for every row."""
    return isinstance(sql, exp.Boolean) and bool(sql.this)


def is_false(sql: Sql) -> bool:
    """Whether the tree is FALSE for every row."""
    return isinstance(sql, exp.Boolean) and not sql.this


def is_plain(sql: Sql) -> bool:
    """Whether the tree may stand several times at no cost: a column or a constant."""
    while isinstance(sql, exp.Cast | exp.Neg):
        sql = sql.this
    return isinstance(sql, exp.Column | exp.Literal | exp.Boolean | exp.Null)


def _operand(sql: Sql) -> Sql:
    if isinstance(sql, exp.Binary | exp.Not | exp.Is | exp.In | exp.Between | exp.Neg):
        return exp.Paren(this=sql)
    return sql


def binary(node: type[_Binary], left: Sql, right: Sql) -> Sql:
    """`left op right`, in parentheses where an operand needs them."""
    return node(this=_operand(left), expression=_operand(right))


def _joined(node: type[exp.Binary], operands: Sequence[Sql]) -> Sql:
    """A flat chain of one operator: no parentheses between its own links."""
    result = _operand(operands[0])
    for each in operands[1:]:
        result = node(this=result, expression=_operand(each))
    return result


def and_(operands: Iterable[Sql]) -> Sql:
    """All of the conditions; FALSE and NULL as SQL has them."""
    kept = list(dict.fromkeys(each for each in operands if not is_true(each)))
    if any(map(is_false, kept)):
        return exp.false()
    return _joined(exp.And, kept) if kept else exp.true()


def or_(operands: Iterable[Sql]) -> Sql:
    """Any of the conditions."""
    kept = list(dict.fromkeys(each for each in operands if not is_false(each)))
    if any(map(is_true, kept)):
        return exp.true()
    return _joined(exp.Or, kept) if kept else exp.false()


def not_(sql: Sql) -> Sql:
    """The opposite; NULL stays NULL."""
    if isinstance(sql, exp.Boolean):
        return boolean(not sql.this)
    if isinstance(sql, exp.Is) and isinstance(sql.expression, exp.Null):
        return exp.Not(this=sql)
    return exp.Not(this=_operand(sql))


def is_null(sql: Sql) -> Sql:
    """Whether the tree is NULL."""
    if is_null_constant(sql):
        return exp.true()
    if isinstance(sql, exp.Literal | exp.Boolean):
        return exp.false()
    return exp.Is(this=_operand(sql), expression=exp.null())


def is_not_null(sql: Sql) -> Sql:
    """Whether the tree has a value."""
    return not_(is_null(sql))


def case(branches: Iterable[Branch], default: Sql) -> Sql:
    """The first branch whose condition is true; folded where conditions are constant."""
    kept: list[Branch] = []
    for condition, result in branches:
        if is_false(condition) or is_null_constant(condition):
            continue
        if is_true(condition):
            default = result
            break
        kept.append((condition, result))
    while kept and kept[-1][1] == default:
        kept.pop()
    return _case(None, kept, default) if kept else default


def switch(subject: Sql, results: Iterable[Branch], default: Sql) -> Sql:
    """By the value of the subject: `CASE subject WHEN 1 THEN ...`."""
    kept = [each for each in results if each[1] != default]
    return _case(subject, kept, default) if kept else default


def _case(subject: Sql | None, branches: Iterable[Branch], default: Sql) -> Sql:
    return exp.Case(
        this=None if subject is None else _operand(subject),
        ifs=[exp.If(this=when, true=then) for when, then in branches],
        default=default,
    )


def coalesce(sql: Sql, default: Sql) -> Sql:
    """The tree, or a default where it is NULL."""
    if is_null_constant(sql):
        return default
    return exp.Coalesce(this=sql, expressions=[default])


def cast(sql: Sql, to: exp.DataType) -> Sql:
    """The tree as another type."""
    if isinstance(sql, exp.Cast) and sql.to == to:
        return sql
    return exp.Cast(this=sql, to=to)


def plus(sql: Sql, number: int) -> Sql:
    """The sum with a whole number."""
    return binary(exp.Add, sql, integer(number))


def call(name: str, *arguments: Sql) -> Sql:
    """A function that has the same name and the same meaning in every dialect."""
    return exp.Anonymous(this=name, expressions=list(arguments))
