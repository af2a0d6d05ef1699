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

Row = dict[str, Any]


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
    heads: dict[str, Head] = {}
    rows: list[Row] = []
    receipts: list[Receipt] = []
    differences: list[Row] = []
    # In the order of the tenants, so that two writers never wait for each other.
    for tenant in sorted({each.tenant for each in entries}):
        heads[tenant] = _locked_head(connection, tenant)
    for entry in entries:
        head = heads[entry.tenant]
        row, heads[entry.tenant] = _linked(entry, head)
        rows.append(row)
        receipts.append(Receipt(row["sequence"], row["hash"]))
        if entry.shadow is not None:
            differences.append(_difference(entry, row["sequence"]))
    connection.execute(insert(DECISION_LOG), rows)
    if differences:
        connection.execute(insert(SHADOW_DIFFERENCE), differences)
    for tenant, head in heads.items():
        connection.execute(
            update(LOG_HEAD)
            .where(LOG_HEAD.c.tenant == tenant)
            .values(sequence=head.sequence, hash=head.hash)
        )
    return receipts


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


def _linked(entry: Entry, head: Head) -> tuple[Row, Head]:
    sequence = head.sequence + 1
    link = Link(entry.tenant, sequence, entry.at, entry.policy, entry.version, entry.digest)
    hash_ = link_hash(head.hash, link)
    row = {
        "tenant": entry.tenant,
        "sequence": sequence,
        "at": entry.at,
        "policy": entry.policy,
        "version": entry.version,
        "reference": entry.reference,
        "entry": entry.text.decode(),
        "digest": entry.digest,
        "hash": hash_,
    }
    return row, Head(sequence, hash_)


def _difference(entry: Entry, sequence: int) -> Row:
    assert entry.shadow is not None  # noqa: S101 -- INVARIANT: the caller looked
    return {
        "tenant": entry.tenant,
        "sequence": sequence,
        "policy": entry.policy,
        "version": entry.version,
        "shadow": entry.shadow.version,
        "differences": entry.shadow.differences.decode(),
    }
