"""Append entries to the log: in one transaction, each tenant's chain under its lock.

With thousands of entries a second what stands between a statement and its
database is most of the work, so the statements go to the driver as they are, and
as few as possible: at each of them the thread lets go of the interpreter's lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import DBAPIError

from keyaccount.service.log.chain import START, Head, Link, link_hash
from keyaccount.service.log.entry import Entry
from keyaccount.service.tables import DECISION_LOG, SHADOW_DIFFERENCE
from keyaccount.storage.engine import POSTGRESQL, writing

_COLUMNS = [each.name for each in DECISION_LOG.columns]
_INTO = f"decision_log ({', '.join(_COLUMNS)})"
_COPY = f"COPY {_INTO} FROM STDIN"
_ROW = f"({', '.join('?' * len(_COLUMNS))})"
_NO_ROW = (None,) * len(_COLUMNS)
_MOST_ROWS = 256
"""In one statement on SQLite, which takes 32,766 values."""

_READ_HEAD = "SELECT sequence, hash FROM decision_log_head WHERE tenant = {0}{1}"
_NEW_HEAD = (
    "INSERT INTO decision_log_head (tenant, sequence, hash, erased) VALUES ({0}, 0, {0}, 0)"
    " ON CONFLICT DO NOTHING"
)
_MOVE_HEAD = "UPDATE decision_log_head SET sequence = {0}, hash = {0} WHERE tenant = {0}"

Row = tuple[object, ...]
"""In the order of the table's columns."""


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
    try:
        return _appended(connection, entries)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(None, None, error) from error


def _appended(connection: Connection, entries: Sequence[Entry]) -> list[Head]:
    log = _Log(connection)
    # In the order of the tenants, so that two writers never wait for each other.
    heads = {each: log.locked_head(each) for each in sorted({each.tenant for each in entries})}
    rows: list[Row] = []
    receipts: list[Head] = []
    differences: list[dict[str, object]] = []
    for entry in entries:
        head = heads[entry.tenant] = _linked(entry, heads[entry.tenant])
        rows.append(_row(entry, head))
        receipts.append(head)
        if entry.shadow is not None:
            differences.append(_difference(entry, head.sequence))
    log.write(rows)
    if differences:
        connection.execute(insert(SHADOW_DIFFERENCE), differences)
    for tenant, head in heads.items():
        log.move_head(tenant, head)
    return receipts


class _Log:
    """The log's tables over a driver's own connection, inside a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._driver: Any = connection.connection.driver_connection
        self._on_postgresql = connection.dialect.name == POSTGRESQL
        self._mark, self._lock = ("%s", " FOR UPDATE") if self._on_postgresql else ("?", "")

    def locked_head(self, tenant: str) -> Head:
        """The end of a tenant's chain, locked until the transaction ends."""
        read = _READ_HEAD.format(self._mark, self._lock)
        found = self._driver.execute(read, (tenant,)).fetchone()
        if found is None:
            self._driver.execute(_NEW_HEAD.format(self._mark), (tenant, START))
            found = self._driver.execute(read, (tenant,)).fetchone()
        return Head(*found)

    def move_head(self, tenant: str, head: Head) -> None:
        """The chain ends here from now on."""
        self._driver.execute(_MOVE_HEAD.format(self._mark), (head.sequence, head.hash, tenant))

    def write(self, rows: list[Row]) -> None:
        """The rows by each driver's fastest way."""
        if self._on_postgresql:
            with self._driver.cursor() as cursor, cursor.copy(_COPY) as copy:
                for row in rows:
                    copy.write_row(row)
            return
        for start in range(0, len(rows), _MOST_ROWS):
            some = rows[start : start + _MOST_ROWS]
            # A power of two, filled up with nothing: few statements, each prepared once.
            room = 1 << (len(some) - 1).bit_length()
            some += [_NO_ROW] * (room - len(some))
            self._driver.execute(_insert(room), [value for row in some for value in row])


@lru_cache
def _insert(rows: int) -> str:
    """SQLite's statement that inserts so many rows at once, of which some may be nothing."""
    values = ", ".join([_ROW] * rows)
    return f"INSERT INTO {_INTO} SELECT * FROM (VALUES {values}) WHERE column1 IS NOT NULL"  # noqa: S608 -- our own names


def _linked(entry: Entry, head: Head) -> Head:
    """The chain's end once the entry is linked to it."""
    sequence = head.sequence + 1
    link = Link(entry.tenant, sequence, entry.at, entry.policy, entry.version, entry.digest)
    return Head(sequence, link_hash(head.hash, link))


def _row(entry: Entry, head: Head) -> Row:
    return (
        entry.tenant,
        head.sequence,
        entry.at,
        entry.policy,
        entry.version,
        entry.reference,
        entry.text.decode(),
        entry.digest,
        head.hash,
    )


def _difference(entry: Entry, sequence: int) -> dict[str, object]:
    assert entry.shadow is not None  # noqa: S101 -- INVARIANT: the caller looked
    return {
        "tenant": entry.tenant,
        "sequence": sequence,
        "policy": entry.policy,
        "version": entry.version,
        "shadow": entry.shadow.version,
        "differences": entry.shadow.differences.decode(),
    }
