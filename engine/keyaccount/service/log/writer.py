"""Group commit: entries that wait at the same moment share one transaction.

An answer leaves only when its entry is committed. While one transaction is
being written, the next ones gather; so the more requests there are, the fewer
transactions each of them costs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.log.entry import Entry, Receipt
from keyaccount.service.log.store import append
from keyaccount.service.refusal import RefusalError
from keyaccount.storage.engine import StorageError

_MOST_TOGETHER = 1000
_Waiting = tuple[Sequence[Entry], "asyncio.Future[list[Receipt]]"]


class LogWriter:
    """Takes entries from one event loop and commits them on a thread of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[_Waiting] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="decision-log")
        self._running: asyncio.Task[None] | None = None

    async def append(self, entries: Sequence[Entry]) -> list[Receipt]:
        """Log entries, all or none; returns when they are committed.

        Raises:
            RefusalError: 503, they could not be logged.
        """
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
        self._thread.shutdown()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group = self._next_group()
            entries = [each for some, _ in group for each in some]
            try:
                receipts = await loop.run_in_executor(self._thread, append, self._engine, entries)
            except (SQLAlchemyError, StorageError) as error:
                _refuse(group, error)
            else:
                _hand_out(group, receipts)
        self._running = None

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        count = 0
        while self._waiting and count < _MOST_TOGETHER:
            group.append(self._waiting.pop(0))
            count += len(group[-1][0])
        return group


def _refuse(group: list[_Waiting], error: Exception) -> None:
    for _, committed in group:
        if not committed.done():
            refusal = RefusalError(503, [messages.log_unavailable()], {"Retry-After": "1"})
            refusal.__cause__ = error
            committed.set_exception(refusal)


def _hand_out(group: list[_Waiting], receipts: list[Receipt]) -> None:
    start = 0
    for entries, committed in group:
        if not committed.done():
            committed.set_result(receipts[start : start + len(entries)])
        start += len(entries)
