"""What the service counts about itself, for Prometheus."""

from __future__ import annotations

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that lets several workers count together."""

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Measures:
    """The counters of one worker; of all of them where they share a folder."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self._seconds = Histogram(
            "keyaccount_request_seconds",
            "Time to answer; its count is the number of requests",
            ("route", "status"),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._running = Gauge(
            "keyaccount_requests_running",
            "Requests being answered",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._shed = Counter(
            "keyaccount_requests_shed", "Requests refused for load", registry=registry
        )
        self._broken = Gauge(
            "keyaccount_policies_broken",
            "1 while the folder holds policies that were refused",
            multiprocess_mode="max",
            registry=registry,
        )
        self._known: dict[tuple[str, int], Histogram] = {}

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count an answered request. `route` is the pattern, not the path: paths are endless."""
        found = self._known.get((route, status))
        if found is None:
            found = self._known[route, status] = self._seconds.labels(route, str(status))
        found.observe(seconds)

    def shed(self) -> None:
        """Count a request that was refused for load."""
        self._shed.inc()

    def state(self, *, running: int, broken: bool) -> None:
        """Tell how the worker stands now."""
        self._running.set(running)
        self._broken.set(int(broken))

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        if SHARED_FOLDER not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
