"""Append entries to the log within a transaction of SQLAlchemy's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from keyaccount.service.log.appending import Log, SqliteLog, append_entries
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
    log = _log(dialect.name, connection.connection.driver_connection)
    try:
        return append_entries(log, entries, {})
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError(None, None, error) from error


def _log(dialect: str, driver: Any) -> Log:
    if dialect != POSTGRESQL:
        return SqliteLog(driver)
    # With its driver, which not every installation has.
    from keyaccount.service.log.postgresql import PostgresqlLog

    return PostgresqlLog(driver)
