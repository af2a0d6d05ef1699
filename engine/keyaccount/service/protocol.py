"""HTTP as uvicorn speaks it, with bounds on what comes before a request is known."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_BYTES = 64_000
HEAD_SECONDS = 10.0
STALL_SECONDS = 60.0
"""So long an answer may wait for its receiver to take up any of it."""
LINGER_SECONDS = 0.5
"""So long a connection outlives the service's end without a request: one may be under way."""


class BoundedHttp(HttpToolsProtocol):
    """Lets no connection hold memory or a place for long without telling what it wants.

    uvicorn waits for the end of a head as long as it takes, and keeps all of
    it. A head that comes whole, as nearly all do, is not slowed down by this.
    """

    _waiting: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _stopping = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection: its first head must come soon."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Some bytes, mostly all of a request."""
        super().data_received(data)
        if self._stopping:
            self.shutdown()
        if self.transport.is_closing() or not self._wants_head():
            self._wait_no_more()
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES:
            self._wait_no_more()
            self.send_400_response("The head of the request is too large.")
        elif self._waiting is None:
            self._wait()

    def pause_writing(self) -> None:
        """The receiver is slow; one that takes nothing would keep all of it here for ever."""
        super().pause_writing()
        self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The receiver has taken up most of what was waiting."""
        super().resume_writing()
        self._moves_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._wait_no_more()
        self._moves_on()
        super().connection_lost(exc)

    def _wants_head(self) -> bool:
        """Whether a head has begun, or is still to begin, though bytes came."""
        # What uvicorn declares as always there is None before the first request.
        scope = cast("Mapping[str, object] | None", self.scope)
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if scope is None or "method" not in scope:
            return True
        answered = cycle is not None and cycle.response_complete
        return answered and self.timeout_keep_alive_task is None

    def shutdown(self) -> None:
        """The service stops: what is asked is answered, as the last on this connection."""
        if not self._stopping:
            self._stopping = True
            self.loop.call_later(LINGER_SECONDS, self._close_if_idle)
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and not cycle.response_complete:
            cycle.keep_alive = False

    def _close_if_idle(self) -> None:
        super().shutdown()

    def _moves_on(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _wait_no_more(self) -> None:
        self._head_bytes = 0
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
