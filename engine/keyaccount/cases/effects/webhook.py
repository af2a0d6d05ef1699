"""Webhooks: the effect as JSON, by POST, with its key in the header `Idempotency-Key`."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

from keyaccount.cases.effects.addresses import connect
from keyaccount.cases.effects.failure import (
    EffectError,
    FutileEffectError,
    RejectedEffectError,
)
from keyaccount.cases.outbox import Errand
from keyaccount.result.json_text import to_json

_PORTS = {"http": 80, "https": 443}
_NOW_OR_NEVER = frozenset(range(400, 500)) - {408, 409, 423, 425, 429}
"""Answers by which the receiver says that the same request will always be wrong."""
_READ_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Webhook:
    """Sends to the effect's `url`, or where it names none to a usual one.

    `allowed`: hosts with private addresses that may be reached all the same.
    `headers`: sent along, such as an authorization. Redirections are not followed.
    """

    url: str | None = None
    allowed: Collection[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 10

    def __call__(self, errand: Errand) -> None:
        """Send it. Raises EffectError unless the receiver answers 2xx."""
        body = to_json(
            {
                "key": errand.key,
                "case": errand.case_id,
                "kind": errand.kind,
                "ordered_at": errand.created_at.isoformat(),
                "data": errand.data,
            }
        )
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "keyaccount",
            **self.headers,
            "Idempotency-Key": errand.key,
        }
        url = str(errand.data.get("url") or self.url or "")
        post(url, body.encode(), headers, allowed=self.allowed, seconds=self.seconds)


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Collection[str] = frozenset(),
    seconds: float = 10,
) -> None:
    """Send a body, following no redirection.

    Args:
        url: `http` or `https`.
        body: as it goes out.
        headers: with the content type.
        allowed: hosts with private addresses that may be reached all the same.
        seconds: for the whole of it, once the connection is there.

    Raises:
        RejectedEffectError: the receiver says that the request will always be wrong.
        FutileEffectError: the URL leads nowhere, or where nothing may be sent.
        EffectError: it did not get through, or the receiver does not answer 2xx.
    """
    address = _parsed(url)
    try:
        status, words = _answer(address, body, headers, allowed, seconds)
    except (OSError, http.client.HTTPException) as error:
        raise EffectError(f"{type(error).__name__}: {error}") from error
    if status in _NOW_OR_NEVER:
        raise RejectedEffectError(f"{status} {words}")
    if not 200 <= status < 300:
        raise EffectError(f"{status} {words}")


def _answer(
    address: SplitResult,
    body: bytes,
    headers: Mapping[str, str],
    allowed: Collection[str],
    seconds: float,
) -> tuple[int, str]:
    host, port = address.hostname or "", address.port or _PORTS[address.scheme]
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.sock = connect(host, port, allowed, seconds)
    # Who answers byte by byte would keep within the limit of each step for ever.
    wire = connection.sock.dup()
    over = Event()
    end = Timer(seconds, _cut, (wire, over))
    end.start()
    try:
        if address.scheme == "https":
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        named = address.netloc.rpartition("@")[2]
        connection.request("POST", target, body, {**headers, "Host": named})
        answer = connection.getresponse()
        answer.read(_READ_AT_MOST)
        if over.is_set():  # the end of the connection looks like the end of the answer
            raise TimeoutError
        return answer.status, answer.reason
    finally:
        end.cancel()
        wire.close()
        connection.close()


def _cut(wire: socket.socket, over: Event) -> None:
    over.set()
    with suppress(OSError):  # over already
        wire.shutdown(socket.SHUT_RDWR)


def _parsed(url: str) -> SplitResult:
    try:
        address = urlsplit(url)
        usable = address.scheme in _PORTS and address.hostname and address.port != 0
    except ValueError:
        usable = None
    if not usable or any(not " " < each < "\x7f" for each in url):
        raise FutileEffectError(f"`{url}` is no URL to send to")
    return address
