"""Append entries to the log over a driver's own connection, each tenant's chain in its order.

With thousands of entries a second what stands between a statement and its
database is most of the work, so statements go to the driver as they are, and as
few as possible. No lock is held while links are made: a chain is moved on from
the end that was known, and where another moved it meanwhile, from its new end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any, Protocol

from keyaccount.service.log.chain import START, Head, Link, digest_of, link_hash
from keyaccount.service.log.entry import Entry

COLUMNS = (
    "tenant",
    "sequence",
    "at",
    "policy",
    "version",
    "reference",
    "entry",
    "digest",
    "hash",
)
NAMES = f"decision_log ({', '.join(COLUMNS)})"
_DIFFERENCES = "shadow_difference (tenant, sequence, policy, version, shadow, differences)"
READ_END = "SELECT sequence, hash FROM decision_log_head WHERE tenant = {0}{1}"
_FIRST_END = (
    "INSERT INTO decision_log_head (tenant, sequence, hash, erased) VALUES ({0}, 0, {0}, 0)"
    " ON CONFLICT DO NOTHING"
)
MOVE = (
    "UPDATE decision_log_head SET sequence = {0}, hash = {0}"
    " WHERE tenant = {0} AND sequence = {0} AND hash = {0}"
)
_ROW = f"({', '.join('?' * len(COLUMNS))})"
_NO_ROW = (None,) * len(COLUMNS)
_MOST_ROWS = 256
"""In one statement on SQLite, which takes 32,766 values."""

Row = tuple[object, ...]
"""In the order of `COLUMNS`."""
Ends = dict[str, Head]
"""Where each tenant's chain ended when it was last seen; it may have gone on since."""


class Log(Protocol):
    """The log's tables, as either database writes them fastest."""

    def end(self, tenant: str) -> Head:
        """Where a tenant's chain ends."""

    def write(self, tenant: str, before: Head, after: Head, rows: Sequence[Row]) -> bool:
        """Move the chain's end on and add rows; False, and nothing done, if it ended elsewhere."""

    def note_differences(self, rows: Sequence[Row]) -> None:
        """Add rows of where a shadow decided otherwise."""

    def transaction(self, *, alone: bool) -> AbstractContextManager[object]:
        """A transaction of its own; `alone`: one `write` is all that will be in it."""


def append_entries(log: Log, entries: Sequence[Entry], ends: Ends) -> list[Head]:
    """Append entries inside a transaction; `ends` is brought up to date.

    Returns:
        Their receipts, which hold once it is committed.
    """
    places: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        places.setdefault(entry.tenant, []).append(place)
    receipts = [Head()] * len(entries)
    # In the order of the tenants, so that two writers never wait for each other.
    for tenant in sorted(places):
        heads = _chained(log, tenant, [entries[each] for each in places[tenant]], ends)
        for place, head in zip(places[tenant], heads, strict=True):
            receipts[place] = head
    differences = [
        _difference(entry, head)
        for entry, head in zip(entries, receipts, strict=True)
        if entry.shadow is not None
    ]
    if differences:
        log.note_differences(differences)
    return receipts


def commit_entries(log: Log, entries: Sequence[Entry], ends: Ends) -> list[Head]:
    """Append entries in a transaction of their own; when it returns they are there to stay."""
    first = entries[0].tenant
    alone = all(each.tenant == first and each.shadow is None for each in entries)
    with log.transaction(alone=alone):
        return append_entries(log, entries, ends)


def _chained(log: Log, tenant: str, entries: Sequence[Entry], ends: Ends) -> list[Head]:
    while True:
        before = ends.pop(tenant, None) or log.end(tenant)
        rows: list[Row] = []
        heads: list[Head] = []
        head = before
        for entry in entries:
            digest = digest_of(entry.text)
            head = _linked(entry, digest, head)
            heads.append(head)
            rows.append(_row(entry, digest, head))
        if log.write(tenant, before, head, rows):
            ends[tenant] = head
            return heads


def _linked(entry: Entry, digest: str, head: Head) -> Head:
    """The chain's end once the entry is linked to it."""
    sequence = head.sequence + 1
    link = Link(entry.tenant, sequence, entry.at, entry.policy, entry.version, digest)
    return Head(sequence, link_hash(head.hash, link))


def _row(entry: Entry, digest: str, head: Head) -> Row:
    return (
        entry.tenant,
        head.sequence,
        entry.at,
        entry.policy,
        entry.version,
        entry.reference,
        entry.text.decode(),
        digest,
        head.hash,
    )


def _difference(entry: Entry, head: Head) -> Row:
    assert entry.shadow is not None  # noqa: S101 -- INVARIANT: the caller looked
    shadow = entry.shadow
    told = shadow.differences.decode()
    return (entry.tenant, head.sequence, entry.policy, entry.version, shadow.version, told)


class SqliteLog:
    """Over a connection of `sqlite3`. `write` wants a transaction around it."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def end(self, tenant: str) -> Head:
        """Where a tenant's chain ends."""
        return read_end(self._driver, tenant, "?", "")

    def write(self, tenant: str, before: Head, after: Head, rows: Sequence[Row]) -> bool:
        """As `Log.write`."""
        moved = (after.sequence, after.hash, tenant, before.sequence, before.hash)
        if self._driver.execute(MOVE.format("?"), moved).rowcount == 0:
            return False
        for start in range(0, len(rows), _MOST_ROWS):
            some = rows[start : start + _MOST_ROWS]
            # A power of two, filled up with nothing: few statements, each prepared once.
            room = 1 << (len(some) - 1).bit_length()
            filled = [*some, *[_NO_ROW] * (room - len(some))]
            self._driver.execute(_insert(room), [value for row in filled for value in row])
        return True

    def note_differences(self, rows: Sequence[Row]) -> None:
        """As `Log.note_differences`."""
        self._driver.executemany(insert_differences("?"), rows)

    @contextmanager
    def transaction(self, *, alone: bool) -> Iterator[None]:
        """As `Log.transaction`."""
        self._driver.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._driver.execute("ROLLBACK")
            raise
        self._driver.execute("COMMIT")


def read_end(driver: Any, tenant: str, mark: str, lock: str) -> Head:
    """Where a tenant's chain ends; begun where there is none."""
    read = READ_END.format(mark, lock)
    found = driver.execute(read, (tenant,)).fetchone()
    if found is None:
        driver.execute(_FIRST_END.format(mark), (tenant, START))
        found = driver.execute(read, (tenant,)).fetchone()
    return Head(*found)


def insert_differences(mark: str) -> str:
    """The statement for `Log.note_differences`, with a driver's mark for a value."""
    return f"INSERT INTO {_DIFFERENCES} VALUES ({', '.join([mark] * 6)})"  # noqa: S608 -- our own names


@lru_cache
def _insert(rows: int) -> str:
    """SQLite's statement that inserts so many rows at once, of which some may be nothing."""
    values = ", ".join([_ROW] * rows)
    return f"INSERT INTO {NAMES} SELECT * FROM (VALUES {values}) WHERE column1 IS NOT NULL"  # noqa: S608 -- our own names
