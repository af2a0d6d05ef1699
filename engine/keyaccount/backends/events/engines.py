"""What runs event rules, and the setting that picks it."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from typing import Protocol

from keyaccount.backends.events import supervised
from keyaccount.backends.events.derivation import derive
from keyaccount.backends.events.events import Derived, Event
from keyaccount.backends.events.plain import matches
from keyaccount.backends.events.rules import EventRules
from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.diagnostics.event_messages import engine_not_installed, unknown_engine

SETTING = "KEYACCOUNT_EVENT_ENGINE"
"""The environment variable by which an engine is picked."""


class Derive(Protocol):
    """What runs event rules: `derivation.derive` on some matcher."""

    def __call__(
        self,
        rules: EventRules,
        facts: Mapping[str, object],
        events: Iterable[Event],
        now: datetime,
        since: datetime | None = None,
        passed: datetime | None = None,
    ) -> Derived: ...


class Engine(StrEnum):
    """What matches events. `auto`: durable-rules where it is installed, else the plain matcher."""

    AUTO = "auto"
    PLAIN = "plain"
    DURABLE = "durable"


def derive_plainly(
    rules: EventRules,
    facts: Mapping[str, object],
    events: Iterable[Event],
    now: datetime,
    since: datetime | None = None,
    passed: datetime | None = None,
) -> Derived:
    """`derive` on the plain matcher: for rehearsals, tests, and where speed counts most."""
    return derive(matches, rules, facts, events, now, since, passed)


def derive_with(engine: str | None = None) -> Derive:
    """What runs event rules for live cases.

    Args:
        engine: `auto`, `plain` or `durable`; where it is left out, what the environment variable
            KEYACCOUNT_EVENT_ENGINE says, else `auto`.

    Raises:
        KeyaccountError: no such engine, or durable-rules asked for and not installed.
    """
    name = (engine or os.environ.get(SETTING) or Engine.AUTO).strip().lower()
    if name not in list(Engine):
        raise KeyaccountError([unknown_engine(name, tuple(Engine))])
    is_there = supervised.is_available()
    if name == Engine.DURABLE and not is_there:
        raise KeyaccountError([engine_not_installed()])
    if name == Engine.PLAIN or not is_there:
        return derive_plainly
    return partial(derive, _shared())


@cache
def _shared() -> supervised.SupervisedMatcher:
    """One child for all of this process."""
    matcher = supervised.SupervisedMatcher()
    atexit.register(matcher.close)
    return matcher
