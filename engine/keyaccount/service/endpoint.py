"""What every route has in common: admission, access, bounds, errors, measures."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from time import perf_counter

from starlette.types import Receive, Scope, Send

from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import KeyaccountError, Language
from keyaccount.service.access.callers import Role
from keyaccount.service.calls import Call, Reply, header, language_of
from keyaccount.service.refusal import PROBLEM, RefusalError, problem_body, refusal_of
from keyaccount.service.service import Service

Handler = Callable[[Service, Call], Awaitable[Reply]]

_LOG = logging.getLogger("keyaccount.service")
_BUSY = {"Retry-After": "1"}


@dataclass(frozen=True, slots=True)
class Route:
    """A route: its handler, who may take it, what bodies it reads.

    `roles`: any of them opens it; empty: any valid key; None: open to all.
    `body_bytes` is the most that is read before the handler is called; None
    where it reads the body itself. `timed`: not where whatever may take its
    time has a limit of its own.
    """

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role] | None
    content_types: tuple[str, ...] = ()
    body_bytes: int | None = 0
    timed: bool = True


class Endpoint:
    """A route as an ASGI application: nothing of a framework stands on the way of a decision."""

    def __init__(self, service: Service, routes: Mapping[str, Route]) -> None:
        self._service = service
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        service = self._service
        method = scope["method"]
        route = self._routes.get("GET" if method == "HEAD" else method)
        started = perf_counter()
        status = 500
        try:
            if route is None:
                reply = self._no_such_method(scope)
            elif service.traced is None:
                reply = await self._answered(route, scope, receive)
            else:
                with service.traced(scope, route.path) as tell:
                    reply = await self._answered(route, scope, receive)
                    tell(reply.status)
            status = reply.status
            await _send(reply, send, with_body=method != "HEAD")
        finally:
            path = route.path if route is not None else ""
            service.measures.answered(path, status, perf_counter() - started)

    def _no_such_method(self, scope: Scope) -> Reply:
        known = ", ".join(sorted(self._routes))
        told = messages.wrong_method(scope["method"], scope["path"])
        return _refused(RefusalError(405, [told], {"Allow": known}), scope)

    async def _answered(self, route: Route, scope: Scope, receive: Receive) -> Reply:
        service = self._service
        is_open = route.roles is None
        if not is_open and service.waiting >= service.settings.bounds.waiting:
            return await self._shed(scope)
        service.waiting += not is_open
        try:
            if not route.timed:
                return await self._handled(route, scope, receive)
            async with asyncio.timeout(service.settings.bounds.seconds):
                return await self._handled(route, scope, receive)
        except RefusalError as refusal:
            return _refused(refusal, scope)
        except KeyaccountError as error:
            return _refused(refusal_of(error), scope)
        except TimeoutError:
            told = messages.too_slow(service.settings.bounds.seconds)
            return _refused(RefusalError(503, [told], _BUSY), scope)
        except Exception:  # noqa: BLE001 -- the last resort: told to the log, not to the caller
            return _broken(scope)
        finally:
            service.waiting -= not is_open

    async def _shed(self, scope: Scope) -> Reply:
        """Busy: the answer waits a little, so that who asks again at once does no harm."""
        self._service.measures.shed()
        await asyncio.sleep(self._service.settings.bounds.shed_seconds)
        return overloaded(language_of(scope))

    async def _handled(self, route: Route, scope: Scope, receive: Receive) -> Reply:
        service = self._service
        call = Call(scope, receive)
        if route.roles is not None:
            key = header(scope, b"authorization")
            call.caller = service.gate.known(key) or await service.gate.caller(key)
            if route.roles and not route.roles & call.caller.roles:
                role = " or ".join(sorted(route.roles))
                raise RefusalError(403, [messages.not_allowed(role)])
        if route.content_types:
            call.content_type = content_type(header(scope, b"content-type"), route.content_types)
        if route.body_bytes:
            call.body = await _body(receive, route.body_bytes, service.settings.bounds.seconds)
        return await route.handler(service, call)


@lru_cache(maxsize=256)
def content_type(announced: bytes | None, wanted: tuple[str, ...]) -> str:
    """The announced type, which must be one of those taken.

    It also keeps browsers of other sites out: they may send none of these without asking.
    """
    given = (announced or b"").decode("latin-1")
    found = given.partition(";")[0].strip().lower()
    if found not in wanted:
        told = messages.wrong_content_type(given[:100], " or ".join(wanted))
        raise RefusalError(415, [told])
    return found


async def _body(receive: Receive, limit: int, seconds: float) -> bytes:
    message = await receive()
    data: bytes = message.get("body", b"")
    if message.get("more_body"):
        async with asyncio.timeout(seconds):
            data = await _rest(receive, data, limit)
    if len(data) > limit:
        raise RefusalError(413, [messages.too_large(limit)])
    return data


async def _rest(receive: Receive, data: bytes, limit: int) -> bytes:
    chunks = [data]
    size = len(data)
    more = True
    while more and size <= limit:
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        more = message.get("more_body", False)
    return b"".join(chunks)


@cache
def overloaded(language: Language) -> Reply:
    """Made once: just then there is no time for it."""
    refusal = RefusalError(503, [messages.overloaded()], _BUSY)
    return Reply(503, problem_body(refusal, language), PROBLEM, _BUSY)


def _refused(refusal: RefusalError, scope: Scope) -> Reply:
    if refusal.status >= 500 and refusal.__cause__ is not None:
        _LOG.error("%s %s: %s", scope["method"], scope["path"], type(refusal.__cause__).__name__)
    body = problem_body(refusal, language_of(scope))
    return Reply(refusal.status, body, PROBLEM, refusal.headers)


def _broken(scope: Scope) -> Reply:
    """A mistake of ours: the traceback goes to the log under a number that the caller gets.

    The error's own text is left out: it might hold values of facts.
    """
    request = secrets.token_hex(6)
    _LOG.error("request %s broke", request, exc_info=True)
    return _refused(RefusalError(500, [messages.internal_error(request)]), scope)


async def _send(reply: Reply, send: Send, *, with_body: bool) -> None:
    body = reply.body
    headers = [(b"content-type", reply.content_type.encode())]
    headers += [(name.lower().encode(), text.encode()) for name, text in reply.headers.items()]
    if isinstance(body, bytes):
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": body if with_body else b""})
        return
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await _send_growing(body, send)


async def _send_growing(body: AsyncIterator[bytes], send: Send) -> None:
    async for chunk in body:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
