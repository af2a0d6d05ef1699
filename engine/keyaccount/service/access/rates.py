"""How fast a key may ask: a bucket of tokens that fills with time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from math import ceil
from pathlib import Path
from time import monotonic

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.access.callers import Caller
from keyaccount.service.refusal import RefusalError

_BURST_SECONDS = 1.0
"""A bucket holds what a key may ask in so long, so that short bursts pass."""
_TABLE = "CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, level REAL, since REAL, given)"
_FILLED = "min(:full, level + max(0, :now - since) * :rate)"
_TAKE = f"""
INSERT INTO bucket VALUES (:name, :full - :wanted, :now, 1)
ON CONFLICT (name) DO UPDATE SET
    given = {_FILLED} >= 1,
    level = {_FILLED} - CASE WHEN {_FILLED} >= 1 THEN :wanted ELSE 0 END,
    since = :now
RETURNING level, given
"""  # noqa: S608 -- our own words


class Rates:
    """The buckets of all workers of a machine, in a small database that none of them needs to keep.

    Args:
        file: shared by the workers; None where there is one.
        clock: seconds, the same for all processes.
    """

    def __init__(self, file: Path | None = None, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        place = ":memory:" if file is None else file
        self._buckets = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = OFF"):
            self._buckets.execute(f"PRAGMA {pragma}")
        self._buckets.execute(_TABLE)

    def take(self, caller: Caller, decisions: int = 1) -> None:
        """Take from a caller's bucket, which may go below nothing: then the next has to wait.

        Raises:
            RefusalError: 429, the bucket is empty.
        """
        rate = caller.rate
        if rate is None:
            return
        asked = {
            "name": caller.name,
            "full": max(rate * _BURST_SECONDS, 1.0),
            "now": self._clock(),
            "rate": rate,
            "wanted": decisions,
        }
        level, given = self._buckets.execute(_TAKE, asked).fetchone()
        if not given:
            wait = max(1, ceil((1.0 - level) / rate))
            raise RefusalError(429, [messages.too_fast()], {"Retry-After": str(wait)})
