"""Keys of the caller's own tenant."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.access.callers import Role
from keyaccount.service.access.keys import Key, add_key, keys, revoke_key
from keyaccount.service.bodies import Reader, Reference
from keyaccount.service.calls import Call, Reply
from keyaccount.service.refusal import RefusalError
from keyaccount.service.service import Service


class NewKey(msgspec.Struct, forbid_unknown_fields=True):
    """A key to make; `rate` in decisions a second."""

    name: Reference
    roles: Annotated[list[Role], msgspec.Meta(min_length=1)]
    rate: Annotated[float, msgspec.Meta(gt=0, le=1e9)] | None = None


_KEY = Reader(NewKey)


async def list_keys(service: Service, call: Call) -> Reply:
    """`GET /v1/keys`: without their secrets, which nobody has."""
    found = await asyncio.to_thread(keys, service.engine, call.caller.tenant)
    return Reply(200, msgspec.json.encode({"keys": [_told(each) for each in found]}))


async def make_key(service: Service, call: Call) -> Reply:
    """`POST /v1/keys`: the answer is the only place where the key is ever shown."""
    given = _KEY.read(call.body)
    secret = await asyncio.to_thread(
        add_key,
        service.engine,
        given.name,
        call.caller.tenant,
        frozenset(given.roles),
        datetime.now(UTC),
        given.rate,
    )
    return Reply(201, msgspec.json.encode({"key": secret}))


async def delete_key(service: Service, call: Call) -> Reply:
    """`DELETE /v1/keys/{id}`."""
    id_ = call.path("id").replace("\x00", "\ufffd")
    if not await asyncio.to_thread(revoke_key, service.engine, id_, call.caller.tenant):
        raise RefusalError(404, [messages.not_found(call.scope["path"])])
    return Reply(204)


def _told(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "roles": sorted(key.roles),
        "rate": key.rate,
        "created_at": key.created_at.isoformat(),
        "revoked": key.revoked,
    }
