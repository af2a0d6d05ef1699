"""Processes that start and stop: whoever is connected is answered."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from service.server import Server

PATH, BODY = "/v1/decisions/classification", b'{"facts":{"monthly_tonnes":20}}'
ASKING = 12


class Askers:
    """Threads that ask until nobody is there any more; what became of what they asked."""

    def __init__(self, port: int, *, keeping: bool) -> None:
        self._port = port
        self._keeping = keeping
        self.outcomes: Counter[str] = Counter()
        self._threads = [threading.Thread(target=self._ask) for _ in range(ASKING)]
        for each in self._threads:
            each.start()

    def join(self) -> None:
        for each in self._threads:
            each.join()

    def _ask(self) -> None:
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
            try:
                connection.connect()
            except OSError:
                return
            try:
                self._until_it_is_closed(connection)
            except (OSError, http.client.HTTPException) as error:
                self.outcomes[type(error).__name__] += 1
            finally:
                connection.close()

    def _until_it_is_closed(self, connection: http.client.HTTPConnection) -> None:
        while True:
            connection.request("POST", PATH, BODY, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            self.outcomes[str(answer.status)] += 1
            if answer.will_close or not self._keeping:
                return


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("keeping", [True, False], ids=["kept", "new each time"])
def test_nobody_who_is_connected_is_left_without_an_answer(
    tmp_path: Path, workers: int, keeping: bool
) -> None:
    server = Server(f"sqlite:///{tmp_path / 'service.db'}", tmp_path, workers)
    server.start()
    askers = Askers(server.port, keeping=keeping)
    time.sleep(0.3)
    assert server.stop() == 0
    askers.join()
    assert set(askers.outcomes) <= {"200", "503"}  # busy is an answer
    assert askers.outcomes["200"] > 0


@pytest.mark.parametrize("workers", [1, 2])
def test_what_cannot_start_ends_and_says_why(tmp_path: Path, workers: int) -> None:
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "p.yaml").write_text(
        "policy: p\nfacts: {a: {type: number}}\ndecisions:\n  d: {type: boolean, value: b > 1}\n"
    )
    server = Server(f"sqlite:///{tmp_path / 's.db'}", tmp_path, workers, policies)
    server.launch()
    assert server.process is not None
    assert server.process.wait(60) != 0
    told = (tmp_path / "log").read_text("utf-8")
    assert "feel.unknown-name" in told
    assert "Traceback" not in told
