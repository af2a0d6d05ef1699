"""Lists: those written out, and those that a `collect` gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from sqlglot import exp

from keyaccount.backends.sql import comparisons, logic, masks, trees
from keyaccount.backends.sql.constants import constant
from keyaccount.backends.sql.kinds import INTEGER, Boolean, Hits
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.values import Value, causes_of, strict
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.diagnostics.diagnostic import Text as Words
from keyaccount.feel.operations.comparison import same

_ROW_BY_ROW = Words("the list differs from row to row", "列表逐行不同")


def items(arguments: Sequence[Value]) -> list[Value]:
    """The items of a function that takes a list, or the items as its arguments.

    Raises:
        Refusal: the list is not written out.
    """
    if len(arguments) == 1 and arguments[0].items is not None:
        return list(arguments[0].items)
    if any(each.items is not None or isinstance(each.kind, Hits) for each in arguments):
        raise Refusal(partial(messages.not_in_sql, what="list", reason=_ROW_BY_ROW))
    return list(arguments)


def contains(session: Session, arguments: Sequence[Value]) -> Value:
    """`list contains(list, element)`."""
    held, sought = arguments
    if isinstance(held.kind, Hits):
        return _hits_contain(held, sought)
    sought = replace(sought, of_decision=False)  # a function is strict: no look at possible values
    if held.items is None:
        raise Refusal(partial(messages.not_in_sql, what="list contains", reason=_ROW_BY_ROW))
    if not held.items:
        return constant(session, False)  # noqa: FBT003 - a FEEL value
    tests = [comparisons.compare(session, "=", each, sought) for each in held.items]
    causes = causes_of((held, sought))
    found = logic.disjunction(tests)
    unknown = masks.any_bit(causes)
    if held.constant is not None:
        return Value(Boolean(), found.sql, found.causes)
    sql = trees.case([(unknown, trees.null())], trees.coalesce(found.sql, trees.false()))
    return Value(Boolean(), sql, causes)


def _hits_contain(held: Value, sought: Value) -> Value:
    """Of a `collect`, by the bits of the rules that give the element.

    Undetermined, it holds for sure what its certain rules give, and lacks for
    sure what no open rule could add.
    """
    if held.members is None or sought.constant is None:
        raise Refusal(partial(messages.not_in_sql, what="list contains", reason=_ROW_BY_ROW))
    element = sought.constant.value
    pairs = zip(held.members.bits, held.members.outputs, strict=True)
    bits = sum(bit for bit, output in pairs if same(output, element))
    present = masks.shares(held.sql, bits) if bits else trees.false()
    if not held.causes:
        return Value(Boolean(), present)
    if not held.of_decision:
        sql = trees.case([(held.unknown, trees.null())], present)
        return Value(Boolean(), sql, held.causes)
    # A possible value has the bit of its rule; every bit is set where they can't be listed.
    listed = masks.word_sql(held.options.mask)
    could = masks.shares(listed, bits) if bits else trees.binary(exp.EQ, listed, trees.integer(-1))
    undecided = trees.and_([held.unknown, trees.not_(present), could])
    conflict = held.causes.get(masks.CONFLICT)
    if conflict is not None:
        undecided = trees.or_([masks.any_bit({0: conflict}), undecided])
    sql = trees.case([(undecided, trees.null())], present)
    return Value(Boolean(), sql, masks.where(trees.is_null(sql), held.causes))


def count(session: Session, arguments: Sequence[Value]) -> Value:
    """`count(list)`."""
    held = arguments[0]
    if held.items is not None:
        size = constant(session, Decimal(len(held.items)))
        if not held.causes:
            return size
        open_ = trees.or_([each.unknown for each in held.items])
        sql = trees.case([(open_, session.typed_null(size.kind))], size.sql)
        return strict(size.kind, sql, held.items)
    if not isinstance(held.kind, Hits) or held.members is None:
        raise Refusal(partial(messages.not_in_sql, what="count", reason=_ROW_BY_ROW))
    total = trees.integer(0)
    for bit in held.members.bits:
        one = trees.case([(masks.shares(held.sql, bit), trees.integer(1))], trees.integer(0))
        total = exp.Add(this=total, expression=one)
    sql = trees.case([(held.unknown, session.typed_null(INTEGER))], session.cast(total, INTEGER))
    return Value(INTEGER, sql, held.causes)
