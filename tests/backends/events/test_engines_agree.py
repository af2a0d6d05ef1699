"""Random rules and events: the plain matcher against the meaning, durable-rules against it."""

from __future__ import annotations

import os

import pytest

from backends.events import oracle
from backends.events.random_rules import NOW, world
from keyaccount.backends.events import derive_plainly
from keyaccount.backends.events.derivation import derive
from keyaccount.backends.events.encoding import CannotExpressError
from keyaccount.diagnostics.diagnostic import FactError

WORLDS = int(os.environ.get("KEYACCOUNT_EVENT_WORLDS", "300"))
"""How many; `make event-engines` asks for 100,000."""


def test_the_plain_matcher_derives_what_trying_every_combination_gives() -> None:
    derived = 0
    for seed in range(max(WORLDS // 10, 200)):
        made = world(seed)
        try:
            found = derive_plainly(made.rules, {}, made.events, NOW).events
        except FactError:  # more matches than anybody can use
            continue
        expected = oracle.derived(made.rules.program, made.events, NOW)
        told = [(each.kind, each.at, dict(each.data), each.rule) for each in found]
        assert told == expected, f"seed {seed}"
        derived += len(found)
    assert derived > 200


def test_both_engines_derive_the_same() -> None:
    reason = "durable-rules is not installed"
    durable = pytest.importorskip("keyaccount.backends.events.durable", reason=reason)
    matcher = durable.DurableMatcher()
    derived = refused = left = 0
    for seed in range(WORLDS):
        made = world(seed)
        try:
            plain = derive_plainly(made.rules, {}, made.events, NOW)
        except FactError:  # more matches than anybody can use
            refused += 1
            continue
        try:
            found = derive(matcher, made.rules, {}, made.events, NOW)
        except CannotExpressError:  # more events than durable-rules is asked about
            left += 1
            continue
        assert found == plain, f"seed {seed}"
        derived += len(plain.events)
    matcher.close()
    told = f"{derived} events derived; {refused} refused, {left} left to the plain matcher"
    print(f"{WORLDS} rule sets, {told}")  # noqa: T201 # for the long run
    assert derived > WORLDS
    assert refused + left < 3 + WORLDS // 1000
