"""durable-rules and the plain matcher: the same from the same, over random rules and events."""

from __future__ import annotations

import os

import pytest

from backends.events.random_rules import NOW, world
from keyaccount.backends.events import derive_plainly
from keyaccount.backends.events.derivation import derive

pytest.importorskip("durable_rules_engine", reason="durable-rules is not installed")

from keyaccount.backends.events.durable import DurableMatcher

WORLDS = int(os.environ.get("KEYACCOUNT_EVENT_WORLDS", "300"))
"""How many; `make event-engines` asks for 100,000."""


def test_both_engines_derive_the_same() -> None:
    matcher = DurableMatcher()
    derived = 0
    for seed in range(WORLDS):
        made = world(seed)
        plain = derive_plainly(made.rules, {}, made.events, NOW)
        assert derive(matcher, made.rules, {}, made.events, NOW) == plain, f"seed {seed}"
        derived += len(plain.events)
    matcher.close()
    assert derived > WORLDS
