"""Decide again what was decided, by the version that did, and compare."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec
from sqlalchemy import Engine

from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.policy_set import PolicySet
from keyaccount.service.answers import encoder_of
from keyaccount.service.bodies import Facts, Reader
from keyaccount.service.log.entry import MASKED
from keyaccount.service.log.reading import Logged, chains, entries
from keyaccount.service.log.retention import NO_POLICY
from keyaccount.service.refusal import RefusalError
from keyaccount.service.versions import store


class _Content(msgspec.Struct):
    """The parts of an entry's content that a replay needs."""

    at: datetime
    as_of: date
    facts: Facts
    decisions: msgspec.Raw
    wanted: list[str] | None = None


_CONTENT = Reader(_Content)


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry that comes out otherwise; `error` is the code of what stopped the replay."""

    tenant: str
    sequence: int
    error: str | None = None


@dataclass(slots=True)
class Replayed:
    """The count of entries by how they came out.

    `masked` were not decided again: they hold facts whose values were not kept.
    """

    identical: int = 0
    masked: int = 0
    erased: int = 0
    differences: list[Difference] = field(default_factory=list)


def replay(engine: Engine, version: str | None = None, tenant: str | None = None) -> Replayed:
    """Decide all logged entries again.

    Args:
        engine: of the database.
        version: the version to decide by; of each entry its own where left out.
        tenant: only this one's entries.

    Raises:
        UnknownNameError: there is no such version.
    """
    found = Replayed()
    versions: dict[str, PolicySet] = {}
    if version is not None:
        versions[version] = store.load(engine, version)
    for name in chains(engine):
        if tenant is not None and name != tenant:
            continue
        for logged in entries(engine, name):
            _count(engine, logged, version, versions, found)
    return found


def _count(
    engine: Engine,
    logged: Logged,
    version: str | None,
    versions: dict[str, PolicySet],
    found: Replayed,
) -> None:
    if logged.entry is None:
        found.erased += 1
        return
    if logged.policy == NO_POLICY:
        return
    try:
        content = _content(logged)
    except RefusalError as refusal:
        code = refusal.diagnostics[0].code
        found.differences.append(Difference(logged.tenant, logged.sequence, code))
        return
    if MASKED in content.facts.values():
        found.masked += 1
        return
    wanted = version or logged.version
    try:
        if wanted not in versions:
            versions[wanted] = store.load(engine, wanted)
        again = _decided_again(versions[wanted], logged.policy, content)
    except KeyaccountError as error:
        code = error.diagnostics[0].code
        found.differences.append(Difference(logged.tenant, logged.sequence, code))
        return
    if again == bytes(content.decisions):
        found.identical += 1
    else:
        found.differences.append(Difference(logged.tenant, logged.sequence))


def _content(logged: Logged) -> _Content:
    """The entry's content; RefusalError where somebody has made something else of it."""
    entry = logged.entry
    return _CONTENT.decoded(entry.encode() if isinstance(entry, str) else entry or b"")


def _decided_again(policies: PolicySet, policy: str, content: _Content) -> bytes:
    result = policies.decide(
        policy, content.facts, as_of=content.as_of, now=content.at, decisions=content.wanted
    )
    return encoder_of(result, policies.program).decisions(result)
