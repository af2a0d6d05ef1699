"""Whenever workers come by, a case comes to what its deadlines and commands alone make of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.ladder import PLAN, event, opening, plans
from keyaccount.cases import queries
from keyaccount.cases.protocol import Command, Data, Transition, due_command
from keyaccount.cases.store import CaseStore
from keyaccount.storage.engine import open_engine
from keyaccount.storage.migration import migrate

START = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
SECONDS = st.integers(1, 300)
EVENTS = st.tuples(SECONDS, st.sampled_from(["seen", "pushed", "completed"]))
IDS = count()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseStore]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('store') / 'cases.db'}")
    migrate(engine)
    yield CaseStore(engine, plans)
    engine.dispose()


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def by_itself(first: Command, events: list[tuple[int, Command]], end: int) -> Data:
    """The state without any store: at each command what has passed by then, in order."""
    now: Transition = PLAN.transition(None, first, START)
    spent: set[str] = set()

    def pass_by(moment: datetime) -> None:
        nonlocal now
        while passed := [
            (each.due, each.key)
            for each in now.deadlines
            if each.due < moment and each.key not in spent
        ]:
            due, key = min(passed)
            spent.add(key)
            now = PLAN.transition(now.state, due_command(key, due), moment)

    for seconds, command in events:
        pass_by(at(seconds))
        now = PLAN.transition(now.state, command, at(seconds))
    pass_by(at(end))
    return now.state


@settings(max_examples=60, deadline=None)
@given(
    rungs=st.lists(SECONDS, max_size=5),
    repeat=st.sampled_from([0, 40, 70]),
    events=st.lists(EVENTS, max_size=4),
    visits=st.lists(SECONDS, max_size=6),
)
def test_when_workers_come_by_makes_no_difference(
    store: CaseStore,
    rungs: list[int],
    repeat: int,
    events: list[tuple[int, str]],
    visits: list[int],
) -> None:
    case_id = f"c{next(IDS)}"
    first = opening(rungs=rungs, repeat=repeat)
    numbered = enumerate(sorted(events))
    commands = [(seconds, event(name, f"{name} {number}")) for number, (seconds, name) in numbered]
    store.open(PLAN, case_id, first, START)
    actions: list[tuple[int, Command | None]] = [*commands, *((each, None) for each in visits)]
    for seconds, command in sorted(actions, key=lambda each: each[0]):
        if command is None:
            store.fire(at(seconds), most=1000)
        else:
            store.apply(case_id, command, at(seconds))
    store.fire(at(400), most=1000)
    state: Any = queries.show(store.engine, case_id).state
    assert state == by_itself(first, commands, 400)
