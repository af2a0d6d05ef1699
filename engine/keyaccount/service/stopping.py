"""Servers that answer before they go who has connected already.

uvicorn closes its socket at once, and the kernel then resets all connections
that nobody has accepted yet, though their requests may have been sent.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from uvicorn import Config, Server
from uvicorn.supervisors import Multiprocess, multiprocess

_LOOKS = 3
"""Turns of the event loop, at each of which it accepts all who wait."""


class DrainingServer(Server):
    """Accepts all who are connected, then closes.

    `alone`: no other process listens at the same socket, so that it may be shut to newcomers.
    """

    def __init__(self, config: Config, *, alone: bool) -> None:
        super().__init__(config)
        self._alone = alone

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End it; what came in is answered first."""
        for each in sockets or ():
            if self._alone:
                shut(each)
            await self._accept_all(each)
        await super().shutdown(sockets)

    async def _accept_all(self, listening: socket.socket) -> None:
        for _ in range(_LOOKS):
            await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        made = []
        while True:
            try:
                accepted, _ = listening.accept()
            except OSError:  # nobody waits any more
                break
            accepted.settimeout(0)
            made.append(loop.connect_accepted_socket(self._protocol, accepted))
        # From here to the closing of the socket nothing waits, or newcomers would again.
        for server in self.servers:
            server.close()
        await asyncio.gather(*made, return_exceptions=True)

    def _protocol(self) -> asyncio.Protocol:
        kind: Any = self.config.http_protocol_class
        made: asyncio.Protocol = kind(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


class Supervisor(Multiprocess):
    """Several such servers that share a socket."""

    def terminate_all(self) -> None:
        """End them all: none of them is to be sent anybody new, and nobody is to wait for them."""
        for each in self.sockets:
            shut(each)
            each.close()
        super().terminate_all()


class _Worker(multiprocess.Process):
    """One of them."""

    @property
    def server(self) -> Server:
        if self._server is None:
            self._server = DrainingServer(self.config, alone=False)
        return self._server


# The supervisor makes its processes by this name, and has no other way to be told of which kind.
multiprocess.Process = _Worker  # type: ignore[misc]


def shut(listening: socket.socket) -> None:
    """Let nobody else connect: the kernel does not answer newcomers, who try again a second later.

    Closing the socket would be an end for those who wait to be accepted, too.
    """
    listening.listen(0)
