"""Event rules written as YAML, made ready."""

from __future__ import annotations

from datetime import datetime
from textwrap import indent

from keyaccount.backends.events import Derived, Event, EventRules, derive_plainly
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.ir.lowering import lower
from keyaccount.source import Source

NOW = datetime.fromisoformat("2026-06-30T12:00:00+08:00")


def rules_of(text: str, facts: str = "{}", decisions: str = "fine: {value: true}") -> EventRules:
    """The rules of a policy with these `events:` and `event rules:`."""
    source = f"policy: sample\nfacts:\n{indent(facts, '  ')}\ndecisions:\n"
    source += f"{indent(decisions, '  ')}\n{text}"
    policy = read_policy(Source("sample.yaml", source))
    return EventRules(lower({"sample": policy}), "sample")


def event(kind: str, at: str, id_: str | None = None, **data: object) -> Event:
    """An event at a time of day or a date of the spring of 2026, in Shanghai."""
    day, _, clock = at.partition(" ")
    return Event(kind, f"2026-{day}T{clock or '12:00'}:00+08:00", data, id_)


def run(rules: EventRules, *events: Event, now: datetime = NOW, **facts: object) -> Derived:
    return derive_plainly(rules, facts, events, now)


def told(derived: Derived, kind: str) -> list[dict[str, object]]:
    """The data of the derived events of a kind."""
    return [dict(each.data) for each in derived.events if each.kind == kind]
