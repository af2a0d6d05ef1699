"""Rules over facts and events: a plain matcher that defines the meaning, and durable-rules."""

from keyaccount.backends.events.engines import Derive, derive_plainly, derive_with
from keyaccount.backends.events.events import Derived, DerivedEvent, DerivedFact, Event
from keyaccount.backends.events.rules import EventRules

__all__ = [
    "Derive",
    "Derived",
    "DerivedEvent",
    "DerivedFact",
    "Event",
    "EventRules",
    "derive_plainly",
    "derive_with",
]
