"""Read the decision log and what the shadow decided otherwise."""

from __future__ import annotations

import asyncio

import msgspec

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.calls import Call, Reply, number
from keyaccount.service.log.reading import Logged, differences, one, page
from keyaccount.service.refusal import RefusalError
from keyaccount.service.service import Service

_MOST = 1000
_USUAL = 100
_LAST = 2**62


async def read_log(service: Service, call: Call) -> Reply:
    """`GET /v1/log?after=&limit=&policy=&reference=`."""
    query = call.query()
    after = number(query, "after", 0, _LAST)
    most = number(query, "limit", _USUAL, _MOST)
    found = await asyncio.to_thread(
        page,
        service.engine,
        call.caller.tenant,
        after,
        most,
        _text(query.get("policy")),
        _text(query.get("reference")),
    )
    last = found[-1].sequence if found else after
    items = b",".join(map(_encoded, found))
    return Reply(200, b'{"entries":[' + items + b'],"last":%d}' % last)


async def read_entry(service: Service, call: Call) -> Reply:
    """`GET /v1/log/{sequence}`."""
    sequence = number({"sequence": call.path("sequence")}, "sequence", 0, _LAST)
    found = await asyncio.to_thread(one, service.engine, call.caller.tenant, sequence)
    if found is None:
        raise RefusalError(404, [messages.not_found(call.scope["path"])])
    return Reply(200, _encoded(found))


async def read_differences(service: Service, call: Call) -> Reply:
    """`GET /v1/shadow/differences?after=&limit=`."""
    query = call.query()
    after = number(query, "after", 0, _LAST)
    most = number(query, "limit", _USUAL, _MOST)
    found = await asyncio.to_thread(differences, service.engine, call.caller.tenant, after, most)
    items = [
        {
            "entry": each["sequence"],
            "policy": each["policy"],
            "version": each["version"],
            "shadow": each["shadow"],
            **msgspec.json.decode(str(each["differences"]), type=dict[str, msgspec.Raw]),
        }
        for each in found
    ]
    return Reply(200, msgspec.json.encode({"differences": items}))


def _text(given: str | None) -> str | None:
    """A text to look for; no text in the log holds a null character, and PostgreSQL takes none."""
    return None if given is None else given.replace("\x00", "\ufffd")


def _encoded(logged: Logged) -> bytes:
    """An entry as JSON, its content as it was logged, to the byte."""
    content = b"null" if logged.entry is None else logged.entry.encode()
    return b'{"entry":%d,"policy":%b,"version":"%b","digest":"%b","hash":"%b","content":%b}' % (
        logged.sequence,
        msgspec.json.encode(logged.policy),
        logged.version.encode(),
        logged.digest.encode(),
        logged.hash.encode(),
        content,
    )
