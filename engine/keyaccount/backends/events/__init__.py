"""Rules over facts and events: a plain matcher that defines the meaning, and durable-rules."""

from keyaccount.backends.events.engines import derive_plainly
from keyaccount.backends.events.events import Derived, DerivedEvent, DerivedFact, Event
from keyaccount.backends.events.rules import EventRules

__all__ = [
    "Derived",
    "DerivedEvent",
    "DerivedFact",
    "Event",
    "EventRules",
    "derive_plainly",
]
