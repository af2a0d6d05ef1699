"""Tell how far a batch has come, over stages of which nobody knows beforehand which will run."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[float], None]
"""Takes the share that is done, from 0 to 1."""


class Phases:
    """The share that is done, which never goes back.

    Each phase takes the share from where it stands up to a mark; one that is
    broken off leaves the rest to the next.
    """

    def __init__(self, tell: Tell | None) -> None:
        self._tell = tell
        self._from = self._to = self._done = 0.0

    def begin(self, until: float) -> None:
        """A new phase, up to a share of the whole."""
        self._from, self._to = self._done, max(until, self._done)

    def tell(self, share: float) -> None:
        """The share of the phase that is done."""
        done = self._from + (self._to - self._from) * min(max(share, 0.0), 1.0)
        if self._tell is not None and done > self._done:
            self._done = done
            self._tell(done)
