"""What runs event rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from keyaccount.backends.events.derivation import derive
from keyaccount.backends.events.events import Derived, Event
from keyaccount.backends.events.plain import matches
from keyaccount.backends.events.rules import EventRules


def derive_plainly(
    rules: EventRules, facts: Mapping[str, object], events: Iterable[Event], now: datetime
) -> Derived:
    """`derive` on the plain matcher."""
    return derive(matches, rules, facts, events, now)
