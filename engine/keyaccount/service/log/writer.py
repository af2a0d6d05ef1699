"""Group commit: entries that wait at the same moment share one transaction.

An answer leaves only when its entry is committed. While one transaction is
being written, the next ones gather; so the more requests there are, the fewer
transactions each of them costs.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.log.entry import Entry, Receipt
from keyaccount.service.log.store import append
from keyaccount.service.refusal import RefusalError

_LOG = logging.getLogger("keyaccount.service")
_MOST_TOGETHER = 500
_Waiting = tuple[Sequence[Entry], "asyncio.Future[list[Receipt]]"]


class LogWriter:
    """Takes entries from one event loop and commits them on a thread of its own.

    `seconds`: who waits longer for a database that hangs is refused, and so is
    who comes while it still hangs.
    """

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._engine = engine
        self._seconds = seconds
        self._waiting: deque[_Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="decision-log")
        self._running: asyncio.Task[None] | None = None
        self._hangs = False

    async def append(self, entries: Sequence[Entry]) -> list[Receipt]:
        """Log entries, all or none; returns when they are committed.

        Raises:
            RefusalError: 503, they could not be logged.
        """
        if self._hangs:
            raise _unavailable(None)
        committed = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, committed))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        receipts: list[Receipt] = await committed
        return receipts

    async def close(self) -> None:
        """Wait until all that was handed in is written."""
        while self._running is not None:
            await asyncio.wait([self._running])
        self._thread.shutdown(wait=not self._hangs)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group = self._next_group()
            entries = [each for some, _ in group for each in some]
            written = loop.run_in_executor(self._thread, append, self._engine, entries)
            done, _ = await asyncio.wait([written], timeout=self._seconds)
            if not done:
                await self._sit_out(written, group)
                continue
            error = written.exception()
            if error is None:
                _hand_out(group, written.result())
            else:
                _LOG.error("the log cannot be written: %s", type(error).__name__)
                _refuse(group, error)
        self._running = None

    async def _sit_out(self, written: asyncio.Future[list[Receipt]], group: list[_Waiting]) -> None:
        """Refuse all who wait, until the database answers again."""
        self._hangs = True
        _refuse([*group, *self._waiting], None)
        self._waiting.clear()
        await asyncio.wait([written])
        written.exception()  # looked at: whatever it was, its callers have their answer
        self._hangs = False

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        count = 0
        while self._waiting and count < _MOST_TOGETHER:
            group.append(self._waiting.popleft())
            count += len(group[-1][0])
        return group


def _unavailable(error: BaseException | None) -> RefusalError:
    refusal = RefusalError(503, [messages.log_unavailable()], {"Retry-After": "1"})
    refusal.__cause__ = error
    return refusal


def _refuse(group: Sequence[_Waiting], error: BaseException | None) -> None:
    for _, committed in group:
        if not committed.done():
            committed.set_exception(_unavailable(error))


def _hand_out(group: Sequence[_Waiting], receipts: list[Receipt]) -> None:
    start = 0
    for entries, committed in group:
        if not committed.done():
            committed.set_result(receipts[start : start + len(entries)])
        start += len(entries)
