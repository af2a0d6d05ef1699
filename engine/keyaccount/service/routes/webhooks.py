"""The tenant's webhooks."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from keyaccount.cases.effects.addresses import is_public
from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.service.bodies import Reader
from keyaccount.service.calls import Call, Reply
from keyaccount.service.refusal import RefusalError
from keyaccount.service.service import Service
from keyaccount.service.webhooks.sending import add, remove, webhooks


class NewWebhook(msgspec.Struct, forbid_unknown_fields=True):
    """Where events are to go."""

    url: Annotated[str, msgspec.Meta(max_length=2000, pattern=r"^https?://[\x21-\x7e]+$")]


_WEBHOOK = Reader(NewWebhook)
_PUBLIC_URL = Text("https://a.public.host/path", "公网地址，如 https://a.public.host/path")


async def list_webhooks(service: Service, call: Call) -> Reply:
    """`GET /v1/webhooks`."""
    found = await asyncio.to_thread(webhooks, service.engine, call.caller.tenant)
    told = [{**asdict(each), "created_at": each.created_at.isoformat()} for each in found]
    return Reply(200, msgspec.json.encode({"webhooks": told}))


async def add_webhook(service: Service, call: Call) -> Reply:
    """`POST /v1/webhooks`: the answer is the only place where the secret is shown."""
    url = _WEBHOOK.read(call.body).url
    _refuse_private(url, service.settings.allowed_hosts)
    id_, secret = await asyncio.to_thread(
        add, service.engine, call.caller.tenant, url, datetime.now(UTC)
    )
    return Reply(201, msgspec.json.encode({"id": id_, "secret": secret}))


async def delete_webhook(service: Service, call: Call) -> Reply:
    """`DELETE /v1/webhooks/{id}`."""
    id_ = call.path("id").replace("\x00", "\ufffd")
    if not await asyncio.to_thread(remove, service.engine, call.caller.tenant, id_):
        raise RefusalError(404, [messages.not_found(call.scope["path"])])
    return Reply(204)


def _refuse_private(url: str, allowed: tuple[str, ...]) -> None:
    """Refuse at once what can be seen at once; whatever names turn out to be is seen on sending."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        host, port = "", None
    told = [messages.bad_parameter("url", url[:200], _PUBLIC_URL)]
    if not host or port == 0:
        raise RefusalError(422, told)
    if host.lower() in allowed:
        return
    try:
        ip_address(host)
    except ValueError:
        if host.lower() == "localhost":
            raise RefusalError(422, told) from None
        return
    if not is_public(host):
        raise RefusalError(422, told)
