"""Killed under load: nothing that was answered is missing, nothing is torn, it starts again."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

from keyaccount.service.log.reading import entries
from keyaccount.service.log.verify import verify
from keyaccount.storage.engine import open_engine
from service.server import Load, Server

KILLS = int(os.environ.get("KEYACCOUNT_KILLS", "2"))
RANDOM = random.Random(5)  # noqa: S311 -- moments, not secrets


def test_killed_at_random_moments(database_url: str, tmp_path: Path) -> None:
    killed_again_and_again(database_url, tmp_path)


def killed_again_and_again(url: str, folder: Path) -> None:
    server = Server(url, folder)
    server.start()
    load = Load(server.port)
    load.start()
    try:
        for _ in range(KILLS):
            time.sleep(RANDOM.uniform(0.05, 0.8))
            server.kill()
            server.start()
        time.sleep(0.3)
    finally:
        load.stop()
        code = server.stop()
    assert code == 0
    assert_all_there(url, load)


def assert_all_there(url: str, load: Load) -> None:
    engine = open_engine(url)
    found = verify(engine)
    assert found.findings == ()
    logged = {each.reference: (each.sequence, each.hash) for each in entries(engine, "default")}
    engine.dispose()
    assert len(load.answered) > KILLS
    lost = {name for name, receipt in load.answered.items() if logged.get(name) != receipt}
    assert not lost


def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'service.db'}"
    server = Server(url, tmp_path, workers=2)
    server.start()
    load = Load(server.port)
    load.start()
    try:
        assert server.process is not None
        time.sleep(1.0)
        children = _children(server.process.pid)
        os.kill(max(children), signal.SIGKILL)
        until = time.monotonic() + 20
        while set(_children(server.process.pid)) == set(children) and time.monotonic() < until:
            time.sleep(0.1)
        before = len(load.answered)
        while len(load.answered) < before + 50 and time.monotonic() < until:
            time.sleep(0.1)
        assert len(load.answered) >= before + 50
    finally:
        load.stop()
        server.stop()
    assert_all_there(url, load)


def _children(process: int) -> list[int]:
    """The worker processes: the children that serve, not multiprocessing's helper."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            command = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == process and b"spawn_main" in command and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found
