"""The condition of a rule: true, false, or open (NULL) where it may yet match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keyaccount.backends.sql import masks, trees
from keyaccount.backends.sql.comparisons import no_operator
from keyaccount.backends.sql.kinds import Boolean, Nothing
from keyaccount.backends.sql.masks import Mask
from keyaccount.backends.sql.session import Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Value, causes_of


@dataclass(frozen=True, slots=True)
class Condition:
    """`sql` is NULL in exactly the rows where the rule is open; `causes` holds in those."""

    sql: Sql
    causes: Mask

    @property
    def never_open(self) -> bool:
        return not self.causes


def condition_of(session: Session, hint: str, tests: Sequence[Value]) -> Condition:
    """All tests of a rule: false where any is known and not true, null included."""
    sql = trees.and_(map(_settled, tests))
    return Condition(session.condition(hint, sql), causes_of(tests))


def _settled(test: Value) -> Sql:
    """The test, with a known null turned to false: NULL then means unknown alone."""
    if isinstance(test.kind, Nothing):
        return trees.case([(test.unknown, trees.null())], trees.false())
    if not isinstance(test.kind, Boolean):
        raise no_operator("when", test.kind, test.kind)
    if not test.nullable:
        return test.sql
    if not test.causes:
        return trees.coalesce(test.sql, trees.false())
    return trees.case([(test.known_null, trees.false())], test.sql)


def none_open(conditions: Sequence[Condition]) -> Sql:
    """Whether every rule is settled."""
    return trees.and_(trees.is_not_null(each.sql) for each in conditions if not each.never_open)


def waiting_for(conditions: Sequence[tuple[Condition, int]], waits: Sql) -> Mask:
    """What the rules whose bit is in `waits` wait for.

    Rules that wait for the same thing share one test: in a table over one
    input there is but one.
    """
    groups: list[tuple[Mask, int]] = []
    for condition, bit in conditions:
        for i, (causes, bits) in enumerate(groups):
            if causes == condition.causes:
                groups[i] = (causes, bits | bit)
                break
        else:
            groups.append((condition.causes, bit))
    return masks.union(masks.where(masks.shares(waits, bits), causes) for causes, bits in groups)
