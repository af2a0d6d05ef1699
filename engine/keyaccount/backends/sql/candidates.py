"""The rules of a table as sets: those that match a row, and those that may yet match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from keyaccount.backends.sql import masks, trees
from keyaccount.backends.sql.conditions import Condition, none_open
from keyaccount.backends.sql.constants import as_kind
from keyaccount.backends.sql.kinds import Kind
from keyaccount.backends.sql.session import Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Value
from keyaccount.feel.operations.comparison import same
from keyaccount.ir import core

MAX_RULES = 60
"""The rules of a table that stand in one word."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule; `bit` is its bit, by its place in the author's order."""

    id: str
    bit: int
    condition: Condition
    output: Value


@dataclass(frozen=True, slots=True)
class Candidates:
    """A table in the middle of its compilation.

    `matching` and `open` are words: the rules that match a row, and those that
    may yet match. `open` is the constant 0 where all facts must be there.
    """

    session: Session
    hint: str
    table: core.Table
    rules: tuple[CompiledRule, ...]
    default: Value
    kind: Kind
    matching: Sql
    open: Sql
    settled: Sql

    @property
    def outputs(self) -> tuple[Value, ...]:
        return tuple(each.output for each in self.rules)

    @property
    def constant_outputs(self) -> bool:
        return all(each.constant is not None for each in (*self.outputs, self.default))

    def name(self, what: str, sql: Sql) -> Sql:
        """A column of this table's."""
        return self.session.layers.define(f"{self.hint}_{what}", sql)

    def typed(self, value: Value) -> Sql:
        return as_kind(self.session, value, self.kind)

    def nothing(self) -> Sql:
        return self.session.typed_null(self.kind)

    @property
    def if_none(self) -> list[tuple[Value, int]]:
        """What may stand where no rule matches, each with the open rules that would give the same.

        The default; in a complete table, where some rule has to come in, what all
        the open ones give.
        """
        if not self.table.complete:
            return [(self.default, self.bits_equal_to(self.default))]
        different: list[Value] = []
        for each in self.outputs:
            if not any(equal(each, known) for known in different):
                different.append(each)
        return [(each, self.bits_equal_to(each)) for each in different]

    def bits_equal_to(self, value: Value) -> int:
        """The rules whose constant output is the value's."""
        return sum(each.bit for each in self.rules if equal(each.output, value))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a hit policy makes of the candidates, row by row.

    `waits`: the open rules that matter, 0 where decided. `possible`: a word over
    the slots of `finals`. `conflict`: whether the rules contradict each other.
    """

    value: Sql
    shown: Sql
    waits: Sql
    possible: Sql
    conflict: Sql


def equal(left: Value, right: Value) -> bool:
    """Whether two constants are the same value."""
    if left.constant is None or right.constant is None:
        return False
    return same(left.constant.value, right.constant.value)


def gather(
    session: Session,
    hint: str,
    table: core.Table,
    rules: Sequence[CompiledRule],
    default: Value,
    kind: Kind,
) -> Candidates:
    """The candidates, their words as columns."""
    matching = session.layers.define(
        f"{hint}_matching",
        masks.word_sql(_word([(each.condition.sql, each.bit) for each in rules])),
    )
    settled = none_open([each.condition for each in rules])
    open_ = _word(
        [
            (trees.is_null(each.condition.sql), each.bit)
            for each in rules
            if not each.condition.never_open
        ]
    )
    guarded = masks.word_where(trees.not_(settled), open_)
    word = session.layers.define(f"{hint}_open", masks.word_sql(guarded))
    none = (
        trees.true() if word == trees.integer(0) else trees.binary(exp.EQ, word, trees.integer(0))
    )
    return Candidates(session, hint, table, tuple(rules), default, kind, matching, word, none)


def _word(parts: Sequence[tuple[Sql, int]]) -> masks.Word:
    return masks.union_of_words(masks.word_where(condition, bit) for condition, bit in parts)


def is_zero(word: Sql) -> Sql:
    """Whether the word has no bit."""
    if isinstance(word, exp.Literal):
        return trees.boolean(word == trees.integer(0))
    return trees.binary(exp.EQ, word, trees.integer(0))


def has_any(word: Sql) -> Sql:
    """Whether the word has a bit."""
    return (
        trees.not_(is_zero(word))
        if isinstance(word, exp.Literal)
        else trees.binary(exp.NEQ, word, trees.integer(0))
    )


def within(word: Sql, bits: int) -> Sql:
    """Whether a word has no bits but these."""
    return masks.lacks(word, ~bits & ((1 << masks.WORD_BITS) - 1))


def either(left: Sql, right: Sql) -> Sql:
    """The bits of both words."""
    return masks.word_sql(masks.union_of_words([_constant(left), _constant(right)]))


def _constant(word: Sql) -> masks.Word:
    return int(word.name) if isinstance(word, exp.Literal) else word


def several(word: Sql) -> Sql:
    """Whether the word has more than one bit: all but its lowest are left by `w & (w - 1)`."""
    less = trees.binary(exp.Sub, word, trees.integer(1))
    return trees.binary(exp.NEQ, trees.binary(exp.BitwiseAnd, word, less), trees.integer(0))


class Finals:
    """The slots of a table's possible values.

    First the outputs of the rules, in the author's order, a bit each; behind
    them each different value once, for the one that stands if no open rule comes in.
    """

    def __init__(self, candidates: Candidates) -> None:
        self._size = len(candidates.rules)
        self.values: list[Value] = []
        for each in (*candidates.outputs, candidates.default):
            if not any(equal(each, known) for known in self.values):
                self.values.append(each)
        self._outputs = candidates.outputs

    @property
    def fit(self) -> bool:
        return self._size + len(self.values) <= masks.WORD_BITS - 1

    @property
    def slots(self) -> tuple[object, ...]:
        return tuple(
            each.constant.value
            for each in (*self._outputs, *self.values)
            if each.constant is not None
        )

    def bit(self, value: Value) -> int:
        """The bit of a value that stands if no open rule comes in."""
        place = next(i for i, each in enumerate(self.values) if equal(each, value))
        return 1 << (self._size + place)
