"""The routes in one place, and the application made of them."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.routing import Route as StarletteRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from uvicorn.config import STARTUP_FAILURE

from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.service.access.callers import Role
from keyaccount.service.access.local import is_local
from keyaccount.service.calls import JSON, JSON_LINES, header, language_of
from keyaccount.service.direct import Direct
from keyaccount.service.endpoint import Endpoint, Route
from keyaccount.service.openapi.page import ASSETS
from keyaccount.service.refusal import PROBLEM, RefusalError, problem_body
from keyaccount.service.routes import (
    decisions,
    documents,
    keys,
    lists,
    log,
    running,
    subjects,
    versions,
    webhooks,
)
from keyaccount.service.service import Service
from keyaccount.service.settings import VARIABLE, Bounds, Settings
from keyaccount.service.versions.current import place_of

_LOG = logging.getLogger("keyaccount.service")
_ANY: frozenset[Role] = frozenset()
_DECIDE = frozenset({Role.DECIDE})
_READ_LOG = frozenset({Role.READ_LOG})
_ADMINISTER = frozenset({Role.ADMINISTER})
_FILES_BYTES = 20_000_000
_DECISION = "/v1/decisions/"
_SWITCH_SECONDS = 0.0005
_COLLECT_AFTER = 10_000
"""Objects: some hundred requests leave that many while they wait, and none of them is garbage."""


def routes(bounds: Bounds) -> tuple[Route, ...]:
    """Every route with who may take it; the most used ones first."""
    body = bounds.body_bytes
    json = (JSON,)
    return (
        Route(
            "POST", _DECISION + "{policy}", decisions.decide_one, _DECIDE, json, body, timed=False
        ),
        Route(
            "POST",
            "/v1/decisions/{policy}/batch",
            decisions.decide_many,
            _DECIDE,
            (JSON, JSON_LINES),
            None,
        ),
        Route("GET", "/v1/log", log.read_log, _READ_LOG),
        Route("GET", "/v1/log/{sequence}", log.read_entry, _READ_LOG),
        Route("GET", "/v1/shadow/differences", log.read_differences, _READ_LOG),
        Route("PUT", "/v1/shadow", versions.set_shadow, _ADMINISTER, json, body),
        Route("GET", "/v1/versions", versions.list_versions, _ADMINISTER | _READ_LOG),
        Route("POST", "/v1/versions", versions.add_version, _ADMINISTER, json, _FILES_BYTES),
        Route("POST", "/v1/versions/{version}/serve", versions.serve_version, _ADMINISTER),
        Route("POST", "/v1/accounts/{id}/facts", subjects.add_facts, _DECIDE, json, body),
        Route("GET", "/v1/accounts/{id}/facts", subjects.read_facts, _DECIDE),
        Route("GET", "/v1/accounts/{id}/history", subjects.read_history, _DECIDE | _READ_LOG),
        Route(
            "POST",
            "/v1/lists/{policy}",
            lists.add_list,
            _DECIDE,
            tuple(lists.ENDINGS),
            None,
            timed=False,
        ),
        Route("GET", "/v1/jobs", lists.list_jobs, _DECIDE),
        Route("GET", "/v1/jobs/{id}", lists.read_job, _DECIDE),
        Route("DELETE", "/v1/jobs/{id}", lists.delete_job, _DECIDE),
        Route("GET", "/v1/jobs/{id}/result", lists.read_result, _DECIDE),
        Route("GET", "/v1/jobs/{id}/rejects", lists.read_rejects, _DECIDE),
        Route("GET", "/v1/webhooks", webhooks.list_webhooks, _ADMINISTER),
        Route("POST", "/v1/webhooks", webhooks.add_webhook, _ADMINISTER, json, body),
        Route("DELETE", "/v1/webhooks/{id}", webhooks.delete_webhook, _ADMINISTER),
        Route("GET", "/v1/keys", keys.list_keys, _ADMINISTER),
        Route("POST", "/v1/keys", keys.make_key, _ADMINISTER, json, body),
        Route("DELETE", "/v1/keys/{id}", keys.delete_key, _ADMINISTER),
        Route("GET", "/v1/openapi.json", documents.openapi, _ANY),
        Route("GET", "/docs", documents.page, _ANY),
        Route("GET", "/docs/start.js", documents.script, None),
        Route("GET", "/metrics", running.metrics, _ANY),
        Route("GET", "/healthz", running.healthz, None),
        Route("GET", "/readyz", running.readyz, None),
    )


def make_app(settings: Settings) -> Application | LocalOnly:
    """The application of one worker.

    Raises:
        KeyaccountError: the policies are broken, or the database cannot be had.
    """
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        service.start()
        yield
        await service.stop()

    by_path: dict[str, dict[str, Route]] = {}
    for each in routes(settings.bounds):
        by_path.setdefault(each.path, {})[each.method] = each
    endpoints = {path: Endpoint(service, some) for path, some in by_path.items()}
    own = [StarletteRoute(path, endpoint) for path, endpoint in endpoints.items()]
    # The page's scripts and styles are anybody's: they say nothing of the policies.
    assets = Mount("/docs/assets", StaticFiles(directory=ASSETS))
    app = Starlette(
        routes=[*own, assets],
        lifespan=lifespan,
        exception_handlers={404: _not_found, 405: _wrong_method},
    )
    # A redirection to the address without its slash would go to whatever host the caller named.
    app.router.redirect_slashes = False
    path = _DECISION + "{policy}"
    direct = Direct(service, by_path[path]["POST"])
    made = Application(service, app, endpoints[path], direct)
    return LocalOnly(made) if settings.open_local else made


class Application:
    """The whole: Starlette, but for the one route by which nearly all requests come.

    That one is found without Starlette's routing and middleware, which would
    take a fifth of its time. `direct` is for a server that can do without a task
    for each request.
    """

    def __init__(self, service: Service, app: Starlette, decide: Endpoint, direct: Direct) -> None:
        self.service = service
        self.direct = direct
        self._app = app
        self._decide = decide

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        policy = path[len(_DECISION) :]
        if scope["type"] != "http" or not path.startswith(_DECISION) or "/" in policy or not policy:
            await self._app(scope, receive, send)
            return
        scope["path_params"] = {"policy": policy}
        await self._decide(scope, receive, send)


class LocalOnly:
    """The application where it needs no keys: it answers who calls it by this machine's name.

    A page in a browser may have its own name lead to this machine, and would then
    be let read and change everything (DNS rebinding).
    """

    def __init__(self, app: Application) -> None:
        self.service = app.service
        self.direct = app.direct
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_local(header(scope, b"host")):
            await self._app(scope, receive, send)
            return
        host = (header(scope, b"host") or b"").decode("latin-1")[:100]
        refusal = RefusalError(403, [messages.another_host(host)])
        await _problem(Request(scope), refusal)(scope, receive, send)


def from_environment() -> Application | LocalOnly:
    """The application as a worker process makes it."""
    # Threads beside the event loop (lists, reasons, looks for new policies) may keep it waiting so
    # long each time that they run; by default that is 5 ms.
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.set_threshold(_COLLECT_AFTER)
    settings = Settings.from_text(os.environ[VARIABLE])
    try:
        return make_app(settings)
    except KeyaccountError as error:
        if settings.workers == 1:
            raise  # the command line tells it
        for each in error.diagnostics:
            _LOG.error("cannot start: %s%s [%s]", place_of(each), each.message.en, each.code)
        # By this the others stop too: whoever started them is to know, not see them try for ever.
        sys.exit(STARTUP_FAILURE)


def _not_found(request: Request, _: Exception) -> Response:
    return _problem(request, RefusalError(404, [messages.not_found(request.url.path)]))


def _wrong_method(request: Request, _: Exception) -> Response:
    """Of the page's own files; the routes see to it themselves."""
    told = messages.wrong_method(request.method, request.url.path)
    return _problem(request, RefusalError(405, [told], {"Allow": "GET, HEAD"}))


def _problem(request: Request, refusal: RefusalError) -> Response:
    body = problem_body(refusal, language_of(request.scope))
    return Response(body, refusal.status, refusal.headers, PROBLEM)
