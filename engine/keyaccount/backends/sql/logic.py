"""`and`, `or`, `not` and `if` on compiled values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sqlglot import exp

from keyaccount.backends.sql import masks, trees
from keyaccount.backends.sql.comparisons import no_operator
from keyaccount.backends.sql.constants import as_kind, common_kind
from keyaccount.backends.sql.kinds import Boolean, Hits, Kind, Label, Nothing, Quotient
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import UNLISTED, Options, Value, causes_of
from keyaccount.diagnostics import sql_messages as messages

_MAX_SLOTS = 60


def conjunction(operands: Sequence[Value]) -> Value:
    """False as soon as one is, else unknown, else null, else true: SQL's own AND and NULL."""
    return _connected(trees.and_, "and", operands)


def disjunction(operands: Sequence[Value]) -> Value:
    """True as soon as one is, else unknown, else null, else false."""
    return _connected(trees.or_, "or", operands)


def _connected(
    connect: Callable[[Iterable[Sql]], Sql], operator: str, operands: Sequence[Value]
) -> Value:
    for each in operands:
        if not isinstance(each.kind, Boolean | Nothing):
            raise no_operator(operator, each.kind, each.kind)
    sql = connect(each.sql for each in operands)
    causes = masks.where(trees.is_null(sql), causes_of(operands))
    return Value(Boolean(), sql, causes, any(each.nullable for each in operands))


def negation(operand: Value) -> Value:
    """`not(operand)`; null stays null."""
    if not isinstance(operand.kind, Boolean | Nothing):
        raise no_operator("not", operand.kind, operand.kind)
    return Value(Boolean(), trees.not_(operand.sql), operand.causes, operand.nullable)


def choice(session: Session, condition: Value, then: Value, otherwise: Value) -> Value:
    """`if condition then ... else ...`; under an unknown condition, what both give alike."""
    if isinstance(then.kind, Quotient) or isinstance(otherwise.kind, Quotient):
        raise Refusal(messages.open_division)
    if isinstance(then.kind, Hits) or isinstance(otherwise.kind, Hits):
        raise no_operator("if", then.kind, otherwise.kind)
    kind = common_kind([then.kind, otherwise.kind])
    nullable = then.nullable or otherwise.nullable
    if not condition.causes:
        sql = _branches(session, condition, then, otherwise, kind, None)
        causes = masks.choose([(condition.sql, then.causes)], otherwise.causes)
        options = _options_of_branches(condition, then, otherwise, trees.false())
        return Value(kind, sql, causes, nullable, options)
    condition = session.named("condition", condition)
    then, otherwise = session.named("then", then), session.named("otherwise", otherwise)
    open_ = condition.unknown
    alike = session.condition("alike", _alike(session, then, otherwise, kind))
    inner = trees.case([(alike, as_kind(session, then, kind))], session.typed_null(kind))
    sql = _branches(session, condition, then, otherwise, kind, (open_, inner))
    waiting = causes_of((condition, then, otherwise))
    causes = masks.choose(
        [
            (condition.sql, then.causes),
            (open_, masks.where(trees.not_(alike), waiting)),
        ],
        otherwise.causes,
    )
    options = _options_of_branches(condition, then, otherwise, open_)
    return Value(kind, sql, causes, nullable, options)


def _branches(
    session: Session,
    condition: Value,
    then: Value,
    otherwise: Value,
    kind: Kind,
    open_: trees.Branch | None,
) -> Sql:
    branches = [(condition.sql, as_kind(session, then, kind))]
    if open_ is not None:
        branches.append(open_)
    return trees.case(branches, as_kind(session, otherwise, kind))


def _alike(session: Session, left: Value, right: Value, kind: Kind) -> Sql:
    """Whether both are known, and equal."""
    both = [trees.not_(left.unknown), trees.not_(right.unknown)]
    if left.constant is not None and right.constant is not None:
        return trees.boolean(left.constant == right.constant)
    same = exp.NullSafeEQ(
        this=as_kind(session, left, kind), expression=as_kind(session, right, kind)
    )
    return trees.and_([*both, same])


def _options_of_branches(condition: Value, then: Value, otherwise: Value, open_: Sql) -> Options:
    """What an unknown `if` may come to."""
    both = _joined(possible_of(then), possible_of(otherwise))
    if trees.is_false(open_):
        return _chosen(condition.sql, then.options, otherwise.options)
    if both.computed or then.options.computed or otherwise.options.computed:
        return replace(both, computed=True)
    one = _chosen(condition.sql, then.options, otherwise.options, offset=both)
    mask = trees.case([(open_, masks.word_sql(both.mask))], masks.word_sql(one.mask))
    return Options(both.slots + one.slots, mask) if one.slots else Options(both.slots, mask)


def _chosen(
    condition: Sql, then: Options, otherwise: Options, offset: Options | None = None
) -> Options:
    shift = 0 if offset is None else len(offset.slots)
    size = shift + len(then.slots) + len(otherwise.slots)
    if then.computed or otherwise.computed or size > _MAX_SLOTS:
        return Options(computed=True)
    if then == UNLISTED and otherwise == UNLISTED:
        return UNLISTED
    mask = trees.case(
        [(condition, shifted(then.mask, shift))],
        shifted(otherwise.mask, shift + len(then.slots)),
    )
    return Options(then.slots + otherwise.slots, mask)


def possible_of(value: Value) -> Options:
    """What a value comes to, be it known or not: with the values of a known one listed too."""
    if value.constant is not None:
        return Options((value.constant.value,), 1)
    known = trees.not_(value.unknown)
    if trees.is_false(known):
        return value.options
    domain = _domain(value)
    size = len(value.options.slots)
    if domain is None or value.options.computed or size + len(domain) > _MAX_SLOTS:
        return replace(value.options, computed=True)
    present: list[trees.Branch] = [
        (condition, trees.integer(1 << (size + i))) for i, (_, condition) in enumerate(domain)
    ]
    mask = trees.case(present, masks.word_sql(value.options.mask))
    return Options(value.options.slots + tuple(each for each, _ in domain), mask)


def _domain(value: Value) -> list[tuple[object, Sql]] | None:
    """All values of a kind that has few, each with the condition that it is the one."""
    match value.kind:
        case Boolean():
            found: list[tuple[object, Sql]] = [
                (True, value.sql),
                (False, trees.not_(value.sql)),
            ]
        case Label(values) if values:
            found = [(each, trees.binary(exp.EQ, value.sql, trees.text(each))) for each in values]
        case _:
            return None
    return [*found, (None, value.known_null)] if value.nullable else found


def _joined(left: Options, right: Options) -> Options:
    """The values of both, the left ones first; not listed where either isn't."""
    if left.computed or right.computed or len(left.slots) + len(right.slots) > _MAX_SLOTS:
        return Options(computed=True)
    if isinstance(left.mask, int) and isinstance(right.mask, int):
        if -1 in (left.mask, right.mask):
            return UNLISTED
        return Options(left.slots + right.slots, left.mask | right.mask << len(left.slots))
    first = masks.word_sql(left.mask)
    second = shifted(right.mask, len(left.slots))
    unlisted = trees.or_([_is_unlisted(left), _is_unlisted(right)])
    joined = trees.binary(exp.BitwiseOr, first, second)
    return Options(left.slots + right.slots, trees.case([(unlisted, trees.integer(-1))], joined))


def _is_unlisted(options: Options) -> Sql:
    if isinstance(options.mask, int):
        return trees.boolean(options.mask == -1)
    return trees.binary(exp.EQ, options.mask, trees.integer(-1))


def shifted(word: masks.Word, places: int) -> Sql:
    """The word with its bits some places up; `NOT_LISTED` stays what it is."""
    if isinstance(word, int):
        return trees.integer(word if word == -1 else word << places)
    if places == 0:
        return word
    wide = trees.cast(word, exp.DataType.build("BIGINT"))
    moved = trees.binary(exp.Mul, wide, trees.integer(1 << places))
    return trees.case([(trees.binary(exp.EQ, word, trees.integer(-1)), trees.integer(-1))], moved)
