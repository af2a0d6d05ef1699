"""One request as handlers see it, and what they answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.types import Receive, Scope

from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import Language, Text
from keyaccount.service.access.callers import LOCAL, Caller
from keyaccount.service.refusal import RefusalError

JSON = "application/json"
JSON_LINES = "application/x-ndjson"

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Call(msgspec.Struct, gc=False):
    """A request: who asks, for what. `receive` is for bodies that are read as they come."""

    scope: Scope
    receive: Receive
    caller: Caller = LOCAL
    body: bytes = b""
    content_type: str = ""

    def path(self, name: str) -> str:
        found: str = self.scope["path_params"][name]
        return found

    def query(self) -> dict[str, str]:
        """The parameters behind the question mark; of repeated ones the last."""
        given = parse_qs(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        return {name: values[-1] for name, values in given.items()}

    @property
    def language(self) -> Language:
        return language_of(self.scope)


class Reply(msgspec.Struct, frozen=True, gc=False):
    """An answer; a body that grows is an iterator."""

    status: int = 200
    body: bytes | AsyncIterator[bytes] = b""
    content_type: str = JSON
    headers: Mapping[str, str] = NO_HEADERS


def header(scope: Scope, name: bytes) -> bytes | None:
    """A header's value, by its name in lower case."""
    headers: Any = scope["headers"]
    for each, value in headers:
        if each == name:
            return bytes(value)
    return None


def language_of(scope: Scope) -> Language:
    """The first language that the caller names, where it is one of ours."""
    wanted = header(scope, b"accept-language") or b""
    return Language.ZH if wanted.strip().lower().startswith(b"zh") else Language.EN


def number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A whole number of the query, from 0 to `most`.

    Raises:
        RefusalError: 422, it is none.
    """
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or int(text) > most:
        wanted = Text(f"a number from 0 to {most}", f"0 到 {most} 的整数")
        raise RefusalError(422, [messages.bad_parameter(name, text[:100], wanted)])
    return int(text)
