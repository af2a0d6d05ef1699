"""The state of one compilation: columns named so far, rows to decide again, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from keyaccount.backends.sql import masks, trees
from keyaccount.backends.sql.kinds import (
    Boolean,
    Column,
    Dialect,
    Enums,
    Hits,
    Kind,
    Quotient,
    sql_type,
)
from keyaccount.backends.sql.layers import Layers
from keyaccount.backends.sql.masks import Mask
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Value
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.source import Span


class Refusal(Exception):  # noqa: N818 - not an error: a way out to the place that knows the span
    """This cannot be said in SQL with the same meaning.

    `message` makes the diagnostic, given the place of the innermost node.
    """

    def __init__(self, message: Callable[[Span], Diagnostic]) -> None:
        super().__init__(message)
        self.message = message


@dataclass(slots=True)
class Session:
    """One compilation. `columns` are those of the relation, by fact."""

    dialect: Dialect
    columns: Mapping[str, Column]
    facts: Mapping[str, int]
    layers: Layers
    enums: Enums | None = None
    again: list[Sql] = field(default_factory=list)
    refused: list[Diagnostic] = field(default_factory=list)
    types: dict[Kind, exp.DataType] = field(default_factory=dict)

    def cause(self, fact: str) -> Mask:
        """The mask of one fact."""
        return masks.of_bit(self.facts[fact])

    def decide_again(self, condition: Sql) -> None:
        """The rows in which SQL cannot give the exact answer: the caller decides them."""
        if not trees.is_false(condition):
            self.again.append(self.layers.define("again", condition))

    def cast(self, sql: Sql, kind: Kind) -> Sql:
        return trees.cast(sql, self.type(kind))

    def type(self, kind: Kind) -> exp.DataType:
        """The type that a value of this kind has here."""
        if kind not in self.types:
            self.types[kind] = sql_type(kind, self.dialect, self.enums)
        return self.types[kind]

    def typed_null(self, kind: Kind) -> Sql:
        return self.cast(trees.null(), kind)

    def named(self, hint: str, value: Value) -> Value:
        """The value with its SQL, and what it waits for, as columns."""
        if isinstance(value.kind, Quotient):
            return self._named_quotient(hint, value)
        sql = self.layers.define(hint, value.sql)
        return replace(value, sql=sql, causes=self.named_causes(hint, value, sql))

    def named_causes(self, hint: str, value: Value, sql: Sql) -> Mask:
        """What the value waits for, each word a column worked out only where `sql` is NULL."""
        guarded = value.causes
        # Of hits and quotients `sql` is a part, whose NULL says nothing of the whole.
        if not isinstance(value.kind, Hits | Quotient):
            causes = masks.unguarded(value.causes, trees.is_null(value.sql))
            guarded = masks.where(trees.is_null(sql), causes)
        return masks.mapped(
            guarded,
            lambda index, word: self.layers.define(
                f"{hint}_{_word_name(index)}", trees.cast(word, exp.DataType.build("BIGINT"))
            ),
        )

    def _named_quotient(self, hint: str, value: Value) -> Value:
        if value.denominator is None:
            return value
        causes = self.named_causes(hint, value, value.sql)
        sql = self.layers.define(f"{hint}_numerator", value.sql)
        denominator = self.layers.define(f"{hint}_denominator", value.denominator)
        return replace(value, sql=sql, denominator=denominator, causes=causes)

    def condition(self, hint: str, sql: Sql) -> Sql:
        """A boolean as a column."""
        return self.layers.define(
            hint, self.cast(sql, Boolean()) if trees.is_null_constant(sql) else sql
        )


def _word_name(index: int) -> str:
    if index == masks.CONFLICT:
        return "conflict"
    return "waits" if index == 0 else f"waits_{index}"
