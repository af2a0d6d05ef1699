"""Random rules and events: the plain matcher against the meaning, durable-rules against it."""

from __future__ import annotations

import os

import pytest

from backends.events import oracle
from backends.events.random_rules import NOW, world
from keyaccount.backends.events import derive_plainly
from keyaccount.backends.events.derivation import derive

WORLDS = int(os.environ.get("KEYACCOUNT_EVENT_WORLDS", "300"))
"""How many; `make event-engines` asks for 100,000."""


def test_the_plain_matcher_derives_what_trying_every_combination_gives() -> None:
    derived = 0
    for seed in range(max(WORLDS // 10, 200)):
        made = world(seed)
        found = derive_plainly(made.rules, {}, made.events, NOW).events
        expected = oracle.derived(made.rules.program, made.events, NOW)
        told = [(each.kind, each.at, dict(each.data), each.rule) for each in found]
        assert told == expected, f"seed {seed}"
        derived += len(found)
    assert derived > 200


def test_both_engines_derive_the_same() -> None:
    reason = "durable-rules is not installed"
    durable = pytest.importorskip("keyaccount.backends.events.durable", reason=reason)
    matcher = durable.DurableMatcher()
    derived = 0
    for seed in range(WORLDS):
        made = world(seed)
        plain = derive_plainly(made.rules, {}, made.events, NOW)
        assert derive(matcher, made.rules, {}, made.events, NOW) == plain, f"seed {seed}"
        derived += len(plain.events)
    matcher.close()
    print(f"{WORLDS} rule sets, {derived} events derived")  # noqa: T201 # for the long run
    assert derived > WORLDS
