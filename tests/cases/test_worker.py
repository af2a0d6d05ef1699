"""Workers and the outbox: at least once, on a lease, retried, given up; stopped at any time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from cases.ladder import PLAN, opening, plans
from keyaccount.cases import queries
from keyaccount.cases.effects import Channels, EffectError, FutileEffectError
from keyaccount.cases.outbox import Errand, Outbox, Retries
from keyaccount.cases.store import CaseStore
from keyaccount.cases.worker import Pace, Worker
from keyaccount.storage.engine import open_engine
from keyaccount.storage.migration import migrate

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
RETRIES = Retries(most=3, first=timedelta(seconds=10), lease=timedelta(seconds=60))


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass
class Desk:
    """A store, its outbox and a worker on a clock that stands until it is moved."""

    store: CaseStore
    outbox: Outbox
    now: datetime = NOON
    done: list[str] = field(default_factory=list)
    error: Exception | None = None

    def send(self, errand: Errand) -> None:
        if self.error is not None:
            raise self.error
        self.done.append(errand.key)

    def worker(self, pace: Pace | None = None) -> Worker:
        channels = Channels({"log": self.send})
        return Worker(self.store, self.outbox, channels, lambda: self.now, pace)

    def at(self, seconds: float) -> None:
        """Let the clock stand there and everything be worked off."""
        self.now = after(seconds)
        self.worker().run_until_idle()


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    engine = open_engine(database_url, connections=10)
    migrate(engine)
    yield Desk(CaseStore(engine, plans), Outbox(engine, RETRIES))
    engine.dispose()


def test_a_worker_fires_deadlines_and_does_their_effects_once(desk: Desk) -> None:
    desk.store.open(PLAN, "c1", opening(rungs=[60, 120]), NOON)
    desk.at(60)
    assert desk.done == []
    desk.at(61)
    desk.at(62)
    assert desk.done == ["c1/told:rung 1"]
    desk.at(500)
    assert desk.done == ["c1/told:rung 1", "c1/told:rung 2"]
    assert desk.outbox.counts() == {"done": 2}


def test_an_effect_that_fails_is_tried_again_later_each_time_and_then_given_up(
    desk: Desk,
) -> None:
    desk.store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    desk.error = EffectError("no answer")
    desk.at(61)
    assert desk.outbox.next_wake() == after(71)
    desk.at(71)
    assert desk.outbox.next_wake() == after(91)
    desk.at(91)
    assert desk.outbox.next_wake() is None
    (letter,) = desk.outbox.dead_letters()
    assert (letter.case_id, letter.attempts, letter.error) == ("c1", 3, "no answer")


def test_a_dead_letter_may_be_tried_anew(desk: Desk) -> None:
    desk.store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    desk.error = FutileEffectError("never")
    desk.at(61)
    assert len(desk.outbox.dead_letters()) == 1
    desk.error = None
    assert desk.outbox.try_again("c1", "told:rung 1", after(70))
    desk.at(70)
    assert desk.done == ["c1/told:rung 1"]
    assert not desk.outbox.try_again("c1", "told:rung 1", after(80))


def test_a_mistake_in_a_channel_costs_a_try_and_stops_nothing(desk: Desk) -> None:
    desk.store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    desk.error = ZeroDivisionError("a bug")
    desk.at(61)
    desk.error = None
    desk.at(71)
    assert desk.done == ["c1/told:rung 1"]


def test_what_is_on_a_lease_is_nobody_else_s_until_it_runs_out(desk: Desk) -> None:
    desk.store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    desk.store.fire(after(61))
    (errand,) = desk.outbox.take(after(61))
    assert desk.outbox.take(after(120)) == []
    (again,) = desk.outbox.take(after(121))
    assert (errand.key, errand.attempt, again.attempt) == (again.key, 1, 2)


def test_what_is_done_stays_done_whoever_was_slower(desk: Desk) -> None:
    desk.store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    desk.store.fire(after(61))
    (slow,) = desk.outbox.take(after(61))
    (quick,) = desk.outbox.take(after(121))
    desk.outbox.done([quick], after(122))
    desk.outbox.failed(slow, "timeout", after(123))
    assert desk.outbox.counts() == {"done": 1}


def test_effects_not_begun_are_given_back_when_a_worker_stops(desk: Desk) -> None:
    desk.store.open(PLAN, "c1", opening(rungs=[10, 20, 30]), NOON)
    desk.store.fire(after(61))
    desk.now = after(61)
    worker = desk.worker()
    stopping = Channels({"log": lambda errand: worker.stop()})
    worker.channels = stopping
    worker.send_some()
    assert desk.outbox.counts() == {"done": 1, "pending": 2}
    assert [each.attempt for each in desk.outbox.take(after(61))] == [1, 1]


def test_many_workers_fire_every_deadline_once(desk: Desk) -> None:
    for number in range(60):
        desk.store.open(PLAN, f"c{number}", opening(rungs=[10, 20]), NOON)
    desk.now = after(61)
    workers = [desk.worker(Pace(batch=7, errands=3)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: each.run_until_idle(), workers))
    desk.at(62)
    assert len(desk.done) == len(set(desk.done)) == 120
    for number in range(60):
        state = queries.show(desk.store.engine, f"c{number}").state
        assert [each["key"] for each in state["fired"]] == ["rung 1", "rung 2"]


def test_a_running_worker_stops_when_it_is_told(desk: Desk) -> None:
    desk.store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    desk.now = after(61)
    worker = desk.worker(Pace(poll=timedelta(milliseconds=20)))
    done = threading.Event()
    worker.channels = Channels({"log": lambda errand: done.set()})
    running = threading.Thread(target=worker.run, daemon=True)
    running.start()
    assert done.wait(30)
    worker.stop()
    running.join(30)
    assert not running.is_alive()
    assert desk.outbox.counts() == {"done": 1}


def test_a_worker_rests_until_just_after_the_next_deadline(desk: Desk) -> None:
    desk.store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    pace = Pace(poll=timedelta(seconds=30))
    desk.now = after(20)
    assert desk.worker(pace).fire_some() == timedelta(seconds=30)
    desk.now = after(59)
    assert desk.worker(pace).fire_some() == timedelta(seconds=1, microseconds=1)
    desk.now = after(60)
    assert desk.worker(pace).fire_some() == timedelta(microseconds=1)
    desk.now = after(60.000001)
    assert desk.worker(pace).fire_some() == timedelta(0)
