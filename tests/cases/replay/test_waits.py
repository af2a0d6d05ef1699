"""Replays of random logs against the oracle: every wait, to the microsecond."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from cases.replay.waits import (
    Event,
    Rule,
    business,
    business_days,
    days_on,
    elapsed,
    waits,
)
from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.plan.loading import plans_of
from keyaccount.cases.replay.event_log import LogEvent
from keyaccount.cases.replay.replay import replay
from keyaccount.policy_set import PolicySet

CASES = int(os.environ.get("KEYACCOUNT_REPLAY_CASES", "10000"))
FIRST = datetime(2015, 10, 1, tzinfo=UTC)
END = FIRST + timedelta(days=260)
"""While many a case is still open."""
SPAN = 300 * 24 * 3600
FATES = ("met", "missed", "cancelled", "pending")
NAMES = ("open", "open", "close", "drop", "suspended", "resumed", "something else")
PAUSED = "        paused by: suspended\n        resumed by: resumed\n"
RESTART = "        again: restart\n"
NEAR = tuple(timedelta(microseconds=each) for each in (-1_000_000, -1, 0, 0, 1, 1_000_000))

RULES = {
    "calendar days over changes of the clock": Rule(
        "{days: 60, zone: America/New_York}", days_on(60, ZoneInfo("America/New_York"))
    ),
    "hours": Rule("PT1440H", elapsed(timedelta(hours=1440)), RESTART),
    "a daily run": Rule(
        '{days: 30, at: "09:15"}', days_on(30, ZoneInfo("Europe/Amsterdam"), time(9, 15)), RESTART
    ),
    "business hours": Rule("{business: PT8H, calendar: office}", business(timedelta(hours=8))),
    "working days": Rule("{business days: 10, calendar: office}", business_days(10)),
    "weeks with pauses": Rule(
        "{days: 56}", days_on(56, ZoneInfo("Europe/Amsterdam")), PAUSED
    ),
    "hours with pauses": Rule("PT300H", elapsed(timedelta(hours=300)), PAUSED + RESTART),
    "business hours with pauses": Rule(
        "{business: PT40H, calendar: office}", business(timedelta(hours=40)), PAUSED
    ),
}  # fmt: skip


def plan(rule: Rule, folder: Path) -> CompiledPlan:
    (folder / "waits.yaml").write_text(rule.policy(), encoding="utf-8")
    return plans_of(PolicySet.load(folder))["wait"]


def random_case(dice: Random, rule: Rule) -> Iterator[Event]:
    """Some events, a few of them at one instant or right where the first wait is due."""
    at = FIRST + timedelta(seconds=dice.randrange(SPAN))
    step = dice.choice((3600, 86_400, 20 * 86_400))
    opened = None
    for _ in range(dice.randrange(3, 10)):
        name = dice.choice(NAMES)
        yield name, at
        if name == "open" and opened is None:
            opened = at
        if dice.random() < 0.9:
            at += timedelta(seconds=dice.randrange(2 * step), milliseconds=dice.choice((0, 0, 463)))
    due = rule.due(opened, []) if opened is not None else None
    if due is not None and dice.random() < 0.7:
        yield dice.choice(NAMES[2:]), due + dice.choice(NEAR)


def random_log(dice: Random, rule: Rule, cases: int) -> dict[str, list[Event]]:
    found = {}
    for number in range(cases):
        found[f"case {number}"] = events = list(random_case(dice, rule))
        dice.shuffle(events)
    return found


@pytest.mark.parametrize("name", RULES)
def test_every_wait_is_as_the_oracle_has_it(name: str, tmp_path: Path) -> None:
    rule, dice = RULES[name], Random(name)  # noqa: S311 # not for secrets
    log = random_log(dice, rule, CASES // len(RULES))
    rows = [
        LogEvent(case, event, at, {}, number)
        for case, events in log.items()
        for number, (event, at) in enumerate(events)
    ]
    # The order within a case decides at one instant; that of the cases does not.
    dice.shuffle(rows)
    rows.sort(key=lambda each: each.row)
    found = replay(plan(rule, tmp_path), rows, END)
    known = {case: [each for each in events if each[1] <= END] for case, events in log.items()}
    expected = [
        (case, *told) for case, events in known.items() for told in waits(rule, events, END)
    ]
    got = [
        (each.case, each.opened, each.due, each.closed, each.fate.value) for each in found.deadlines
    ]
    assert sorted(got, key=repr) == sorted(expected, key=repr)
    fates = Counter(each[-1] for each in expected)
    assert set(fates) == set(FATES)
