"""Health, readiness, measures."""

from __future__ import annotations

import asyncio

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.service.access.operator import refuse_others
from keyaccount.service.calls import Call, Reply
from keyaccount.service.measures import CONTENT_TYPE
from keyaccount.service.service import Service
from keyaccount.storage.engine import reading


async def healthz(service: Service, call: Call) -> Reply:
    """`GET /healthz`: the process answers."""
    return Reply(200, b'{"status":"ok"}')


async def readyz(service: Service, call: Call) -> Reply:
    """`GET /readyz`: it takes requests, and its database can be read."""
    if service.stopping:
        return Reply(503, b'{"status":"stopping"}')
    try:
        await asyncio.to_thread(_ask, service)
    except (SQLAlchemyError, KeyaccountError):
        return Reply(503, b'{"status":"no database"}')
    state = "broken policies refused" if service.current.broken else "ok"
    return Reply(
        200, msgspec.json.encode({"status": state, "version": service.current.policies.version})
    )


async def metrics(service: Service, call: Call) -> Reply:
    """`GET /metrics`, for Prometheus: of all tenants together."""
    refuse_others(call.caller)
    return Reply(200, service.measures.text(), CONTENT_TYPE)


def _ask(service: Service) -> None:
    with reading(service.engine) as connection:
        connection.execute(text("SELECT 1"))
