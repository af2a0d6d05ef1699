"""The OpenAPI document and its page."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from keyaccount.policy_set import PolicySet
from keyaccount.service.answers import encoded
from keyaccount.service.calls import Call, Reply
from keyaccount.service.openapi.document import document
from keyaccount.service.openapi.page import PAGE, SCRIPT, SECURITY
from keyaccount.service.service import Service


async def openapi(service: Service, call: Call) -> Reply:
    """`GET /v1/openapi.json`, of the version that serves."""
    return Reply(200, await asyncio.to_thread(_document, service.current.policies))


async def page(service: Service, call: Call) -> Reply:
    """`GET /docs`."""
    return Reply(200, PAGE.encode(), "text/html; charset=utf-8", SECURITY)


async def script(service: Service, call: Call) -> Reply:
    """`GET /docs/start.js`: apart from the page, which may then forbid scripts in line."""
    return Reply(200, SCRIPT.encode(), "text/javascript; charset=utf-8", SECURITY)


@lru_cache(maxsize=4)
def _document(policies: PolicySet) -> bytes:
    return encoded(document(policies))
