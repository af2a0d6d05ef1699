"""The process that writes a worker's log: group commit, in an interpreter of its own.

A thread of the worker would contend with it for the interpreter's lock at every
statement. While one transaction is written the next entries gather in the pipe;
so the more requests there are, the fewer transactions each of them costs. It ends
when the worker closes the pipe or dies; what was handed in is written first.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from io import BufferedReader, BufferedWriter
from time import monotonic
from typing import Any, cast

import msgspec

from keyaccount.service.log.appending import Ends, Log, SqliteLog, commit_entries
from keyaccount.service.log.entry import Entry
from keyaccount.service.log.messages import Address, Answer, Messages, framed
from keyaccount.storage.sqlite import BUSY_SECONDS, prepare

_SQLITE = "sqlite"
_MOST_READ = 1 << 20
"""Bytes, and so a bound on what is written together."""
_MOST_FILES = 65_536
_CHECKPOINT_PAGES = 250
"""SQLite's own 1,000 make all who wait at that moment wait three times as long."""
_REST_SECONDS = 5.0
"""After a rest a connection is tried before it is trusted: servers close those that rest."""

_address = msgspec.msgpack.Decoder(Address).decode
_entries = msgspec.msgpack.Decoder(list[Entry]).decode


def main() -> None:
    """Read an address, then lists of entries, from standard input; answer on standard output."""
    # A terminal or a supervisor signals all processes; this one ends after its worker.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    # Not all event loops do it: the worker's listening socket would stay open after the worker.
    os.closerange(3, _MOST_FILES)
    try:
        serve(cast(BufferedReader, sys.stdin.buffer), cast(BufferedWriter, sys.stdout.buffer))
    except BrokenPipeError:  # nobody is left to be told
        sys.stdout = None  # nor at the interpreter's end


def serve(asked: BufferedReader, answers: BufferedWriter) -> None:
    """Write what arrives, all that waits in one transaction, until the other side ends."""
    messages = Messages()
    writer: _Writer | None = None
    while data := asked.read1(_MOST_READ):
        waiting = list(messages.whole(data))
        if writer is None and waiting:
            writer = _Writer(_address(waiting.pop(0)))
        if writer is not None and waiting:
            entries = [entry for some in waiting for entry in _entries(some)]
            answers.write(framed(writer.answer(entries)))
            answers.flush()


class _Writer:
    """Holds a connection as long as all goes well."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._driver: Any = None
        self._log: Log | None = None
        self._ends: Ends = {}
        self._wrote = 0.0

    def answer(self, entries: list[Entry]) -> Answer:
        """Write entries in one transaction."""
        try:
            receipts = commit_entries(self._opened(), entries, self._ends)
        except Exception as error:  # noqa: BLE001 -- whatever it is, who waits must be told
            self._close()
            return Answer(len(entries), [], type(error).__name__)
        self._wrote = monotonic()
        return Answer(len(entries), receipts)

    def _opened(self) -> Log:
        if self._log is not None and monotonic() - self._wrote > _REST_SECONDS:
            self._try()
        if self._log is None:
            self._driver, self._log = _connected(self._address)
        return self._log

    def _try(self) -> None:
        try:
            self._driver.execute("SELECT 1")
        except Exception:  # noqa: BLE001 -- whatever it is, another connection may do
            self._close()

    def _close(self) -> None:
        """Let go of a connection that failed; where the chains end is not known any more."""
        self._ends.clear()
        self._log = None
        if self._driver is not None:
            self._driver.close()
            self._driver = None


def _connected(address: Address) -> tuple[Any, Log]:
    if address.backend == _SQLITE:
        file = sqlite3.connect(str(address.arguments["database"]), timeout=BUSY_SECONDS)
        prepare(file)
        file.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        return file, SqliteLog(file)
    # Only where there is a server: they take their time.
    import psycopg

    from keyaccount.service.log.postgresql import PostgresqlLog

    server = psycopg.connect(**address.arguments, autocommit=True)  # type: ignore[arg-type]
    return server, PostgresqlLog(server)


if __name__ == "__main__":
    main()
