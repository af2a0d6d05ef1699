"""Find whatever was changed, removed, added or moved in the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Engine

from keyaccount.service.log.chain import START, Head, Link, digest_of, link_hash
from keyaccount.service.log.reading import Chain, Logged, chains, entries, is_text
from keyaccount.service.log.retention import NO_POLICY


class Fault(StrEnum):
    """What can be wrong with an entry, or with a chain's end."""

    GAP = "entries are missing before it"
    CHANGED = "its content is not what was logged"
    MISSING = "its content is gone though it was not erased"
    COLUMNS = "its columns do not say what its content says"
    BROKEN_LINK = "it does not follow from the entry before it"
    WRONG_END = "the chain does not end where its head says"
    UNTOLD_ERASURE = "contents up to it are said to be erased, but no entry says so"
    NOT_EXPECTED = "the chain does not hold the expected receipt"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where."""

    tenant: str
    sequence: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Verified:
    """How many entries were looked at, the ends of the chains, and what is wrong."""

    entries: int
    erased: int
    heads: dict[str, Head]
    findings: tuple[Finding, ...]


def verify(
    engine: Engine, expected: Head | None = None, tenant: str | None = None, most: int = 100
) -> Verified:
    """Check the chains of all tenants, or of one.

    Args:
        engine: of the database.
        expected: a receipt that somebody kept: the log must hold it. Against whoever
            can write the whole chain anew only such a receipt helps.
        tenant: whose receipt it is, and the only chain to be checked.
        most: findings at which to stop.
    """
    counted = 0
    erased = 0
    heads: dict[str, Head] = {}
    findings: list[Finding] = []
    for name, chain in chains(engine).items():
        if tenant is not None and name != tenant:
            continue
        walk = _Walk(name, chain)
        held = expected is None
        for logged in entries(engine, name):
            findings += walk.step(logged)
            counted += 1
            erased += logged.entry is None
            held = held or walk.end == expected
            if len(findings) >= most:
                break
        findings += walk.finish()
        if not held:
            assert expected is not None  # noqa: S101 -- INVARIANT: else it is held
            findings.append(Finding(name, expected.sequence, Fault.NOT_EXPECTED))
        heads[name] = walk.end
    return Verified(counted, erased, heads, tuple(findings[:most]))


class _Walk:
    """One chain, entry by entry."""

    def __init__(self, tenant: str, chain: Chain) -> None:
        self._tenant = tenant
        self._chain = chain
        self._erased = 0
        self.end = Head(0, START)

    def step(self, logged: Logged) -> Iterator[Finding]:
        """What is wrong with an entry, seen from the one before it."""
        if logged.sequence != self.end.sequence + 1:
            yield self._finding(logged.sequence, Fault.GAP)
        if not is_text(logged):
            yield self._finding(logged.sequence, Fault.CHANGED)
            self.end = Head(logged.sequence, str(logged.hash))
            return
        if fault := self._fault_of_content(logged):
            yield self._finding(logged.sequence, fault)
        link = Link(
            logged.tenant,
            logged.sequence,
            logged.at,
            logged.policy,
            logged.version,
            logged.digest,
        )
        if link_hash(self.end.hash, link) != logged.hash:
            yield self._finding(logged.sequence, Fault.BROKEN_LINK)
        self.end = Head(logged.sequence, logged.hash)

    def _fault_of_content(self, logged: Logged) -> Fault | None:
        if logged.entry is None:
            return Fault.MISSING if logged.sequence > self._chain.erased else None
        if digest_of(logged.entry.encode()) != logged.digest:
            return Fault.CHANGED
        try:
            content = json.loads(logged.entry)
        except (ValueError, RecursionError):
            return Fault.COLUMNS
        if not isinstance(content, dict) or not _columns_agree(logged, content):
            return Fault.COLUMNS
        if logged.policy == NO_POLICY:
            self._erased = max(self._erased, _erased_until(content))
        return None

    def finish(self) -> Iterator[Finding]:
        """Whether the chain ends where its head says, and all that is erased was."""
        if self.end != self._chain.head:
            yield self._finding(self._chain.head.sequence, Fault.WRONG_END)
        if self._erased < self._chain.erased:
            yield self._finding(self._chain.erased, Fault.UNTOLD_ERASURE)

    def _finding(self, sequence: int, fault: Fault) -> Finding:
        return Finding(self._tenant, sequence, fault)


def _columns_agree(logged: Logged, content: dict[str, object]) -> bool:
    """The reference is in no link; all else is, but a change is told where it is."""
    told = (content.get("at"), content.get("policy"), content.get("version"))
    if told != (logged.at, logged.policy, logged.version):
        return False
    return bool(content.get("reference") == logged.reference)


def _erased_until(content: dict[str, object]) -> int:
    """Up to which entry an erasure went, by its own entry; 0 where the content is none."""
    told = content.get("erased")
    until = told.get("until") if isinstance(told, dict) else None
    return until if isinstance(until, int) else 0
