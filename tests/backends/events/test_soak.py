"""durable-rules for a very long time in one process: right to the last, in the same memory."""

from __future__ import annotations

import os
from itertools import cycle, islice
from pathlib import Path

import pytest

from backends.events.random_rules import NOW, world
from keyaccount.backends.events.derivation import derive
from keyaccount.backends.events.network import Match, Network, Session
from keyaccount.backends.events.plain import matches

pytest.importorskip("durable_rules_engine", reason="durable-rules is not installed")

from keyaccount.backends.events.durable import DurableMatcher

SESSIONS = int(os.environ.get("KEYACCOUNT_EVENT_SESSIONS", "3000"))
"""How many; `make event-soak` asks for a million."""
NETWORKS = 12
"""So many are in use all the time; every now and then there is one more."""
MAX_GROWTH = 4_000_000
"""In bytes, over all sessions but the first tenth."""

Asked = tuple[Network, Session, list[list[Match]]]


def asked(count: int, first_seed: int = 0) -> list[Asked]:
    """Networks and sessions of random worlds, with what must come of them."""
    found: list[Asked] = []
    seed = first_seed
    while len(found) < count:

        def note(network: Network, session: Session) -> list[list[Match]]:
            result = matches(network, session)
            if any(result):
                found.append((network, session, result))
            return result

        made = world(seed)
        derive(note, made.rules, {}, made.events, NOW)
        seed += 1
    return found[:count]


def resident() -> int:
    """The process's memory, in bytes."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_a_process_neither_crashes_nor_grows() -> None:
    matcher = DurableMatcher()
    steady, others = asked(NETWORKS), cycle(asked(40, first_seed=10_000))
    begin = 0
    for number, (network, session, expected) in enumerate(islice(cycle(steady), SESSIONS)):
        assert matcher(network, session) == expected
        if number % 500 == 0:
            network, session, expected = next(others)
            assert matcher(network, session) == expected
        if number == SESSIONS // 10:
            begin = resident()
    matcher.close()
    growth = resident() - begin
    print(f"{SESSIONS} sessions, {growth:+,} bytes")  # noqa: T201 # the figure that one looks for
    assert growth < MAX_GROWTH
