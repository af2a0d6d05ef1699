"""Many rows in one statement: on PostgreSQL they go over as one JSON document.

A statement a row costs the client and the server more than the rows themselves do;
SQLite has no such way to go, and is told row by row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Executable,
    Insert,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.expression import TableValuedAlias

from keyaccount.storage.engine import POSTGRESQL

Row = Mapping[str, object]
_ROWS = "rows"


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows of the same columns."""
    _write(connection, _insert, table, rows)


def insert_new_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows of the same columns, passing over those that are there already."""
    _write(connection, _insert_new, table, rows)


def update_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Update rows of the same columns, the primary key among them."""
    _write(connection, _update, table, rows)


def delete_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Delete rows; the columns are those of the primary key."""
    _write(connection, _delete, table, rows)


_Statement = Callable[[Table, tuple[str, ...], bool], Executable]
"""Takes the table, its columns, and whether all rows come at once."""


def _write(connection: Connection, of: _Statement, table: Table, rows: Sequence[Row]) -> None:
    if not rows:
        return
    at_once = connection.dialect.name == POSTGRESQL
    statement = of(table, tuple(rows[0]), at_once)
    if at_once:
        connection.execute(statement, {_ROWS: _document(connection, table, rows)})
    else:
        connection.execute(statement, [{_bound(name): row[name] for name in row} for row in rows])


@cache
def _insert(table: Table, names: tuple[str, ...], at_once: bool) -> Insert:
    if at_once:
        return insert(table).from_select(names, select(*_recordset(table, names).c))
    return insert(table).values({each: bindparam(_bound(each)) for each in names})


@cache
def _insert_new(table: Table, names: tuple[str, ...], at_once: bool) -> Insert:
    if at_once:
        chosen = select(*_recordset(table, names).c)
        return postgresql.insert(table).from_select(names, chosen).on_conflict_do_nothing()
    one = sqlite.insert(table).values({each: bindparam(_bound(each)) for each in names})
    return one.on_conflict_do_nothing()


@cache
def _update(table: Table, names: tuple[str, ...], at_once: bool) -> Executable:
    values = _values(table, names, at_once)
    keys = [each.name for each in table.primary_key]
    changed = {each: values[each] for each in names if each not in keys}
    return update(table).where(*(table.c[each] == values[each] for each in keys)).values(changed)


@cache
def _delete(table: Table, names: tuple[str, ...], at_once: bool) -> Executable:
    values = _values(table, names, at_once)
    return delete(table).where(*(table.c[each] == values[each] for each in names))


def _values(
    table: Table, names: tuple[str, ...], at_once: bool
) -> Mapping[str, ColumnElement[object]]:
    """What stands for a row's values: columns of the document, or parameters."""
    if at_once:
        return dict(_recordset(table, names).c)
    return {each: bindparam(_bound(each)) for each in names}


def _bound(name: str) -> str:
    """A parameter's name; SQLAlchemy keeps those of columns for itself."""
    return f"row_{name}"


def _recordset(table: Table, names: tuple[str, ...]) -> TableValuedAlias:
    """The rows of the document, as a table."""
    columns = [Column(each, table.c[each].type) for each in names]
    document = cast(bindparam(_ROWS, type_=Text), JSON)
    return func.json_to_recordset(document).table_valued(*columns).render_derived(with_types=True)


def _document(connection: Connection, table: Table, rows: Sequence[Row]) -> str:
    writers: dict[str, Callable[[Any, Any], object]] = {
        each: kind.process_bind_param
        for each in rows[0]
        if isinstance(kind := table.c[each].type, TypeDecorator)
    }
    dialect = connection.dialect
    written = [
        {
            name: writers[name](value, dialect) if name in writers else value
            for name, value in row.items()
        }
        for row in rows
    ]
    return json.dumps(written, ensure_ascii=False, default=datetime.isoformat)
