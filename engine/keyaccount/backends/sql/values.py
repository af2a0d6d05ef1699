"""A compiled expression: its SQL, and what it waits for.

Every operator keeps these:
    # INVARIANT: `sql` is NULL in the rows where the value is unknown or null.
    # INVARIANT: `causes` is empty in exactly the rows where the value is known.
So a row without NULLs never pays for the causes: each use of them stands
behind a test for NULL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from keyaccount.backends.sql import masks, trees
from keyaccount.backends.sql.kinds import Boolean, Kind
from keyaccount.backends.sql.masks import Mask
from keyaccount.backends.sql.trees import Sql

NOT_LISTED = -1
"""The word of an `Options` where the possible values cannot be listed."""


@dataclass(frozen=True, slots=True)
class Options:
    """The values that an unknown may come to: constants, and which of them a row has.

    `mask` has bit i for `slots[i]`; it is `NOT_LISTED` where they cannot be
    listed, and means nothing where the value is known. `computed` says that
    among them may be values that only the run can tell: such a row has to be
    decided again if it comes to listing them.
    """

    slots: tuple[object, ...] = ()
    mask: masks.Word = NOT_LISTED
    computed: bool = False


UNLISTED = Options()


@dataclass(frozen=True, slots=True)
class Members:
    """What the bits of `Hits` stand for: the outputs of the rules, in the order of the list."""

    bits: tuple[int, ...]
    outputs: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """Marks a value that is the same for every row."""

    value: object


@dataclass(frozen=True, slots=True)
class Value:
    """An expression, compiled.

    `nullable`: whether a known null can come out. `options`: what an unknown
    may come to. `constant` for literals; `denominator` for a `Quotient`, whose
    `sql` is the numerator; `members` for `Hits`; `items` for a list written out;
    `of_decision` where it is
    the plain value of a decision.
    """

    kind: Kind
    sql: Sql
    causes: Mask = field(default_factory=dict)
    nullable: bool = False
    options: Options = UNLISTED
    constant: Constant | None = None
    denominator: Sql | None = None
    members: Members | None = None
    items: tuple[Value, ...] | None = None
    of_decision: bool = False

    @property
    def unknown(self) -> Sql:
        """The condition that the value is unknown."""
        if not self.causes:
            return trees.false()
        certain = masks.any_bit(self.causes)
        if trees.is_true(certain):
            return certain
        return certain if self.nullable else trees.is_null(self.sql)

    @property
    def known_null(self) -> Sql:
        """The condition that the value is known, and null."""
        if not self.nullable:
            return trees.false()
        if not self.causes:
            return self.absent
        return trees.and_([self.absent, trees.not_(masks.any_bit(self.causes))])

    @property
    def absent(self) -> Sql:
        """The condition that there is no value, be it null or unknown."""
        if self.denominator is None:
            return trees.is_null(self.sql)
        zero = trees.binary(exp.EQ, self.denominator, trees.integer(0))
        return trees.or_([trees.is_null(self.sql), trees.is_null(self.denominator), zero])


def truth(value: bool) -> Value:
    """True or false for every row."""
    return Value(Boolean(), trees.boolean(value), constant=Constant(value))


ALWAYS = truth(value=True)


def causes_of(values: Iterable[Value]) -> Mask:
    """What a strict operator waits for: all that its operands wait for."""
    return masks.union(each.causes for each in values)


def strict(kind: Kind, sql: Sql, operands: Iterable[Value], *, nullable: bool = False) -> Value:
    """The result of an operator that is null, or unknown, where any operand is."""
    given = list(operands)
    nullable = nullable or any(each.nullable for each in given)
    return Value(kind, sql, causes_of(given), nullable)
