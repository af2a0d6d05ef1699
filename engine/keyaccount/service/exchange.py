"""A request that was taken directly, as uvicorn sees it, and its answer as it leaves."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from keyaccount.service.calls import Reply


class Exchange:
    """A request that was taken directly, with what uvicorn wants to know of one."""

    message_event = asyncio.Event()
    """Nobody waits for it: the whole body is there."""

    def __init__(self, protocol: HttpToolsProtocol) -> None:
        self._protocol = protocol
        self.response_complete = False
        self.disconnected = False
        self.keep_alive = True

    def answer(self, reply: Reply) -> None:
        """Send the answer, if there is still somebody to get it."""
        self.response_complete = True
        transport = self._protocol.transport
        if not transport.is_closing():
            transport.write(_response(reply, keep_alive=self.keep_alive))
            if not self.keep_alive:
                transport.close()
        self._protocol.on_response_complete()


def _response(reply: Reply, *, keep_alive: bool) -> bytes:
    body = cast(bytes, reply.body)
    more = b"".join(f"{name.lower()}: {text}\r\n".encode() for name, text in reply.headers.items())
    end = b"\r\n" if keep_alive else b"connection: close\r\n\r\n"
    head = _head(reply.status, reply.content_type)
    return b"%b%bcontent-length: %d\r\n%b%b" % (head, more, len(body), end, body)


@lru_cache(maxsize=64)
def _head(status: int, content_type: str) -> bytes:
    return b"%bcontent-type: %b\r\n" % (STATUS_LINE[status], content_type.encode())
