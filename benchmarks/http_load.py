"""A bounded generator of HTTP load on loopback: keep-alive connections that take turns.

Each connection sends its next request when the last is answered; how many
connections there are is how much load. It counts answers by status and keeps
the time of each. It shares two cores with what it measures, and so does no more
than it must: one system call to read, one to write, no event loop's objects.
"""

from __future__ import annotations

import json
import socket
import sys
from select import EPOLLIN, epoll
from time import perf_counter

_LENGTH = b"content-length: "
_MOST_READ = 1 << 16


class Connection:
    """One connection, and the request that it waits for an answer to."""

    __slots__ = ("asked", "buffer", "wire")

    def __init__(self, port: int) -> None:
        self.wire = socket.create_connection(("127.0.0.1", port))
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wire.settimeout(0)
        self.buffer = b""
        self.asked = 0.0

    def ask(self, request: bytes) -> None:
        """Send the next request; it fits into the socket, as nothing else is in it."""
        self.asked = perf_counter()
        self.wire.send(request)

    def answered(self) -> int:
        """The status of an answer that is whole now, 0 while it is not."""
        arrived = self.wire.recv(_MOST_READ)
        if not arrived:
            raise ConnectionError("the server closed a connection")
        data = self.buffer + arrived if self.buffer else arrived
        end = data.find(b"\r\n\r\n")
        at = data.find(_LENGTH, 0, end) + len(_LENGTH)
        if end < 0 or len(data) < end + 4 + int(data[at : data.index(b"\r", at)]):
            self.buffer = data
            return 0
        self.buffer = b""
        return int(data[9:12])


def load(port: int, request: bytes, connections: int, seconds: float) -> dict[int, list[float]]:
    """Load a server for some seconds; the time of each answer in them, by its status."""
    asking = [Connection(port) for _ in range(connections)]
    by_number = {each.wire.fileno(): each for each in asking}
    found: dict[int, list[float]] = {}
    until = perf_counter() + seconds
    with epoll() as ready:
        for number, each in by_number.items():
            ready.register(number, EPOLLIN)
            each.ask(request)
        while by_number:
            for number, _ in ready.poll():
                each = by_number[number]
                status = each.answered()
                if not status:
                    continue
                now = perf_counter()
                if now < until:
                    found.setdefault(status, []).append(now - each.asked)
                    each.ask(request)
                else:
                    ready.unregister(number)
                    by_number.pop(number).wire.close()
    return found


def main() -> None:
    """Arguments and request as JSON on standard input; the measured as JSON on standard output."""
    given = json.load(sys.stdin)
    asked = (given["port"], given["request"].encode(), given["connections"])
    load(*asked, seconds=0.5)  # the first half second does not count
    json.dump(load(*asked, seconds=given["seconds"]), sys.stdout)


if __name__ == "__main__":
    main()
