"""Facts over time, and what they make of the decisions."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.policy_set import PolicySet
from keyaccount.service.answers import encode
from keyaccount.service.bodies import Facts, Reader, Reference
from keyaccount.service.calls import Call, Reply, number
from keyaccount.service.deciding import sensitive_facts
from keyaccount.service.log.entry import MASKED
from keyaccount.service.refusal import RefusalError
from keyaccount.service.service import Service
from keyaccount.service.subjects import facts as over_time
from keyaccount.service.subjects.facts import EVERYWHERE, Known, Subject
from keyaccount.service.subjects.recording import events, record
from keyaccount.storage.engine import reading

_NAME_LENGTH = 200
_MOST = 1000
_USUAL = 100
_LAST = 2**62
_DAY_OR_INSTANT = Text(
    "2026-01-31 or 2026-01-31T17:30:00+08:00", "2026-01-31 或 2026-01-31T17:30:00+08:00"
)
_INSTANT = Text("2026-01-31T17:30:00Z", "2026-01-31T17:30:00Z")


class NewFacts(msgspec.Struct, forbid_unknown_fields=True):
    """Facts from an instant or a day on; at once where left out."""

    facts: Annotated[Facts, msgspec.Meta(min_length=1, max_length=_MOST)]
    valid_from: str | None = None
    scope: Reference | None = None


_FACTS = Reader(NewFacts)


async def add_facts(service: Service, call: Call) -> Reply:
    """`POST /v1/accounts/{id}/facts`."""
    given = _FACTS.read(call.body)
    service.rates.take(call.caller)
    return Reply(200, await asyncio.to_thread(_added, service, call, given))


async def read_facts(service: Service, call: Call) -> Reply:
    """`GET /v1/accounts/{id}/facts?scope=&valid_at=&known_at=`.

    Sensitive values are kept, as decisions made again need them, but nobody reads them back.
    """
    query = call.query()
    now = datetime.now(UTC)
    valid_at = _instant(query.get("valid_at"), "valid_at", now)
    known_at = _instant(query.get("known_at"), "known_at", now)
    known = await asyncio.to_thread(_history, service, _subject(call))
    found = over_time.at(known, query.get("scope", EVERYWHERE), valid_at, known_at)
    return Reply(200, encode({"facts": _masked(service.current.policies, found)}))


async def read_history(service: Service, call: Call) -> Reply:
    """`GET /v1/accounts/{id}/history?after=&limit=`."""
    query = call.query()
    after = number(query, "after", 0, _LAST)
    most = number(query, "limit", _USUAL, _MOST)
    found = await asyncio.to_thread(events, service.engine, _subject(call), after, most)
    last = found[-1][0] if found else after
    inner = ",".join(event for _, event in found)
    return Reply(200, f'{{"events":[{inner}],"last":{last}}}'.encode())


def _masked(policies: PolicySet, facts: Facts) -> Facts:
    """Without the values of sensitive facts, and of those that are declared no more: who knows."""
    shown = policies.program.facts.keys() - sensitive_facts(policies)
    return {name: value if name in shown else MASKED for name, value in facts.items()}


def _added(service: Service, call: Call, given: NewFacts) -> bytes:
    now = datetime.now(UTC)
    policies = service.current.policies
    changes = record(
        service.engine,
        policies,
        _subject(call),
        given.scope or EVERYWHERE,
        given.facts,
        _valid_from(given.valid_from, service, now),
        now,
        call.caller,
    )
    told = [
        b'{"scope":%b,"policy":%b,"decision":%b,"entry":%d,"before":%b,"after":%b}'
        % (
            encode(each.scope or None),
            encode(each.policy),
            encode(each.decision),
            each.entry,
            (each.before or "null").encode(),
            each.after.encode(),
        )
        for each in changes
    ]
    head = b'{"version":"%b","known_since":"%b","changes":['
    return head % (policies.version.encode(), now.isoformat().encode()) + b",".join(told) + b"]}"


def _subject(call: Call) -> Subject:
    name = call.path("id")
    # A replacement character stands for bytes that are no UTF-8: two such names would be one.
    if not name.isprintable() or "\ufffd" in name or len(name) > _NAME_LENGTH:
        wanted = Text(
            f"at most {_NAME_LENGTH} printable characters", f"最多 {_NAME_LENGTH} 个可见字符"
        )
        raise RefusalError(422, [messages.bad_parameter("id", name[:_NAME_LENGTH], wanted)])
    return Subject(call.caller.tenant, name)


def _history(service: Service, subject: Subject) -> list[Known]:
    with reading(service.engine) as connection:
        return over_time.history(connection, subject)


def _valid_from(given: str | None, service: Service, now: datetime) -> datetime:
    """An instant; a day begins where the first policy's clocks say so, as does one without zone."""
    if given is None:
        return now
    zone = ZoneInfo(next(iter(service.current.policies.policies.values())).time_zone)
    try:
        found = datetime.fromisoformat(given)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        told = messages.bad_parameter("valid_from", given[:100], _DAY_OR_INSTANT)
        raise RefusalError(422, [told]) from None


def _instant(text: str | None, name: str, now: datetime) -> datetime:
    if text is None:
        return now
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusalError(422, [messages.bad_parameter(name, text[:100], _INSTANT)]) from None
