"""The database under a batch: private, bounded in memory, in a directory of its own."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from keyaccount.batch.phases import Tell
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import FactError

_INTERRUPTED: Final = "Query interrupted"
_POLL_SECONDS: Final = 0.2
_MOST_THREADS: Final = 8
_MEMORY_BYTES: Final = 640 << 20
_BYTES_PER_COLUMN: Final = 1 << 20

_PATTERN_SIGNS: Final = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Resources:
    """What a batch may take: memory of the database in bytes, and threads (None: the machine's).

    A list of very many columns gets more memory: one row of chunks must fit.
    """

    memory_bytes: int = _MEMORY_BYTES
    threads: int | None = None


class Database:
    """A connection with its private directory, `folder`, for spilling and intermediate files."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, memory_bytes: int
    ) -> None:
        self._connection = connection
        self._memory_bytes = memory_bytes
        self.folder = folder

    def make_room(self, columns: int) -> None:
        """Let the memory be enough for a list of so many columns."""
        needed = columns * _BYTES_PER_COLUMN
        if needed > self._memory_bytes:
            self.run(f"SET memory_limit = '{needed}B'")

    def run(self, statement: str, tell: Tell | None = None) -> duckdb.DuckDBPyConnection:
        """Execute a statement in a thread of its own, so that Ctrl-C stops it at once.

        Raises:
            duckdb.Error: as the statement does.
        """
        failure: list[BaseException] = []
        finished = threading.Event()

        def work() -> None:
            try:
                self._connection.execute(statement)
            except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread
                failure.append(error)
            finally:
                finished.set()

        threading.Thread(target=work, name="keyaccount-batch", daemon=True).start()
        try:
            # Not by joining the thread: interrupted, Python takes it for ended when it is not.
            while not finished.wait(_POLL_SECONDS):
                if tell is not None and (done := self._connection.query_progress()) >= 0:
                    tell(done / 100)
        except BaseException:
            self._connection.interrupt()
            finished.wait()
            raise
        if failure:
            raise failure[0]
        return self._connection

    def take_arrow(self, name: str, table: object) -> None:
        """Let statements read an Arrow table under a name."""
        self._connection.register(name, table)

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """All rows of a short answer."""
        return self.run(statement).fetchall()

    def stream(self, statement: str, chunk: int) -> Iterator[list[tuple[object, ...]]]:
        """The rows of a long answer, chunk by chunk, in order, without holding them all.

        Another statement ends the answer.
        """
        try:
            self._connection.execute(statement)
            while rows := self._connection.fetchmany(chunk):
                yield rows
        except RuntimeError as error:
            # So the database tells of Ctrl-C, where it is noticed inside of it.
            if str(error) == _INTERRUPTED:
                raise KeyboardInterrupt from None
            raise


@contextmanager
def database(beside: Path, resources: Resources) -> Iterator[Database]:
    """A database whose directory stands beside a file, on its file system, and is gone at the end.

    Raises:
        FactError: the directory cannot be made.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=".keyaccount-", dir=beside.parent))
    except OSError as error:
        raise FactError(
            [batch_messages.unwritable_file(str(beside), error.strerror or str(error))]
        ) from None
    try:
        with duckdb.connect(":memory:", config=_config(folder, resources)) as connection:
            for setting in _SETTINGS:
                connection.execute(f"SET {setting}")
            yield Database(connection, folder, resources.memory_bytes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_SETTINGS: Final = (
    "GLOBAL TimeZone = 'UTC'",
    # It makes a join of a long IN, which costs every row, and loses the rows' order.
    "GLOBAL disabled_optimizers = 'in_clause'",
    # Without these `query_progress` knows nothing.
    "enable_progress_bar = true",
    "enable_progress_bar_print = false",
    "progress_bar_time = 1",
)


def _config(folder: Path, resources: Resources) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": f"{resources.memory_bytes}B",
        "threads": resources.threads or min(os.cpu_count() or 1, _MOST_THREADS),
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": True,
        # Nothing is fetched from anywhere while a list is evaluated.
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def identifier(name: str) -> str:
    """A name in quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in quotes."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """A file's path in quotes, for functions that take patterns: it stands for itself alone."""
    return literal(_PATTERN_SIGNS.sub(r"[\g<0>]", str(path.absolute())))


def one_of(column: str, texts: Iterable[str]) -> str:
    """Whether a column's text is one of some."""
    return f"{column} IN ({', '.join(map(literal, sorted(texts)))})"
