"""Workers: deadlines that fall due, effects that go out; as many as wanted, stopped at any time.

A worker holds nothing in memory that another could not do: killed in the middle of
anything, it leaves a transaction undone or a lease that runs out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from keyaccount.cases.effects import Channels, EffectError, FutileEffectError
from keyaccount.cases.outbox import Errand, Outbox
from keyaccount.cases.store import CaseStore
from keyaccount.storage.engine import StorageError

Clock = Callable[[], datetime]
"""The instant it is now, in UTC."""

_log = logging.getLogger("keyaccount.worker")
_AT_ONCE_AGAIN = timedelta(0)


def system_clock() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a worker works.

    `poll`: how long it sleeps at most while nothing is due, as other programs may
    set deadlines meanwhile. `contended`: how long it leaves to others what they
    hold. `batch`: cases in one transaction. `senders`: threads for effects, which
    wait for the network most of the time; `errands`: how many a sender takes at
    once, so few that it is done with them long before its lease runs out; those
    that take less than `unnoted` are noted as done together.
    """

    poll: timedelta = timedelta(seconds=1)
    contended: timedelta = timedelta(milliseconds=50)
    batch: int = 100
    senders: int = 4
    unnoted: timedelta = timedelta(milliseconds=200)
    errands: int = 8


class Worker:
    """Works until it is stopped. `stop` may be called from any thread and any signal."""

    def __init__(
        self,
        store: CaseStore,
        outbox: Outbox,
        channels: Channels,
        clock: Clock = system_clock,
        pace: Pace | None = None,
    ) -> None:
        self.store = store
        self.outbox = outbox
        self.channels = channels
        self.clock = clock
        self.pace = pace or Pace()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End after what is being done now: the batch, and each sender's effect."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`."""
        senders = [
            threading.Thread(target=self._keep_on, args=(self.send_some,), name=f"sender-{each}")
            for each in range(self.pace.senders)
        ]
        for each in senders:
            each.start()
        try:
            self._keep_on(self.fire_some)
        finally:
            self.stop()
            for each in senders:
                each.join()

    def run_until_idle(self) -> None:
        """Work off what is due now and what that brings about; then come back."""
        while self.fire_some() == _AT_ONCE_AGAIN or self.send_some() == _AT_ONCE_AGAIN:
            if self._stopping.is_set():
                return

    def fire_some(self) -> timedelta:
        """Work off one batch of deadlines; how long to rest then."""
        now = self.clock()
        due = self.store.next_due()
        if due is None or due >= now:
            return self._rest(due, now)
        fired = self.store.fire(now, most=self.pace.batch)
        return _AT_ONCE_AGAIN if fired.cases or fired.failed else self.pace.contended

    def send_some(self) -> timedelta:
        """Do a few effects; how long to rest then."""
        now = self.clock()
        wakes = self.outbox.next_wake()
        if wakes is None or wakes > now:
            return self._rest(wakes, now)
        errands = self.outbox.take(now, self.pace.errands)
        done: list[Errand] = []
        began = time.monotonic()
        for place, errand in enumerate(errands):
            if self._stopping.is_set():
                self.outbox.give_back(errands[place:], now)
                break
            if self._send(errand):
                done.append(errand)
            if time.monotonic() - began > self.pace.unnoted.total_seconds():
                self.outbox.done(done, self.clock())
                done, began = [], time.monotonic()
        self.outbox.done(done, self.clock())
        return _AT_ONCE_AGAIN if errands else self.pace.contended

    def _send(self, errand: Errand) -> bool:
        """Do an effect, note it where it fails; whether it is done."""
        try:
            self.channels.send(errand)
        except EffectError as error:
            for_good = isinstance(error, FutileEffectError)
            _log.warning("%s %s: %s", errand.kind, errand.key, error)
            self.outbox.failed(errand, str(error), self.clock(), for_good=for_good)
        except Exception as error:  # noqa: BLE001 - one effect must not stop the others
            _log.exception("%s %s", errand.kind, errand.key)
            self.outbox.failed(errand, f"{type(error).__name__}: {error}", self.clock())
        else:
            return True
        return False

    def _rest(self, until: datetime | None, now: datetime) -> timedelta:
        if until is None:
            return self.pace.poll
        # An instant itself is still on time: a deadline falls due just after it.
        return min(self.pace.poll, until - now + timedelta(microseconds=1))

    def _keep_on(self, work: Callable[[], timedelta]) -> None:
        while not self._stopping.is_set():
            try:
                rest = work()
            except (SQLAlchemyError, StorageError) as error:
                # A database that restarts, or is busy, is waited for.
                _log.warning("%s", error)
                rest = self.pace.poll
            except BaseException:
                self.stop()
                raise
            if rest > _AT_ONCE_AGAIN:
                self._stopping.wait(rest.total_seconds())
