"""From the `Authorization` header to a caller."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable
from time import monotonic

from sqlalchemy import Engine

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.access.callers import LOCAL, Caller
from keyaccount.service.access.keys import caller_of_key, looks_like_key
from keyaccount.service.refusal import RefusalError

TokenReader = Callable[[bytes], Caller | None]
"""Whose OIDC token it is; None where it is not valid."""

_KEPT_SECONDS = 2.0
"""How long a caller is known without another look: so long a revoked key may still open."""
_MOST_KEPT = 10_000
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="keyaccount", Basic realm="keyaccount"'}


class Gate:
    """Knows callers by their keys and tokens."""

    def __init__(
        self, engine: Engine, *, open_local: bool, read_token: TokenReader | None = None
    ) -> None:
        self._engine = engine
        self._open_local = open_local
        self._read_token = read_token
        self._known: dict[bytes, tuple[Caller, float]] = {}

    def known(self, authorization: bytes | None) -> Caller | None:
        """Who asks, if that is known without a look into the database."""
        if self._open_local:
            return LOCAL
        found = self._known.get(authorization or b"")
        return found[0] if found is not None and found[1] > monotonic() else None

    async def caller(self, authorization: bytes | None) -> Caller:
        """Who asks, where that is not known yet.

        Raises:
            RefusalError: 401, no key or none that opens anything.
        """
        if authorization is None:
            raise RefusalError(401, [messages.no_key()], _CHALLENGE)
        caller = await asyncio.to_thread(self._looked_up, _token(authorization))
        if caller is None:
            self._known.pop(authorization, None)
            raise RefusalError(401, [messages.wrong_key()], _CHALLENGE)
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[authorization] = (caller, monotonic() + _KEPT_SECONDS)
        return caller

    def _looked_up(self, token: bytes | None) -> Caller | None:
        if token is None:
            return None
        if looks_like_key(token):
            return caller_of_key(self._engine, token)
        return None if self._read_token is None else self._read_token(token)


def _token(authorization: bytes) -> bytes | None:
    """The token of `Bearer TOKEN`, or the password of `Basic`, by which browsers ask."""
    scheme, _, rest = authorization.partition(b" ")
    match scheme.lower():
        case b"bearer":
            return rest
        case b"basic":
            try:
                decoded = base64.b64decode(rest, validate=True)
            except (binascii.Error, ValueError):
                return None
            return decoded.partition(b":")[2]
        case _:
            return None
