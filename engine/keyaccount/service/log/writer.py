"""Hand entries to the process that writes the log: an answer leaves when its entry is committed."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio import (
    AbstractEventLoop,
    Future,
    SubprocessProtocol,
    SubprocessTransport,
    TimerHandle,
    WriteTransport,
)
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from subprocess import PIPE
from time import monotonic
from typing import cast

import msgspec
from sqlalchemy import Engine

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.log.chain import Head
from keyaccount.service.log.entry import Entry
from keyaccount.service.log.messages import Address, Answer, Messages, framed
from keyaccount.service.refusal import RefusalError
from keyaccount.storage.engine import POSTGRESQL, SQLITE

_LOG = logging.getLogger("keyaccount.service")
# `-P`: no file of the folder it is started in takes the place of a module.
_PROCESS = (sys.executable, "-P", "-m", "keyaccount.service.log.process")
_answer = msgspec.msgpack.Decoder(Answer).decode

Tell = Callable[[Sequence[Head] | RefusalError], None]
"""Is told the receipts when they are committed, or why they cannot be."""


class _Waiting(msgspec.Struct, frozen=True, gc=False):
    """Who waits for so many entries."""

    entries: int
    tell: Tell


class LogWriter:
    """Takes entries from one event loop; those of one turn of it go over together.

    The process starts with the first entry, or by `start`; one that dies is
    followed by another. `seconds`: who waits longer for a database that hangs is
    refused, and so is who comes while it still hangs.
    """

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._address = _address(engine)
        self._seconds = seconds
        self._process: _Process | None = None
        self._entries: list[Entry] = []
        self._waiting: list[_Waiting] = []

    def start(self) -> None:
        """Start the process before it is needed."""
        loop = asyncio.get_running_loop()
        if self._process is None or self._process.ended or self._process.loop is not loop:
            self._process = _Process(self._address, self._seconds, loop)

    def append(self, entries: Sequence[Entry]) -> Future[Sequence[Head]]:
        """Log entries, all or none; done when they are committed.

        Raises:
            RefusalError: 503, they could not be logged; also from what is awaited.
        """
        committed: Future[Sequence[Head]] = asyncio.get_running_loop().create_future()
        self.hand_in(entries, lambda told: _settle(committed, told))
        return committed

    def hand_in(self, entries: Sequence[Entry], tell: Tell) -> None:
        """Log entries, all or none.

        Raises:
            RefusalError: 503, the database hangs.
        """
        if self._process is not None and self._process.hangs:
            raise _unavailable()
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._send)
        self._entries += entries
        self._waiting.append(_Waiting(len(entries), tell))

    async def close(self) -> None:
        """Wait until all that was handed in is written, or refused."""
        self._send()
        if self._process is not None:
            await self._process.end()

    def _send(self) -> None:
        if not self._waiting:
            return
        self.start()
        assert self._process is not None  # noqa: S101 -- INVARIANT: `start` made it
        self._process.send(self._entries, self._waiting)
        self._entries, self._waiting = [], []


class _Process(SubprocessProtocol):
    """The process at work: who waits for what it was handed, in their order."""

    def __init__(self, address: Address, seconds: float, loop: AbstractEventLoop) -> None:
        self.loop = loop
        self.hangs = False
        self.ended = False
        self.pid: int | None = None
        self._seconds = seconds
        self._messages = Messages()
        self._waiting: deque[_Waiting] = deque()
        # Since when it writes what it writes now, and who looks whether that takes too long.
        self._since = 0.0
        self._watch: TimerHandle | None = None
        self._pipe: WriteTransport | None = None
        self._unsent = [framed(address)]
        self._gone: Future[None] = self.loop.create_future()
        self._starting = self.loop.create_task(self._start())

    async def _start(self) -> None:
        try:
            await self.loop.subprocess_exec(
                lambda: self, *_PROCESS, stdin=PIPE, stdout=PIPE, stderr=None
            )
        except OSError as error:
            self._end(error)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It runs."""
        process = cast(SubprocessTransport, transport)
        self.pid = process.get_pid()
        self._pipe = cast(WriteTransport, process.get_pipe_transport(0))
        self._pipe.writelines(self._unsent)
        self._unsent.clear()

    def send(self, entries: Sequence[Entry], waiting: Sequence[_Waiting]) -> None:
        """Hand over what came together."""
        if not self._waiting:
            self._since = monotonic()
        if self._watch is None:
            self._watch = self.loop.call_later(self._seconds, self._look)
        self._waiting += waiting
        message = framed(entries)
        if self._pipe is None:
            self._unsent.append(message)
        else:
            self._pipe.write(message)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Answers come."""
        self._since = monotonic()
        self.hangs = False
        for message in self._messages.whole(data):
            self._tell(_answer(message))

    def connection_lost(self, exc: Exception | None) -> None:
        """It is no more, and all that it said was heard."""
        self._end(exc or EOFError())

    async def end(self) -> None:
        """Let it write what it has, and wait until it is done, unless it hangs."""
        await self._starting
        if self._pipe is not None:
            self._pipe.close()
        if not self.hangs:
            await self._gone

    def _tell(self, answer: Answer) -> None:
        if answer.error is not None:
            _LOG.error("the log cannot be written: %s", answer.error)
        start = 0
        while start < answer.entries:
            who = self._waiting.popleft()
            end = start + who.entries
            who.tell(_unavailable() if answer.error else answer.receipts[start:end])
            start = end

    def _look(self) -> None:
        """Where a transaction takes too long, refuse all who wait, until the database answers."""
        self._watch = None
        left = self._since + self._seconds - monotonic()
        if not self._waiting or self.hangs:
            return
        if left > 0:
            self._watch = self.loop.call_later(left, self._look)
            return
        self.hangs = True
        refused = list(self._waiting)
        self._waiting = deque(_Waiting(each.entries, _tell_nobody) for each in refused)
        _refuse(refused)

    def _end(self, error: BaseException) -> None:
        self.ended = True
        self.hangs = False
        if self._watch is not None:
            self._watch.cancel()
        if self._waiting:
            _LOG.error("the log cannot be written: its process ended: %s", type(error).__name__)
        _refuse(self._waiting)
        self._waiting.clear()
        self._gone.set_result(None)


def _address(engine: Engine) -> Address:
    url = engine.url
    if url.get_backend_name() == SQLITE:
        return Address(SQLITE, {"database": str(url.database)})
    _, arguments = engine.dialect.create_connect_args(url)
    arguments.pop("context", None)  # how SQLAlchemy wants values to be read
    return Address(POSTGRESQL, dict(arguments))


def _settle(committed: Future[Sequence[Head]], told: Sequence[Head] | RefusalError) -> None:
    if committed.done():  # who asked has gone
        return
    if isinstance(told, RefusalError):
        committed.set_exception(told)
    else:
        committed.set_result(told)


def _refuse(waiting: Iterable[_Waiting]) -> None:
    for each in waiting:
        each.tell(_unavailable())


def _tell_nobody(_: Sequence[Head] | RefusalError) -> None:
    """Who waited was refused before."""


def _unavailable() -> RefusalError:
    return RefusalError(503, [messages.log_unavailable()], {"Retry-After": "1"})
