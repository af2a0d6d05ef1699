"""A million pending deadlines, of which 10,000 fall due in one minute: how fast they are done.

Real cases of a shipped plan, copied in the database until there are enough; a clock
that stands just after that minute; workers in processes of their own. Deadlines and
effects are counted in the database afterwards: each exactly once.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from keyaccount.cases.effects import Channels
from keyaccount.cases.live_plan import LivePlan
from keyaccount.cases.outbox import Outbox
from keyaccount.cases.plan.loading import plans_of
from keyaccount.cases.plan.transition import transition_of
from keyaccount.cases.protocol import Command, Data
from keyaccount.cases.store import CaseStore
from keyaccount.cases.tables import METADATA
from keyaccount.cases.worker import Pace, Worker
from keyaccount.policy_set import PolicySet
from keyaccount.storage.engine import open_engine, writing
from keyaccount.storage.migration import migrate

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))

import postgres  # noqa: E402 - from the tests' folder

PLAN = "credit_adjustment"
HALF = timedelta(days=5)
"""After which a case of that plan has its first deadline; it has three."""
OPENED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NOW = OPENED + HALF + timedelta(seconds=60)
DUE = 10_000
CASES = 333_334
SECONDS = 60
IDLE_POLLS = 200
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run took: seconds until the last deadline and the last effect; memory in MB.

    `working` and `serving` are the processor's seconds for the deadlines: of all
    workers, and of the database's own processes.
    """

    firing: float
    sending: float
    memory: int
    idle: float
    working: float
    serving: float


def tables() -> Iterator[str]:
    """The table as Markdown."""
    lines = [
        "| store | workers | deadlines a second | CPU a deadline: workers, server "
        "| effects a second | memory a worker | idle poll |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        runs = [("SQLite", 1, f"sqlite:///{folder / 'cases.db'}")]
        if postgres.binaries() is not None:
            server = stack.enter_context(postgres.scratch_server("fsync=on"))
            runs += [
                ("PostgreSQL", workers, stack.enter_context(server.database()))
                for workers in (1, 2, 4)
            ]
        for name, workers, url in runs:
            found = measured(url, workers)
            lines.append(
                f"| {name} | {workers} | {DUE / found.firing:,.0f} "
                f"| {found.working / DUE * 1000:.2f} ms, {found.serving / DUE * 1000:.2f} ms "
                f"| {DUE / found.sending:,.0f} | {found.memory} MB | {found.idle * 1000:.2f} ms |"
            )
    yield "\n".join(lines)


def measured(url: str, workers: int) -> Measured:
    """Fill a database, and let so many workers work it off."""
    engine = open_engine(url)
    migrate(engine)
    fill(engine)
    idle = idle_poll(engine)
    barrier = SPAWN.Barrier(workers + 1)
    answers: multiprocessing.Queue[tuple[int, float]] = SPAWN.Queue()
    running = [SPAWN.Process(target=work, args=(url, barrier, answers)) for _ in range(workers)]
    for each in running:
        each.start()
    instants, served = [], []
    for _ in range(3):
        barrier.wait()
        instants.append(time.perf_counter())
        served.append(server_seconds())
    memory, working = zip(*(answers.get() for _ in running), strict=True)
    for each in running:
        each.join()
    check(engine)
    engine.dispose()
    return Measured(
        firing=instants[1] - instants[0],
        sending=instants[2] - instants[1],
        memory=max(memory),
        idle=idle,
        working=sum(working),
        serving=served[1] - served[0],
    )


def server_seconds() -> float:
    """The processor's seconds of all PostgreSQL processes of this machine; 0 without /proc."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "comm").read_text().strip() == "postgres":
                # The fields behind the name in brackets; the 14th and 15th of all are times.
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except OSError:
            continue  # it has ended meanwhile
    return ticks / os.sysconf("SC_CLK_TCK")


def work(url: str, barrier: Barrier, answers: Any) -> None:
    """One worker: all deadlines, then all effects."""
    live = plan()
    engine = open_engine(url)
    store = CaseStore(engine, lambda _name, _version: live)
    channels = Channels({"notify": lambda _errand: None})
    worker = Worker(store, Outbox(engine), channels, lambda: NOW, Pace(errands=100))
    store.next_due()
    barrier.wait()
    began = time.process_time()
    while (due := store.next_due()) is not None and due < NOW:
        worker.fire_some()
    took = time.process_time() - began
    barrier.wait()
    while worker.send_some() == timedelta(0):
        pass
    barrier.wait()
    answers.put((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, took))


def plan() -> LivePlan[Data]:
    """The plan of all cases here."""
    found = plans_of(PolicySet.load(ROOT / "policies"))[PLAN]
    return LivePlan(found.name, found.version, transition_of(found))


def fill(engine: Engine) -> None:
    """Open a case in each second of a minute and one later, and copy them in the database."""
    live = plan()
    store = CaseStore(engine, lambda _name, _version: live)
    for second in range(SECONDS):
        opened = OPENED + timedelta(seconds=second)
        store.open(live, f"t{second}", opening(f"t{second}"), opened)
        copy(engine, f"t{second}", DUE // SECONDS + (second < DUE % SECONDS) - 1)
    store.open(live, "later", opening("later"), OPENED + timedelta(days=1))
    copy(engine, "later", CASES - DUE - 1)
    with writing(engine) as connection:
        connection.execute(text("ANALYZE"))


def opening(customer: str) -> Command:
    """The first command of a case."""
    return Command("open", {"facts": {"customer": customer}}, None, "open")


def copy(engine: Engine, case_id: str, copies: int) -> None:
    """So many cases like one: rows of the same columns under other ids."""
    names = {"cases": "id", "case_commands": "case_id", "case_deadlines": "case_id"}
    with writing(engine) as connection:
        for table, key in names.items():
            columns = METADATA.tables[table].columns.keys()
            listed = ", ".join(each for each in columns if each not in (key, "subject"))
            connection.execute(
                text(
                    "WITH RECURSIVE n(i) AS "
                    "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) "
                    f"INSERT INTO {table} ({key}, {listed}) "
                    f"SELECT :id || '-' || n.i, {listed} FROM {table}, n WHERE {key} = :id"
                ),
                {"most": copies, "id": case_id},
            )


def idle_poll(engine: Engine) -> float:
    """Seconds of asking what is due next, of a million, when nothing is."""
    store = CaseStore(engine, lambda _name, _version: plan())
    began = time.perf_counter()
    for _ in range(IDLE_POLLS):
        store.next_due()
    return (time.perf_counter() - began) / IDLE_POLLS


def check(engine: Engine) -> None:
    """Each deadline of that minute fell due once, each effect was done, the others are pending."""
    with writing(engine) as connection:

        def count(query: str) -> int:
            found: int = connection.execute(text(query)).scalar_one()
            return found

        assert count("SELECT count(*) FROM case_commands WHERE kind = 'due'") == DUE
        assert count("SELECT count(*) FROM case_effects WHERE status = 'done'") == DUE
        assert count("SELECT count(*) FROM case_effects WHERE status <> 'done'") == 0
        assert count("SELECT count(*) FROM case_deadlines") == 3 * CASES - DUE
