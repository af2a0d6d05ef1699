"""HTTP as uvicorn speaks it: bounds on what comes before a request is known, and a short cut.

uvicorn makes a task and a dozen objects for each request. One that comes whole
and is for the application's `direct` gets by without; it looks to uvicorn like
any other that is being answered.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

from keyaccount.service.exchange import Exchange

if TYPE_CHECKING:
    from keyaccount.service.direct import Direct

HEAD_BYTES = 64_000
HEAD_SECONDS = 10.0
STALL_SECONDS = 60.0
"""So long an answer may wait for its receiver to take up any of it."""
LINGER_SECONDS = 0.5
"""So long a connection outlives the service's end without a request: one may be under way."""
_DECISION = re.compile(rb"/v1/decisions/([\w.-]+)")


class BoundedHttp(HttpToolsProtocol):
    """Lets no connection hold memory or a place for long without telling what it wants.

    uvicorn waits for the end of a head as long as it takes, and keeps all of
    it. A head that comes whole, as nearly all do, is not slowed down by this.
    """

    _waiting: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _stopping = False
    # The policy that a request asks for, and its body so far, while it may be taken directly.
    _asks: bytes | None = None
    _body = b""
    _direct: Direct | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection: its first head must come soon."""
        super().connection_made(transport)
        self._direct = getattr(self.app, "direct", None)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Some bytes, mostly all of a request."""
        super().data_received(data)
        if self._asks is not None and not self.transport.is_closing():
            self._take_usual_way()  # the rest of its body is still to come
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

    def on_headers_complete(self) -> None:
        """A request is known but for its body."""
        self._asks = self._policy()
        if self._asks is None:
            super().on_headers_complete()
        else:
            self.scope["method"] = "POST"  # by which `_wants_head` sees that there is a head

    def on_body(self, body: bytes) -> None:
        """Some of a body."""
        if self._asks is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        """A request is whole."""
        if self._asks is not None:
            assert self._direct is not None  # noqa: S101 -- INVARIANT: `_policy` looked
            exchange = Exchange(self)
            scope = cast("dict[str, Any]", self.scope)
            if self._direct.takes(scope, self._asks.decode(), self._body, exchange.answer):
                self.cycle = cast("RequestResponseCycle", exchange)
                self._asks, self._body = None, b""
                return
            self._take_usual_way()
        super().on_message_complete()

    def _policy(self) -> bytes | None:
        """The policy that is asked for, where nothing else is unusual about the request."""
        found = _DECISION.fullmatch(self.url)
        parser = self.parser
        usual = (
            found is None
            or self._direct is None
            or (self.cycle is not None and not self.cycle.response_complete)
            or parser.get_method() != b"POST"
            or parser.get_http_version() != "1.1"
            or not parser.should_keep_alive()
            or parser.should_upgrade()
            or self.expect_100_continue
        )
        return None if usual or found is None else found[1]

    def _take_usual_way(self) -> None:
        """As if nobody had tried to take it directly."""
        body, self._asks, self._body = self._body, None, b""
        super().on_headers_complete()
        if body:
            super().on_body(body)
