"""How fast a key may ask: a bucket of tokens that fills with time."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.access.callers import Caller
from keyaccount.service.refusal import RefusalError

_BURST_SECONDS = 1.0
"""A bucket holds what a key may ask in so long, so that short bursts pass."""


class Rates:
    """The buckets of one worker. `share`: how many workers a key's rate is shared among."""

    def __init__(self, share: int = 1, clock: Callable[[], float] = monotonic) -> None:
        self._share = share
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, caller: Caller, decisions: int = 1) -> None:
        """Take from a caller's bucket, which may go below nothing: then the next has to wait.

        Raises:
            RefusalError: 429, the bucket is empty.
        """
        if caller.rate is None:
            return
        rate = caller.rate / self._share
        full = max(rate * _BURST_SECONDS, 1.0)
        now = self._clock()
        level, since = self._buckets.get(caller.name, (full, now))
        level = min(full, level + (now - since) * rate)
        if level < 1.0:
            self._buckets[caller.name] = (level, now)
            wait = max(1, -int((level - 1.0) // rate))
            raise RefusalError(429, [messages.too_fast()], {"Retry-After": str(wait)})
        self._buckets[caller.name] = (level - decisions, now)
