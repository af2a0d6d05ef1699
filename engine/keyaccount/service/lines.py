"""JSON lines out of a body as it comes in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Message, Receive

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.refusal import RefusalError
from keyaccount.service.settings import Bounds

Line = bytes | RefusalError


async def lines_of(receive: Receive, bounds: Bounds, most: int) -> AsyncIterator[list[Line]]:
    """The lines that are not empty, as many together as have come, at most `most`.

    A line that is too long comes as its refusal; what follows it is read all the same.

    Raises:
        RefusalError: nothing came for as long as a request may take.
    """
    rest = b""
    overlong = False
    more = True
    while more:
        message = await _next(receive, bounds.seconds)
        more = bool(message.get("more_body"))
        parts = (rest + bytes(message.get("body", b""))).split(b"\n")
        rest = parts.pop()
        if not more:
            parts.append(rest)
        found: list[Line] = []
        for part in parts:
            line = part.strip()
            if overlong or len(line) > bounds.line_bytes:
                found.append(RefusalError(413, [messages.too_large(bounds.line_bytes)]))
                overlong = False
            elif line:
                found.append(line)
        if len(rest) > bounds.line_bytes:
            rest, overlong = b"", True
        for start in range(0, len(found), most):
            yield found[start : start + most]


async def _next(receive: Receive, seconds: float) -> Message:
    try:
        async with asyncio.timeout(seconds):
            return await receive()
    except TimeoutError:
        raise RefusalError(503, [messages.too_slow(seconds)]) from None
