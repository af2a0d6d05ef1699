"""The service as its own process, on a free port, killed and started again at will."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from service.desk import TWO_POLICIES

STARTING_SECONDS = 30
KEYACCOUNT = Path(sys.executable).with_name("keyaccount")


class Server:
    """`keyaccount serve` on loopback, without keys."""

    def __init__(
        self, database: str, folder: Path, workers: int = 1, policies: Path = TWO_POLICIES
    ) -> None:
        self._database = database
        self._folder = folder
        self._workers = workers
        self._policies = policies
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes requests."""
        self.launch()
        assert self.process is not None
        until = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < until:
            try:
                if self.get("/readyz") == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError((self._folder / "log").read_text("utf-8"))

    def launch(self) -> None:
        """Start it."""
        command = [str(KEYACCOUNT), "--policies", str(self._policies), "serve"]
        command += ["--insecure-local", "--port", str(self.port), "--data", str(self._folder)]
        command += ["--database", self._database, "--workers", str(self._workers)]
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def kill(self) -> None:
        """All its processes at once, as if the power went."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """As a service manager stops it; its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(30)


class Load:
    """Threads that ask for decisions one after the other, and keep what was answered."""

    def __init__(self, port: int, threads: int = 8) -> None:
        self._port = port
        self._stop = threading.Event()
        self._number = 0
        self._lock = threading.Lock()
        self.answered: dict[str, tuple[int, str]] = {}
        self.failed = 0
        self._threads = [threading.Thread(target=self._ask) for _ in range(threads)]

    def start(self) -> None:
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        self._stop.set()
        for each in self._threads:
            each.join()

    def _ask(self) -> None:
        while not self._stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
            try:
                while not self._stop.is_set():
                    self._one(connection)
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
            finally:
                connection.close()

    def _one(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self._number += 1
            reference = f"R-{self._number}"
        body = json.dumps({"facts": {"monthly_tonnes": 20}, "reference": reference})
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/decisions/classification", body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        if answer.status == 200:
            self.answered[reference] = (told["entry"], told["receipt"])
        else:
            self.failed += 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
