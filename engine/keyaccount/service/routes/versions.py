"""Versions of the policies: which are stored, which serves, which decides in the shadow."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import PolicyError, Text
from keyaccount.service.access.operator import refuse_others
from keyaccount.service.bodies import Reader
from keyaccount.service.calls import Call, Reply
from keyaccount.service.refusal import RefusalError
from keyaccount.service.service import Service
from keyaccount.service.versions import store
from keyaccount.storage.engine import writing


class NewVersion(msgspec.Struct, forbid_unknown_fields=True):
    """The files of a set of policies, texts by path."""

    files: dict[str, str]


class NewShadow(msgspec.Struct, forbid_unknown_fields=True):
    """The version that is to decide in the shadow; null for none."""

    version: str | None


_VERSION = Reader(NewVersion)
_SHADOW = Reader(NewShadow)
_TEXTS_BY_PATH = Text("texts by path", "以路径为键的文本")
_NAMES = Text("names of files", "文件名")


async def list_versions(service: Service, call: Call) -> Reply:
    """`GET /v1/versions`."""
    return Reply(200, await asyncio.to_thread(_listed, service))


async def add_version(service: Service, call: Call) -> Reply:
    """`POST /v1/versions`: check and keep a set of policies; it serves nobody yet."""
    refuse_others(call.caller)
    given = _VERSION.read(call.body)
    version = await asyncio.to_thread(_added, service, given.files)
    return Reply(201, msgspec.json.encode({"version": version}))


async def serve_version(service: Service, call: Call) -> Reply:
    """`POST /v1/versions/{version}/serve`: forward or back, for all workers."""
    refuse_others(call.caller)
    return Reply(200, await asyncio.to_thread(_switched, service, call.path("version")))


async def set_shadow(service: Service, call: Call) -> Reply:
    """`PUT /v1/shadow`."""
    refuse_others(call.caller)
    wanted = _SHADOW.read(call.body).version
    return Reply(200, await asyncio.to_thread(_shadowed, service, wanted))


def _listed(service: Service) -> bytes:
    serving = store.serving(service.engine)
    told: dict[str, Any] = {
        "serving": service.current.policies.version,
        "shadow": serving.shadow if serving else None,
        "folder": serving.folder_version if serving else None,
        "broken": [each.code for each in service.current.broken],
        "stored": [
            {"version": version, "stored_at": stored_at.isoformat()}
            for version, stored_at in store.stored(service.engine)
        ],
    }
    return msgspec.json.encode(told)


def _added(service: Service, files: store.Files) -> str:
    if not files:
        raise RefusalError(422, [messages.bad_parameter("files", "{}", _TEXTS_BY_PATH)])
    try:
        policies = store.from_files(files)
    except PolicyError as error:
        raise RefusalError(422, error.diagnostics) from None
    except (OSError, ValueError):
        raise RefusalError(422, [messages.bad_parameter("files", "...", _NAMES)]) from None
    with writing(service.engine) as connection:
        store.store(connection, policies, datetime.now(UTC))
    return policies.version


def _switched(service: Service, version: str) -> bytes:
    service.current.version(version)  # it must be there, and load
    known = store.serving(service.engine)
    changed = replace(known, version=version) if known else store.Serving(version)
    store.serve(service.engine, changed, datetime.now(UTC))
    service.current.refresh()
    return _listed(service)


def _shadowed(service: Service, version: str | None) -> bytes:
    if version is not None:
        service.current.version(version)
    known = store.serving(service.engine)
    current = known or store.Serving(service.current.policies.version)
    store.serve(service.engine, replace(current, shadow=version), datetime.now(UTC))
    service.current.refresh()
    return _listed(service)
