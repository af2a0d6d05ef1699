"""Hostile facts and events for event rules on durable-rules, in this process, for some seconds.

`python hostile.py SECONDS SEED`: prints what it did; whatever takes it down is a mistake of ours.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random

from keyaccount.backends.events import Event, EventRules, derive_plainly
from keyaccount.backends.events.derivation import derive
from keyaccount.backends.events.durable import DurableMatcher
from keyaccount.backends.events.encoding import CannotExpressError
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.ir.lowering import lower
from keyaccount.source import Source

NOW = datetime(2026, 6, 30, tzinfo=UTC)
LATEST = datetime.max  # noqa: DTZ901 # without a zone on purpose
FIELDS = {
    "text": "string",
    "number": "number",
    "anything": "Any",
    "texts": "list<string>",
    "day": "date",
    "clock": "time",
    "moment": "date and time",
    "length": "days and time duration",
    "flag": "boolean",
}
ORDERED = ("text", "number", "day", "clock", "moment", "length")
POLICY = """
policy: sample
facts: {{limit: {{type: number, nullable: true}}}}
decisions: {{fine: {{value: true}}}}
events:
  thing: {{fields: {{{fields}}}}}
  other: {{fields: {{{fields}}}}}
  made: {{fields: {{text: {{type: string, nullable: true}}}}}}
event rules:
{rules}
"""
RULE = """
  {name}:
    when: {{a: thing, b: {{event: {kind}, where: b.{field} {operator} a.{field}}}}}
    unless: {{c: {{event: other, where: c.{other} {operator} b.{other} and c.text != a.text}}}}
    derive: made
    with: {{text: a.text}}
"""


def rules(seed: int) -> EventRules:
    """A handful of rules that join all kinds of fields."""
    chance = Random(seed)  # noqa: S311 # repeatable
    made = []
    for place in range(4):
        operator = chance.choice(["=", "!=", "<", "<=", ">", ">="])
        fields = list(FIELDS) if operator in ("=", "!=") else ORDERED
        made.append(
            RULE.format(
                name=f"r{place}",
                kind=chance.choice(["thing", "other"]),
                field=chance.choice(fields),
                other=chance.choice(fields),
                operator=operator,
            )
        )
    declared = ", ".join(f"{n}: {{type: {t}, nullable: true}}" for n, t in FIELDS.items())
    text = POLICY.format(fields=declared, rules="".join(made))
    return EventRules(lower({"sample": read_policy(Source("sample", text))}), "sample")


ATOMS: list[object] = [
    None,
    True,
    0,
    -0.0,
    25,
    25.0,
    Decimal("25.00"),
    2**63,
    -(2**64),
    10**40,
    10**5000,
    float("nan"),
    float("inf"),
    Decimal("NaN"),
    Decimal("1e6144"),
    Decimal("-0"),
    1e-320,
    0.1,
    "",
    "x",
    "x" * 255,
    "x" * 256,
    "x" * 65_536,
    "\x00",
    "\ud800",
    '","sid":"d","id":1,"',
    "$s",
    "sid",
    "二",
    "25",
    "\u202e",
    "2026-03-01",
    "2026-03-01T10:00:00",
    "2026-03-01T10:00:00+08:00",
    "-999999999-01-01T00:00:00Z",
    "10:00:00",
    "10:00:00@Asia/Shanghai",
    "P1D",
    "P999999999D",
    date(1, 1, 1),
    LATEST,
    datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    timedelta.max,
    b"bytes",
    object(),
    {1: 2},
    set(),
]
"""Values that somebody might hand in."""


def nasty(chance: Random, depth: int = 0) -> object:
    """One of them, or lists and mappings of them."""
    if depth == 4 or chance.random() < 0.8:
        return chance.choice(ATOMS)
    if chance.random() < 0.5:
        return [nasty(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(["sid", "a", ""]): nasty(chance, depth + 1)}


def fitting(chance: Random, kind: str) -> object:
    """A value of a type, of the odd ones that go."""
    return chance.choice(
        {
            "string": ["", "x", "\x00", "\ud800", "sid", '"', "x" * 5000, "25"],
            "number": [0, -1, 25, Decimal("25.0"), 2**63, 10**33, Decimal("1e-6000"), 0.1, 1e300],
            "Any": [1, "1", True, [1, "1"], {"a": [None]}, date(2026, 3, 1), Decimal("1.0")],
            "list<string>": [[], ["a"], ["a", None], ["a"] * 300],
            "date": [date.min, date.max, date(2026, 3, 1), "2026-03-01"],
            "time": ["10:00:00", "10:00:00Z", "10:00:00@Europe/Rome", "10:00:00.000000001"],
            "date and time": ["2026-03-01T10:00:00", "2026-03-01T02:00:00Z", LATEST],
            "days and time duration": ["P1D", "PT24H", "-P1D", timedelta(microseconds=1)],
            "boolean": [True, False],
        }[kind]
    )


def hostile_event(chance: Random, is_fitting: bool) -> Event:
    """An event, most of it of the right types; or nothing like that."""
    data: object = {
        name: fitting(chance, kind) for name, kind in FIELDS.items() if chance.random() < 0.7
    }
    kind, at, id_ = chance.choice(["thing", "other"]), NOW - timedelta(days=1), None
    if not is_fitting:
        name = chance.choice([*FIELDS, "sid", "id", "$s", ""])
        data = nasty(chance) if chance.random() < 0.1 else {**data, name: nasty(chance)}  # type: ignore[dict-item]
        kind = chance.choice([kind, kind, kind, "made", "thong"])
        at = chance.choice([at, at, at, nasty(chance)])  # type: ignore[assignment]
        id_ = chance.choice([None, None, "same", "x" * 70_000, nasty(chance)])
    return Event(kind, at, data, id_)  # type: ignore[arg-type]


def main(seconds: float, seed: int) -> None:
    """Go on until the time is over; told at the end, or at the first difference."""
    chance = Random(seed)  # noqa: S311 # repeatable
    matcher, counts = DurableMatcher(), Counter[str]()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ready = rules(chance.randrange(10**9))
        for _ in range(50):
            is_fitting = chance.random() < 0.7
            events = [hostile_event(chance, is_fitting) for _ in range(chance.randrange(8))]
            facts = {"limit": nasty(chance)} if not is_fitting else {}
            counts[outcome(matcher, ready, facts, events)] += 1
    print(dict(sorted(counts.items())))  # noqa: T201 # a program, for test_hostile


def outcome(
    matcher: DurableMatcher, ready: EventRules, facts: dict[str, object], events: list[Event]
) -> str:
    """Whether facts and events are refused, or derive the same on both engines."""
    try:
        plain = derive_plainly(ready, facts, events, NOW)
    except FactError:
        return "refused"
    try:
        found = derive(matcher, ready, facts, events, NOW)
    except CannotExpressError:
        return "left to the plain matcher"
    assert found == plain, events
    return "something derived" if plain.events else "nothing derived"


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
