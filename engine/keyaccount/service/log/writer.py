"""Group commit: entries that wait at the same moment share one transaction.

An answer leaves only when its entry is committed. While one transaction is
being written, the next ones gather; so the more requests there are, the fewer
transactions each of them costs.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from sqlalchemy import Connection, Engine

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.log.chain import Head
from keyaccount.service.log.entry import Entry
from keyaccount.service.log.store import append_within
from keyaccount.service.refusal import RefusalError
from keyaccount.storage.engine import connected

_LOG = logging.getLogger("keyaccount.service")
_MOST_TOGETHER = 500
_Waiting = tuple[Sequence[Entry], "Future[list[Head]]"]
_Group = list[_Waiting]


class LogWriter:
    """Takes entries from one event loop and commits them on a thread of its own.

    The thread runs while there are entries, and keeps its connection so long.
    `seconds`: who waits longer for a database that hangs is refused, and so is
    who comes while it still hangs.
    """

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._engine = engine
        self._seconds = seconds
        self._waiting: deque[_Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="decision-log")
        self._running: asyncio.Future[None] | None = None
        self._hangs = False
        # What the thread writes just now, and since when: for who looks whether it hangs.
        self._group: _Group = []
        self._began = 0.0

    def append(self, entries: Sequence[Entry]) -> Future[list[Head]]:
        """Log entries, all or none; done when they are committed.

        Raises:
            RefusalError: 503, they could not be logged; also from what is awaited.
        """
        if self._hangs:
            raise _unavailable(None)
        loop = asyncio.get_running_loop()
        committed: Future[list[Head]] = loop.create_future()
        self._waiting.append((entries, committed))
        if self._running is None:
            self._run(loop)
        return committed

    async def close(self) -> None:
        """Wait until all that was handed in is written."""
        while self._running is not None:
            await asyncio.wait([self._running])
        self._thread.shutdown(wait=not self._hangs)

    def _run(self, loop: AbstractEventLoop) -> None:
        """Let the thread write until nobody waits."""
        self._began = monotonic()
        self._thread.submit(self._write_all, loop)
        self._running = loop.create_future()
        self._watch = loop.call_later(self._seconds, self._look_whether_it_hangs, loop)

    def _ended(self, loop: AbstractEventLoop) -> None:
        """The thread found nobody waiting, a moment ago."""
        assert self._running is not None  # noqa: S101 -- INVARIANT: `_run` set it
        self._watch.cancel()
        self._running.set_result(None)
        self._running = None
        self._hangs = False
        if self._waiting:
            self._run(loop)

    def _look_whether_it_hangs(self, loop: AbstractEventLoop) -> None:
        """Where a transaction takes too long, refuse all who wait until the database answers."""
        left = self._began + self._seconds - monotonic()
        if left <= 0:
            self._hangs = True
            _refuse([*self._group, *self._waiting], None)
            self._waiting.clear()
        self._watch = loop.call_later(
            left if left > 0 else self._seconds, self._look_whether_it_hangs, loop
        )

    def _write_all(self, loop: AbstractEventLoop) -> None:
        """On the thread: write group by group."""
        try:
            with connected(self._engine) as connection:
                while group := self._next_group():
                    receipts = self._written(connection, group)
                    loop.call_soon_threadsafe(_hand_out, group, receipts)
        except Exception as error:  # noqa: BLE001 -- whatever it is, who waits must be told
            _LOG.error("the log cannot be written: %s", type(error).__name__)
            refused = self._group or self._next_group()
            self._group = []
            loop.call_soon_threadsafe(_refuse, refused, error)
        loop.call_soon_threadsafe(self._ended, loop)

    def _written(self, connection: Connection, group: _Group) -> list[Head]:
        self._began = monotonic()
        with connection.begin():
            return append_within(connection, [each for some, _ in group for each in some])

    def _next_group(self) -> _Group:
        group: _Group = []
        count = 0
        while self._waiting and count < _MOST_TOGETHER:
            group.append(self._waiting.popleft())
            count += len(group[-1][0])
        self._group = group
        return group


def _unavailable(error: BaseException | None) -> RefusalError:
    refusal = RefusalError(503, [messages.log_unavailable()], {"Retry-After": "1"})
    refusal.__cause__ = error
    return refusal


def _refuse(group: Sequence[_Waiting], error: BaseException | None) -> None:
    for _, committed in group:
        if not committed.done():
            committed.set_exception(_unavailable(error))


def _hand_out(group: Sequence[_Waiting], receipts: list[Head]) -> None:
    start = 0
    for entries, committed in group:
        end = start + len(entries)
        if not committed.done():
            committed.set_result(receipts[start:end])
        start = end
