"""A bounded generator of HTTP load on loopback: keep-alive connections that take turns.

Each connection sends its next request when the last is answered; how many
connections there are is how much load. It counts answers by status and keeps
the time of each.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import uvloop


@dataclass
class Measured:
    """What came back: seconds of each answer, by status."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    elapsed: float = 0.0


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, request: bytes, measured: Measured, until: float) -> None:
        self._request = request
        self._measured = measured
        self._until = until
        self._buffer = b""
        self._started = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport  # uvloop's own class is none of asyncio's
        self._send()

    def _send(self) -> None:
        self._started = perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self._buffer[:head_end].lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        if len(self._buffer) < head_end + 4 + length:
            return
        status = int(head[9:12])
        self._buffer = b""
        now = perf_counter()
        self._measured.seconds.setdefault(status, []).append(now - self._started)
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def load(
    port: int, request: bytes, connections: int, seconds: float, warm: float = 0.5
) -> Measured:
    """Load a server for some seconds; the first, `warm`, do not count."""
    await _run(port, request, connections, warm)
    return await _run(port, request, connections, seconds)


async def _run(port: int, request: bytes, connections: int, seconds: float) -> Measured:
    measured = Measured()
    started = perf_counter()
    until = started + seconds
    loop = asyncio.get_running_loop()
    clients = []
    for _ in range(connections):
        _, client = await loop.create_connection(
            lambda: Client(request, measured, until), "127.0.0.1", port
        )
        clients.append(client)
    await asyncio.gather(*(each.done for each in clients))
    measured.elapsed = perf_counter() - started
    return measured


def main() -> None:
    """Arguments and request as JSON on standard input; the measured as JSON on standard output."""
    given = json.load(sys.stdin)
    found = uvloop.run(
        load(given["port"], given["request"].encode(), given["connections"], given["seconds"])
    )
    json.dump({"elapsed": found.elapsed, "seconds": found.seconds}, sys.stdout)


if __name__ == "__main__":
    main()
