"""How every connection to SQLite is prepared, whoever opens it.

Apart from the rest, as a process that only writes the log needs nothing but the driver.
"""

from __future__ import annotations

import sqlite3

BUSY_SECONDS = 60
"""How long a connection waits for another's write to end."""


def prepare(connection: sqlite3.Connection) -> None:
    """Durable commits, readers that wait for no writer, and no transaction begun unasked."""
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
