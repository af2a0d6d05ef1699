"""Append entries to the log: in one transaction, each tenant's chain under its lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from keyaccount.service.log.chain import START, Head, Link, link_hash
from keyaccount.service.log.entry import Entry, Receipt
from keyaccount.service.tables import DECISION_LOG, LOG_HEAD, SHADOW_DIFFERENCE
from keyaccount.storage.engine import POSTGRESQL, writing

_COLUMNS = [each.name for each in DECISION_LOG.columns]
_INTO = f"decision_log ({', '.join(_COLUMNS)})"
_INSERT = f"INSERT INTO {_INTO} VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608 -- our own names
_COPY = f"COPY {_INTO} FROM STDIN"

Row = tuple[object, ...]
"""In the order of the table's columns."""


def append(engine: Engine, entries: Sequence[Entry]) -> list[Receipt]:
    """Log entries in a transaction of their own; when it returns they are there to stay.

    Raises:
        StorageError: the database cannot be reached.
        SQLAlchemyError: it cannot write.
    """
    with writing(engine) as connection:
        return append_within(connection, entries)


def append_within(connection: Connection, entries: Sequence[Entry]) -> list[Receipt]:
    """Log entries in the caller's transaction; the receipts hold once it is committed."""
    # In the order of the tenants, so that two writers never wait for each other.
    tenants = sorted({each.tenant for each in entries})
    heads = {each: _locked_head(connection, each) for each in tenants}
    rows: list[Row] = []
    receipts: list[Receipt] = []
    differences: list[dict[str, object]] = []
    for entry in entries:
        head = _linked(entry, heads[entry.tenant])
        heads[entry.tenant] = head
        rows.append(_row(entry, head))
        receipts.append(Receipt(head.sequence, head.hash))
        if entry.shadow is not None:
            differences.append(_difference(entry, head.sequence))
    _write(connection, rows)
    if differences:
        connection.execute(insert(SHADOW_DIFFERENCE), differences)
    for tenant, head in heads.items():
        connection.execute(
            update(LOG_HEAD)
            .where(LOG_HEAD.c.tenant == tenant)
            .values(sequence=head.sequence, hash=head.hash)
        )
    return receipts


def _write(connection: Connection, rows: list[Row]) -> None:
    """The rows by each driver's fastest way: with thousands a second it is most of the work."""
    if connection.dialect.name != POSTGRESQL:
        connection.exec_driver_sql(_INSERT, rows)
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)


def _locked_head(connection: Connection, tenant: str) -> Head:
    """The end of a tenant's chain, locked until the transaction ends."""
    query = (
        select(LOG_HEAD.c.sequence, LOG_HEAD.c.hash)
        .where(LOG_HEAD.c.tenant == tenant)
        .with_for_update()
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        dialect = postgresql if connection.dialect.name == POSTGRESQL else sqlite
        made = dialect.insert(LOG_HEAD).values(tenant=tenant, sequence=0, hash=START, erased=0)
        connection.execute(made.on_conflict_do_nothing())
        found = connection.execute(query).one()
    return Head(found.sequence, found.hash)


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
