"""The C library of durable-rules, called in the one way in which it is right.

This module imports nothing of keyaccount, for it is also the program of the
child process that `supervised` runs: a crash of the library then costs one
answer, not the process that serves cases. It speaks texts and whole numbers;
`encoding` makes them of rules and events.

The library is unmaintained and easy to crash, so each guard stands with its
reason. Guards on what may be written in rules and facts are in `encoding`.
"""

from __future__ import annotations

import json
import sys
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, TextIO

# The C functions, not the package's own Python: its `Host` runs threads, which crash with
# several live sessions, and its state helpers know clocks and retries that we must not have.
import durable_rules_engine as library  # type: ignore[import-not-found,unused-ignore]

OPENING = '{"sid":"c","id":0,"t":0,"one":1}'
"""A fact that the sentinel rule of each rule set fires on.

A session in which nothing fires crashes when it is deleted; in this one something always does.
"""
MAX_FIRINGS = 20_000
MAX_RULE_SETS = 16

Firing = tuple[int, ...]
"""The place of a rule, then the numbers of its events."""


class EngineFailedError(Exception):
    """The library reported an error; the rule set at hand was thrown away."""


class Rete:
    """Rule sets of durable-rules. To be used by one thread: the library's state is its own."""

    def __init__(self) -> None:
        self._handles: OrderedDict[str, Any] = OrderedDict()

    def run(self, rule_set: str, facts: Sequence[str]) -> list[Firing]:
        """What fires, in no particular order.

        Args:
            rule_set: a rule set in JSON, as `encoding.rule_set` writes it.
            facts: in JSON, without session and id, in the order in which they are asserted.

        Raises:
            EngineFailedError: the library reported an error.
        """
        handle = self._handle(rule_set)
        try:
            return self._session(handle, facts)
        except (library.error, MemoryError, EngineFailedError, ValueError) as error:
            # After an error the session is in a state that nothing is known of: it goes with its
            # rule set, and the next call builds both anew.
            del self._handles[rule_set]
            library.delete_ruleset(handle)
            raise EngineFailedError(str(error)) from None

    def close(self) -> None:
        """Free all rule sets."""
        while self._handles:
            _, handle = self._handles.popitem()
            library.delete_ruleset(handle)

    def _handle(self, rule_set: str) -> Any:
        if rule_set in self._handles:
            self._handles.move_to_end(rule_set)
            return self._handles[rule_set]
        if len(self._handles) >= MAX_RULE_SETS:
            _, oldest = self._handles.popitem(last=False)
            library.delete_ruleset(oldest)
        try:
            handle = library.create_ruleset("p", rule_set)
        except (library.error, MemoryError) as error:
            raise EngineFailedError(str(error)) from None
        # Fired once before its first session is deleted: deletion in a rule set that never fired
        # crashes (28 of 32 processes without this).
        self._session(handle, ())
        self._handles[rule_set] = handle
        return handle

    def _session(self, handle: Any, facts: Sequence[str]) -> list[Firing]:
        # One live session under one short, fixed name: beyond 1,024 of them the library crashes,
        # and long names overrun a buffer.
        offset = _assert(handle, OPENING)
        for number, fact in enumerate(facts, 1):
            # Small ids of our own: texts are identified by a 32-bit hash, which collides.
            _assert(handle, f'{{"sid":"c","id":{number},{fact[1:]}')
        # All facts first, then all firings: asserting between firings is where negation goes wrong.
        firings: list[Firing] = []
        started = library.start_action_for_state(handle, offset)
        message = started[1] if started else None
        while message:
            ((name, bound),) = json.loads(message).items()
            if name != "zz":
                numbers = (bound[f"v{place}"]["fn"] for place in range(len(bound)))
                firings.append((int(name[1:]), *numbers))
                if len(firings) > MAX_FIRINGS:
                    raise EngineFailedError("too many firings")
            message = library.complete_and_start_action(handle, offset)
        library.delete_state(handle, "c")
        return firings


def _assert(handle: Any, fact: str) -> int:
    # `assert_fact` one by one: `assert_facts` crashes on an empty object.
    code, offset = library.assert_fact(handle, fact)
    if code > 1:  # 1: no rule looks at the fact, which is in order
        raise EngineFailedError(f"fact refused with code {code}")
    return int(offset)


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer requests, one a line, until there are none: `[rule set, facts]` by JSON."""
    rete = Rete()
    for line in requests:
        rule_set, facts = json.loads(line)
        try:
            answer: dict[str, object] = {"fired": rete.run(rule_set, facts)}
        except EngineFailedError as error:
            answer = {"failed": str(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
