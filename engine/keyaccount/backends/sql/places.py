"""Constant lists, read at a place: tables of constants inside a statement."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from keyaccount.backends.sql import trees
from keyaccount.backends.sql.constants import kind_of, literal
from keyaccount.backends.sql.kinds import Kind, ListOf
from keyaccount.backends.sql.session import Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.feel.values.date import Date as FeelDate


class Places:
    """A constant list that is read at places from 0.

    The list is a column of its own, so that it is written once however often
    it is read: in DuckDB such a column costs nothing.
    """

    def __init__(self, session: Session, hint: str, values: Sequence[object], kind: Kind) -> None:
        self._session = session
        self._kind = kind
        self._items = [_item(session, each) for each in values]
        held = session.cast(exp.Array(expressions=self._items), ListOf(kind))
        self._list = session.layers.define(f"{hint}_list", held)

    def at(self, place: Sql) -> Sql:
        """The value at a place."""
        if isinstance(place, exp.Literal):
            return self._session.cast(self._items[int(place.name)], self._kind)
        # DuckDB and PostgreSQL count from 1; sqlglot translates constant places only.
        index = place if self._session.dialect == "spark" else trees.plus(place, 1)
        return exp.Bracket(this=self._list, expressions=[index])


def _item(session: Session, value: object) -> Sql:
    """An item, plain: the cast of the whole list gives it its type."""
    match value:
        case None:
            return trees.null()
        case FeelDate():
            return trees.text(str(value))
        case int() if not isinstance(value, bool):
            return trees.integer(value)
        case _:
            return literal(session, value, kind_of(value))
