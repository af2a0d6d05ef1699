"""Open a database so that SQLite and PostgreSQL keep the same promises.

On SQLite a transaction takes the write lock when it begins: one that reads
first and writes later could otherwise fail half-way, as another wrote meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from keyaccount.diagnostics import storage_messages as messages
from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.storage.sqlite import BUSY_SECONDS, prepare

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

_READS_ONLY = "keyaccount_reads_only"
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class StorageError(KeyaccountError):
    """A database cannot be opened, reached or brought up to date."""


def open_engine(url: str, *, connections: int = 5) -> Engine:
    """The engine of a database; nothing is opened yet.

    Args:
        url: `sqlite:///cases.db` or `postgresql://user@host/name`.
        connections: kept open at most, on PostgreSQL.

    Raises:
        StorageError: the URL names no database of these two kinds.
    """
    address = _address(url)
    if address.get_backend_name() == POSTGRESQL:
        return create_engine(address, pool_pre_ping=True, pool_size=connections)
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: on SQLite it waits for no writer.

    Raises:
        StorageError: the database cannot be reached, or fails.
    """
    with _failures_told(engine), connected(engine) as connection:
        quiet = connection.execution_options(**{_READS_ONLY: True})
        with quiet.begin():
            yield quiet


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write: committed at the end, undone on any exception.

    Raises:
        StorageError: the database cannot be reached, or fails: its disk is full, it is
            locked for too long, it goes away.
    """
    with _failures_told(engine), connected(engine) as connection, connection.begin():
        yield connection


@contextmanager
def _failures_told(engine: Engine) -> Iterator[None]:
    """What is wrong with the database and not with what it was asked becomes a StorageError."""
    try:
        yield
    except OperationalError as error:
        raise StorageError([messages.failed(_shown(engine), _reason(error))]) from error


def connected(engine: Engine) -> Connection:
    """A connection that outlives a transaction; who asks for it closes it.

    Raises:
        StorageError: the database cannot be reached.
    """
    try:
        return engine.connect()
    except DatabaseError as error:
        raise StorageError([messages.cannot_connect(_shown(engine), _reason(error))]) from error


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _reason(error: DatabaseError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        driver = _DRIVERS.get(address.drivername)
    except (ArgumentError, NoSuchModuleError, ValueError):
        driver = None
    if driver is None:
        raise StorageError([messages.unknown_database(url)])
    return address.set(drivername=driver)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    prepare(connection)


def _begin(connection: Connection) -> None:
    reads: Any = connection.get_execution_options().get(_READS_ONLY)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
