"""What all routes of one worker share, and what runs beside them."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from starlette.types import Scope

from keyaccount.service.access.gate import Gate
from keyaccount.service.access.rates import Rates
from keyaccount.service.access.tokens import token_reader
from keyaccount.service.lists.files import sweep
from keyaccount.service.lists.working import Desk, run_next
from keyaccount.service.log.writer import LogWriter
from keyaccount.service.measures import SHARED_FOLDER, Measures
from keyaccount.service.settings import Settings
from keyaccount.service.subjects.recording import decide_due
from keyaccount.service.versions.current import Current
from keyaccount.service.webhooks.sending import send_due
from keyaccount.storage.engine import open_engine
from keyaccount.storage.migration import migrate

_LOG = logging.getLogger("keyaccount.service")
_RATES = "rates"
_REFRESH_SECONDS = 0.5
_DUE_SECONDS = 1.0
_SWEEP_SECONDS = 300.0


class Service:
    """One worker: its policies, database, callers and measures."""

    def __init__(self, settings: Settings) -> None:
        """Open the database and load the policies.

        Raises:
            PolicyError: the policies are broken, and none ever served.
            StorageError: the database cannot be reached.
        """
        self.settings = settings
        self.engine: Engine = open_engine(settings.database)
        migrate(self.engine)
        self.current = Current(self.engine, Path(settings.policies))
        reader = None if settings.oidc is None else token_reader(settings.oidc)
        self.gate = Gate(self.engine, open_local=settings.open_local, read_token=reader)
        shared = os.environ.get(SHARED_FOLDER)
        self.rates = Rates(None if shared is None else Path(shared) / _RATES)
        self.measures = Measures()
        self.traced = _tracing()
        self.writer = LogWriter(self.engine, settings.bounds.seconds)
        self.waiting = 0
        self.streams = 0
        self.stopping = False
        self._beside: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin what runs beside the requests."""
        # Policies stay: without this the collector walks through them again and again.
        gc.collect()
        gc.freeze()
        self.writer.start()
        self._beside = [
            asyncio.create_task(self._again_and_again(_REFRESH_SECONDS, self.current.refresh)),
            asyncio.create_task(self._again_and_again(_DUE_SECONDS, self._decide_due)),
            asyncio.create_task(self._again_and_again(_DUE_SECONDS, self._send_due)),
            asyncio.create_task(self._again_and_again(_DUE_SECONDS, self._run_jobs)),
            asyncio.create_task(self._again_and_again(_SWEEP_SECONDS, self._sweep)),
        ]

    async def stop(self) -> None:
        """End it; entries that were handed in are written first."""
        self.stopping = True
        for each in self._beside:
            each.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        await self.writer.close()
        self.engine.dispose()
        gc.unfreeze()

    async def _again_and_again(self, seconds: float, step: Callable[[], object]) -> None:
        """Do something on a thread now and then; what fails is tried the next time."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await asyncio.to_thread(step)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the next time is a new try
                _LOG.warning("%s failed: %s", step.__name__, type(error).__name__)
            self.measures.state(running=self.waiting, broken=bool(self.current.broken))

    def _decide_due(self) -> None:
        while decide_due(self.engine, self.current.policies, datetime.now(UTC)):
            pass

    def _run_jobs(self) -> None:
        data = Path(self.settings.data)
        desk = Desk(
            self.engine,
            data,
            self.current.version,
            lambda: self.stopping,
            self.settings.bounds.list_rows,
        )
        while not self.stopping and run_next(desk):
            pass

    def _sweep(self) -> None:
        keep = timedelta(days=self.settings.keep_lists_days)
        sweep(self.engine, Path(self.settings.data), keep, datetime.now(UTC))

    def _send_due(self) -> None:
        while send_due(self.engine, datetime.now(UTC), self.settings.allowed_hosts):
            pass


Traced = Callable[[Scope, str], AbstractContextManager[Callable[[int], None]]]
"""Opens the span of a request; what it gives is told the status."""


def _tracing() -> Traced | None:
    """None without the extra `otel`, or where the environment names no collector."""
    try:
        # Only with the extra, which not every installation has.
        from keyaccount.service.tracing import spans_of_environment
    except ModuleNotFoundError:
        return None
    return spans_of_environment()
