"""A request that was taken directly, as uvicorn sees it, and its answer as it leaves."""

from __future__ import annotations

import asyncio
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
    lines = [STATUS_LINE[reply.status], b"content-type: %b\r\n" % reply.content_type.encode()]
    lines += [f"{name.lower()}: {value}\r\n".encode() for name, value in reply.headers.items()]
    lines.append(b"content-length: %d\r\n" % len(body))
    if not keep_alive:
        lines.append(b"connection: close\r\n")
    return b"%b\r\n%b" % (b"".join(lines), body)
