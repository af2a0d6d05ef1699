"""`kill -9` at random moments: no deadline lost, none early, none twice, each effect by its key.

`KEYACCOUNT_KILLS` sets how many kills there are (`make kills`: 500 on each database).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, select

import postgres
from cases.ladder import PLAN, event, opening, plans
from keyaccount.cases import queries
from keyaccount.cases.effects import Channels
from keyaccount.cases.outbox import Errand, Outbox, Retries
from keyaccount.cases.store import CaseStore
from keyaccount.cases.tables import DEADLINES, EFFECTS
from keyaccount.cases.worker import Pace, Worker
from keyaccount.storage.engine import open_engine, reading
from keyaccount.storage.migration import migrate

KILLS = int(os.environ.get("KEYACCOUNT_KILLS", "10"))
BETWEEN_KILLS = 0.12
CASES = 30
RUNGS = 8
PATIENCE = 60
RETRIES = Retries(most=1000, first=timedelta(seconds=0.2), lease=timedelta(seconds=1))
PACE = Pace(poll=timedelta(seconds=0.03), batch=3, senders=2, errands=2)
FORK = multiprocessing.get_context("fork")


def work(url: str, done: Path) -> None:
    """A worker's whole life, in a process of its own; what it does goes into a file."""
    engine = open_engine(url)
    file = os.open(done, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(errand: Errand) -> None:
        os.write(file, f"{errand.key}\n".encode())

    worker = Worker(
        CaseStore(engine, plans), Outbox(engine, RETRIES), Channels({"log": note}), pace=PACE
    )
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run()


@pytest.mark.parametrize(
    "workers", [pytest.param(1, id="sqlite"), pytest.param(4, id="postgresql")]
)
def test_workers_killed_at_any_moment_lose_and_repeat_nothing(
    workers: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if workers == 1:
        killing(f"sqlite:///{tmp_path / 'cases.db'}", workers, tmp_path / "done")
        return
    server: postgres.Server = request.getfixturevalue("postgresql")
    with server.database() as url:
        killing(url, workers, tmp_path / "done")


def killing(url: str, workers: int, done: Path) -> None:
    chance = Random(KILLS)  # noqa: S311 - a test's chance, the same each time
    engine = open_engine(url)
    migrate(engine)
    store = CaseStore(engine, plans)
    expected = open_cases(store, chance)
    engine.dispose()

    def start() -> BaseProcess:
        process = FORK.Process(target=work, args=(url, done), daemon=True)
        process.start()
        return process

    running = [start() for _ in range(workers)]
    kill_many(running, start, store, chance)
    wait_until_settled(engine)
    for each in running:
        each.terminate()
        each.join(30)
        assert each.exitcode == 0
    verify(engine, expected, done.read_text().split("\n")[:-1])
    engine.dispose()


def open_cases(store: CaseStore, chance: Random) -> dict[str, list[str]]:
    """Cases whose deadlines fall due all through the killing; the keys of each."""
    now = datetime.now(UTC)
    lasts = KILLS * BETWEEN_KILLS + 1
    for number in range(CASES):
        rungs = [f"{chance.uniform(0.2, lasts):.6f}" for _ in range(RUNGS)]
        store.open(PLAN, f"c{number}", opening(rungs=rungs), now)
    keys = [f"rung {each}" for each in range(1, RUNGS + 1)]
    return {f"c{number}": keys for number in range(CASES)}


def kill_many(
    running: list[BaseProcess], start: Callable[[], BaseProcess], store: CaseStore, chance: Random
) -> None:
    for number in range(KILLS):
        time.sleep(chance.uniform(0, 2 * BETWEEN_KILLS))
        victim = chance.randrange(len(running))
        running[victim].kill()
        running[victim].join()
        assert running[victim].exitcode == -signal.SIGKILL
        store.engine.dispose()
        running[victim] = start()
        case_id = f"c{chance.randrange(CASES)}"
        store.apply(case_id, event("seen", f"seen {number}"), datetime.now(UTC))


def wait_until_settled(engine: Engine) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with reading(engine) as connection:
            pending = connection.execute(select(DEADLINES.c.key).limit(1)).scalar()
        if pending is None and set(Outbox(engine).counts()) == {"done"}:
            return
        time.sleep(0.1)
    raise AssertionError(f"not settled in {PATIENCE} s: {Outbox(engine).counts()}")


def verify(engine: Engine, expected: dict[str, list[str]], done: list[str]) -> None:
    for case_id, keys in expected.items():
        record = queries.show(engine, case_id)
        due = [each for each in record.commands if each.command.kind == "due"]
        assert sorted(str(each.command.data["deadline"]) for each in due) == keys
        instants = [datetime.fromisoformat(str(each.command.data["due"])) for each in due]
        assert all(at.at > instant for at, instant in zip(due, instants, strict=True))
        assert [each.number for each in record.commands] == list(range(1, len(record.commands) + 1))
        assert len([each for each in record.entries if each.kind == "reminded"]) == len(keys)
        state = None
        for each in record.commands:
            state = PLAN.transition(state, each.command, each.at).state
        assert state == record.state
    with reading(engine) as connection:
        ordered = {f"{row.case_id}/{row.key}" for row in connection.execute(select(EFFECTS))}
    assert ordered == {f"{case}/told:{key}" for case, keys in expected.items() for key in keys}
    assert set(done) == ordered
