"""durable-rules as a matcher, in this process: for tests and measurements.

Cases are run by `supervised`, in which a crash of the library takes no process down but its own.
"""

from __future__ import annotations

from keyaccount.backends.events import encoding
from keyaccount.backends.events.network import Match, Network, Session
from keyaccount.backends.events.rete import Rete


class DurableMatcher:
    """Matches by durable-rules, or raises: it never falls back. Used by one thread."""

    def __init__(self) -> None:
        self._rete = Rete()

    def __call__(self, network: Network, session: Session) -> list[list[Match]]:
        """The matches of each rule.

        Raises:
            CannotExpressError: larger than what the library was found right with.
            EngineFailedError: the library reported an error.
        """
        facts = encoding.facts(network, session)
        return encoding.matches_of(network, self._rete.run(encoding.rule_set(network), facts))

    def close(self) -> None:
        """Free the library's memory."""
        self._rete.close()
