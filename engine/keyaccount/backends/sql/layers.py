"""Named columns, each in the first subquery that can hold it.

A column may use those of earlier layers only, so its layer follows from what
it uses. Naming a part keeps SQL short and has the engine work it out once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlglot import exp

from keyaccount.backends.sql import trees
from keyaccount.backends.sql.trees import Sql

PREFIX = "__"
"""Begins the name of every column that is ours and not the caller's."""

_NOT_A_NAME = re.compile(r"\W+")


class Layers:
    """The columns defined so far. `taken` are names that the caller's relation has."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {each.casefold() for each in taken}
        self._depth: dict[str, int] = {}
        self._columns: list[list[tuple[str, Sql]]] = []
        self._names: dict[Sql, exp.Column] = {}

    def define(self, hint: str, sql: Sql) -> Sql:
        """The column that holds an expression; what is plain stays as it is."""
        if trees.is_plain(sql):
            return sql
        known = self._names.get(sql)
        if known is None:
            name = self._unused(hint)
            depth = 1 + max((self._depth_of(each) for each in sql.find_all(exp.Column)), default=0)
            self._depth[name] = depth
            while len(self._columns) < depth:
                self._columns.append([])
            self._columns[depth - 1].append((name, sql))
            known = self._names[sql] = trees.column(name)
        return known

    def over(
        self, relation: exp.Table, outputs: Iterable[tuple[str, Sql]], *, fenced: bool = False
    ) -> exp.Select:
        """The statement: a relation, each layer over the one before, the outputs on top.

        Args:
            relation: what has the facts.
            outputs: names, and what stands in their columns.
            fenced: keep the engine from merging the layers into one.
        """
        outputs = list(outputs)
        steps = self._needed(outputs)
        statement = exp.Select()
        source: exp.Expr = relation
        for number, columns in enumerate(steps, start=1):
            named = (_alias(sql, name) for name, sql in columns)
            step = exp.select(exp.Star(), *named, copy=False).from_(source, copy=False)
            if fenced:
                step = step.offset(0, copy=False)
            label = f"{PREFIX}step_{number}"
            statement = statement.with_(label, as_=step, copy=False)
            source = exp.to_table(label)
        named = (_alias(sql, name) for name, sql in outputs)
        return statement.select(*named, copy=False).from_(source, copy=False)

    def _needed(self, outputs: list[tuple[str, Sql]]) -> list[list[tuple[str, Sql]]]:
        """The layers without columns that nothing uses."""
        used = {each.name for _, sql in outputs for each in sql.find_all(exp.Column)}
        kept: list[list[tuple[str, Sql]]] = []
        for layer in reversed(self._columns):
            wanted = [(name, sql) for name, sql in layer if name in used]
            used |= {each.name for _, sql in wanted for each in sql.find_all(exp.Column)}
            if wanted:
                kept.append(wanted)
        return kept[::-1]

    def _depth_of(self, column: exp.Column) -> int:
        return self._depth.get(column.name, 0)

    def _unused(self, hint: str) -> str:
        stem = PREFIX + (_NOT_A_NAME.sub("_", hint).strip("_") or "x")
        name, number = stem, 1
        # Names are compared as DuckDB does, which ignores case even in quotes.
        while name.casefold() in self._taken:
            number += 1
            name = f"{stem}_{number}"
        self._taken.add(name.casefold())
        return name


def _alias(sql: Sql, name: str) -> exp.Expr:
    return exp.Alias(this=sql, alias=exp.to_identifier(name, quoted=True))
