"""Append entries to the log within a transaction of SQLAlchemy's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from keyaccount.service.log.appending import PostgresqlLog, SqliteLog, append_entries
from keyaccount.service.log.chain import Head
from keyaccount.service.log.entry import Entry
from keyaccount.storage.engine import POSTGRESQL, writing


def append(engine: Engine, entries: Sequence[Entry]) -> list[Head]:
    """Log entries in a transaction of their own; when it returns they are there to stay.

    Raises:
        StorageError: the database cannot be reached.
        SQLAlchemyError: it cannot write.
    """
    with writing(engine) as connection:
        return append_within(connection, entries)


def append_within(connection: Connection, entries: Sequence[Entry]) -> list[Head]:
    """Log entries in the caller's transaction; the receipts hold once it is committed.

    Raises:
        SQLAlchemyError: the database cannot write.
    """
    dialect = connection.dialect
    kind = PostgresqlLog if dialect.name == POSTGRESQL else SqliteLog
    try:
        return append_entries(kind(connection.connection.driver_connection), entries, {})
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError(None, None, error) from error
