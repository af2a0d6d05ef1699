"""When something may follow though nothing happens."""

from __future__ import annotations

from datetime import datetime

from keyaccount.backends.events.occurrences import NANOS, moment_of
from keyaccount.feel import operations
from keyaccount.feel.values.date_and_time import DateAndTime

_DAY = 86_400_000_000
"""In microseconds."""


class Wakes:
    """Collects the instants that have not passed, in microseconds since 1970; the first counts."""

    __slots__ = ("_first", "_now", "_passed")

    def __init__(self, now: int, passed: int) -> None:
        self._now = now
        self._passed = passed
        self._first: int | None = None

    def note(self, instant: int) -> None:
        """An instant at which something may change; one that is over does not matter."""
        if instant > self._passed and (self._first is None or instant < self._first):
            self._first = instant

    def note_age(self, at: object, length: object) -> None:
        """An event that counts now, and no more once it is so old."""
        end = operations.arithmetic("+", at, length)
        if isinstance(end, DateAndTime):
            instant = -(-end.nano_number // NANOS)
            # Months differ in length: forward they may be over while back they are not.
            self.note(instant if instant > self._now else self._now + _DAY)

    def first(self) -> datetime | None:
        return None if self._first is None else moment_of(self._first)
