"""durable-rules in a child process: a crash costs one answer, which the plain matcher gives."""

from __future__ import annotations

import json
import logging
import os
import select
import subprocess
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, cast

from keyaccount.backends.events import encoding, plain
from keyaccount.backends.events.network import Match, Network, Session

LOG = logging.getLogger("keyaccount.events")

PROGRAM = Path(__file__).with_name("rete.py")
TIMEOUT = 10.0
"""How long an answer may take, in seconds."""
MAX_CRASHES = 3
"""So often may rules bring the child down; then the plain matcher takes them for good."""
SESSIONS_A_CHILD = 100_000
"""After so many the child is replaced, so that nothing that leaks in it can grow for ever."""
_CHUNK = 1 << 16


def is_available() -> bool:
    """Whether durable-rules is installed, on a system on which its child can be watched."""
    return os.name == "posix" and find_spec("durable_rules_engine") is not None


class ChildLostError(Exception):
    """The child ended, or did not answer in time."""


class SupervisedMatcher:
    """Matches by durable-rules in a child process, or else by the plain matcher.

    Whatever goes wrong with the child is logged, and the plain matcher gives
    the answer, so that none is ever lost. Thread-safe: answers are given one
    after the other. The child starts with the first question.
    """

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._rule_sets: dict[Network, str | None] = {}
        self._crashes: dict[Network, int] = {}

    def __call__(self, network: Network, session: Session) -> list[list[Match]]:
        """The matches of each rule. Raises TooManyMatchesError, as the plain matcher does."""
        with self._lock:
            found = self._by_child(network, session)
        return plain.matches(network, session) if found is None else found

    def close(self) -> None:
        """End the child."""
        with self._lock:
            if self._child is not None:
                self._child.end()
            self._child = None

    def _by_child(self, network: Network, session: Session) -> list[list[Match]] | None:
        """The child's answer; None where there is none."""
        rule_set = self._rule_set(network)
        if rule_set is None:
            return None
        try:
            question = [rule_set, encoding.facts(network, session)]
        except encoding.CannotExpressError as error:
            LOG.info("durable-rules is not asked: %s; the plain matcher answers", error)
            return None
        try:
            answer = self._living().ask(question, self._timeout)
        except ChildLostError as error:
            self._lost(network, error)
            return None
        if "failed" in answer:
            LOG.warning("durable-rules failed: %s; the plain matcher answers", answer["failed"])
            return None
        return encoding.matches_of(network, answer["fired"])

    def _rule_set(self, network: Network) -> str | None:
        """The rules in the library's JSON; None where it is not trusted with them."""
        if self._crashes.get(network, 0) >= MAX_CRASHES:
            return None
        if network not in self._rule_sets:
            try:
                self._rule_sets[network] = encoding.rule_set(network)
            except encoding.CannotExpressError as error:
                LOG.warning("durable-rules cannot take the rules: %s", error)
                self._rule_sets[network] = None
        return self._rule_sets[network]

    def _living(self) -> _Child:
        child = self._child
        if child is not None and not child.is_fit():
            child.end()
            child = None
        if child is None:
            child = self._child = _Child()
        return child

    def _lost(self, network: Network, error: ChildLostError) -> None:
        self._crashes[network] = self._crashes.get(network, 0) + 1
        LOG.error("durable-rules: %s; the plain matcher answers", error)
        if self._crashes[network] == MAX_CRASHES:
            LOG.error(
                "durable-rules crashed %d times on the same rules, and is not asked about"
                " them any more",
                MAX_CRASHES,
            )
        if self._child is not None:
            self._child.end()
        self._child = None


class _Child:
    """A running `rete` program."""

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._sessions = 0
        self._process = subprocess.Popen(  # noqa: S603 # our own program, by its full path
            # -P: the folder of the program is not searched for modules.
            [sys.executable, "-P", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._questions = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_fit(self) -> bool:
        """Whether it lives, is not worn out, and is our own, not a parent's from before a fork."""
        is_own = self._owner == os.getpid()
        return is_own and self._sessions < SESSIONS_A_CHILD and self._process.poll() is None

    def ask(self, question: object, timeout: float) -> dict[str, list[list[int]]]:
        """The answer to a question.

        Raises:
            ChildLostError: it ended, or did not answer in time.
        """
        self._sessions += 1
        try:
            self._questions.write(json.dumps(question).encode() + b"\n")
            self._questions.flush()
        except OSError:
            raise ChildLostError(self._end_told()) from None
        answer: dict[str, list[list[int]]] = json.loads(self._line(timeout))
        return answer

    def _line(self, timeout: float) -> bytes:
        descriptor = self._answers.fileno()
        parts: list[bytes] = []
        while not parts or not parts[-1].endswith(b"\n"):
            ready, _, _ = select.select([descriptor], [], [], timeout)
            if not ready:
                raise ChildLostError(f"no answer within {timeout:g} s")
            part = os.read(descriptor, _CHUNK)
            if not part:
                raise ChildLostError(self._end_told())
            parts.append(part)
        return b"".join(parts)

    def _end_told(self) -> str:
        return f"its process ended with code {self._process.wait(timeout=TIMEOUT)}"

    def end(self) -> None:
        """End it, unless it is a parent's from before a fork."""
        if self._owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        with suppress(OSError):  # what was not written any more goes with it
            self._questions.close()
        self._answers.close()
