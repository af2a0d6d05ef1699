"""Progress on standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from keyaccount.cli import console

Report = Callable[[float], None]
"""Takes the share that is done, from 0 to 1."""

SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """What to call with the share done; the bar goes away when the work is over."""
    if not sys.stderr.isatty():
        yield Lines(title, time.monotonic)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console.side(), transient=True) as bar:
        # Until a share is known the bar shows that work goes on, not how far.
        task = bar.add_task(title, total=None)
        yield lambda share: bar.update(task, total=1.0, completed=share)


class Lines:
    """Writes `TITLE: 42%` at most once in a few seconds, and nothing for short work."""

    def __init__(self, title: str, clock: Callable[[], float]) -> None:
        self._title = title
        self._clock = clock
        self._last = clock()

    def __call__(self, share: float) -> None:
        now = self._clock()
        if now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            sys.stderr.write(f"{self._title}: {share:.0%}\n")
            sys.stderr.flush()
