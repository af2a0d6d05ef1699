"""When to ask again: the service is busy, or could not be reached."""

from __future__ import annotations

import random
from collections.abc import Iterator

import httpx

AGAIN = frozenset({429, 502, 503, 504})
"""Answers that say: send it again. A decision sent twice is logged twice, and does no harm."""
_LONGEST = 30.0
_FIRST_LOOK = 0.2
_LONGEST_BETWEEN_LOOKS = 5.0


class Waits:
    """How long to wait before each further attempt: longer each time, or as the service says."""

    def __init__(self, retries: int, first: float) -> None:
        self._retries = retries
        self._first = first

    def __iter__(self) -> Iterator[float]:
        for attempt in range(self._retries):
            # Spread, so that many clients do not come back at the same moment.
            spread = random.uniform(0.5, 1.0)  # noqa: S311 -- no secret
            yield float(min(_LONGEST, self._first * 2**attempt)) * spread


def said(response: httpx.Response, usual: float) -> float:
    """How long to wait after an answer that asks for it, in seconds."""
    given = response.headers.get("Retry-After", "")
    return min(_LONGEST, max(usual, float(given))) if given.isdigit() else usual


def looks() -> Iterator[float]:
    """Seconds between two looks at a list that is being decided: soon at first, then less often."""
    seconds = _FIRST_LOOK
    while True:
        yield seconds
        seconds = min(_LONGEST_BETWEEN_LOOKS, seconds * 1.5)
