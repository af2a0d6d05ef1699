"""Requests that are taken directly get, to the byte, what the route would have answered."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from ruamel.yaml import YAML

from keyaccount.service.access.callers import Role
from keyaccount.service.access.keys import add_key
from keyaccount.service.app import Application, make_app
from keyaccount.service.direct import Direct
from keyaccount.service.log.verify import verify
from keyaccount.service.protocol import BoundedHttp
from keyaccount.service.settings import Settings
from service.desk import TWO_POLICIES

REFUSED = YAML(typ="safe").load(Path(__file__).with_name("refused_requests.yaml"))
PATH = b"/v1/decisions/classification"
GOOD = b'{"facts": {"monthly_tonnes": 20.0, "sector": "media"}}'


@dataclass
class Served:
    """A service on loopback, its keys by role, and what was taken directly."""

    app: Application
    port: int
    keys: dict[str, str]
    taken: list[bool] = field(default_factory=list)

    def wire(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def asked(self, request: bytes) -> bytes:
        """The answer to a request on a connection of its own."""
        with self.wire() as wire:
            wire.sendall(request)
            return answer(wire)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("direct")
    app = make_app(Settings(str(TWO_POLICIES), f"sqlite:///{folder / 'log.db'}", str(folder)))
    config = uvicorn.Config(
        app,
        port=0,
        http=BoundedHttp,
        ws="none",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        log_level="error",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    now = datetime.now(UTC)
    keys = {
        each: add_key(app.service.engine, each, "default", frozenset({each}), now) for each in Role
    }
    slow = add_key(app.service.engine, "slow", "default", frozenset({Role.DECIDE}), now, rate=2)
    found = Served(app, port, {**keys, "slow": slow})
    with pytest.MonkeyPatch.context() as patch:
        takes = Direct.takes

        def noted(*arguments: Any) -> bool:
            found.taken.append(takes(*arguments))
            return found.taken[-1]

        patch.setattr(Direct, "takes", noted)
        found.asked(request(found))  # the first request by a key goes to the database
        yield found
    server.should_exit = True
    thread.join()
    assert verify(app.service.engine).findings == ()


@pytest.fixture(autouse=True)
def _none_taken_before(served: Served) -> None:
    served.asked(request(served))
    served.taken.clear()


def request(
    served: Served,
    body: bytes = GOOD,
    *,
    path: bytes = PATH,
    key: str = "decide",
    version: bytes = b"1.1",
    more: bytes = b"",
) -> bytes:
    head = b"POST %b HTTP/%b\r\nHost: x\r\nAuthorization: Bearer %b\r\n" % (
        path,
        version,
        served.keys[key].encode(),
    )
    kind = b"" if b"Content-Type" in more else b"Content-Type: application/json\r\n"
    return b"%b%b%bContent-Length: %d\r\n\r\n%b" % (head, kind, more, len(body), body)


def answer(wire: socket.socket) -> bytes:
    """One whole answer."""
    found = b""
    while b"\r\n\r\n" not in found:
        part = wire.recv(65536)
        if not part:
            return found
        found += part
    head, _, body = found.partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head)[1])  # type: ignore[index]
    while len(body) < length:
        body += wire.recv(65536)
    return head + b"\r\n\r\n" + body


def without_receipt(found: bytes) -> bytes:
    """An answer without what is its own: its place in the log, and so its length."""
    found = re.sub(rb'"entry":\d+,"receipt":"[0-9a-f]+",', b"", found)
    return re.sub(rb"content-length: \d+", b"", found)


def test_an_ordinary_request_is_taken_and_answered_as_by_the_route(served: Served) -> None:
    direct = served.asked(request(served))
    by_route = served.asked(request(served, path=PATH + b"?"))
    assert served.taken == [True]
    assert direct.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
    assert without_receipt(direct) == without_receipt(by_route)


@pytest.mark.parametrize("each", REFUSED, ids=[each["name"] for each in REFUSED])
def test_what_is_refused_is_refused_as_by_the_route(served: Served, each: dict[str, Any]) -> None:
    body = each["body"].encode()
    direct = served.asked(request(served, body))
    by_route = served.asked(request(served, body, path=PATH + b"?"))
    assert served.taken == [False]
    assert direct == by_route
    assert direct.startswith(b"HTTP/1.1 %d" % each["status"])


UNUSUAL: dict[str, tuple[Callable[[Served], bytes], int, list[bool]]] = {
    "another policy": (lambda s: request(s, path=b"/v1/decisions/none"), 404, [False]),
    "a reason asked for": (lambda s: request(s, GOOD[:-1] + b',"explain":true}'), 200, [False]),
    "no such version": (lambda s: request(s, GOOD[:-1] + b',"version":"0"}'), 404, [False]),
    "no key": (lambda s: request(s).replace(b"Authorization", b"X-Nothing"), 401, [False]),
    "a wrong key": (lambda s: request(s).replace(b"Bearer ka_", b"Bearer kb_"), 401, [False]),
    "a key without the role": (lambda s: request(s, key="read-log"), 403, [False]),
    "another type": (lambda s: request(s, more=b"Content-Type: text/plain\r\n"), 415, [False]),
    "too large": (lambda s: request(s, b'{"facts":{}}' + b" " * 1_000_001), 413, []),
    "a body that is empty": (lambda s: request(s, b""), 400, [False]),
    "by GET": (lambda s: request(s).replace(b"POST", b"GET"), 405, []),
    "by an old client": (lambda s: request(s, version=b"1.0"), 200, []),
    "one that closes": (lambda s: request(s, more=b"Connection: close\r\n"), 200, []),
    "a type with its charset": (
        lambda s: request(s, more=b"Content-Type: application/json; charset=utf-8\r\n"),
        200,
        [True],
    ),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_unusual_is_left_to_the_route(served: Served, name: str) -> None:
    made, status, taken = UNUSUAL[name]
    assert served.asked(made(served)).startswith(b"HTTP/1.1 %d" % status)
    assert served.taken == taken


def test_a_body_in_parts_is_left_to_the_route(served: Served) -> None:
    whole = request(served)
    for cut in (10, whole.index(b"\r\n\r\n") + 4, len(whole) - 5):
        with served.wire() as wire:
            wire.sendall(whole[:cut])
            time.sleep(0.05)
            wire.sendall(whole[cut:])
            assert answer(wire).startswith(b"HTTP/1.1 200")


def test_chunks_are_put_together(served: Served) -> None:
    head = request(served, b"", more=b"Transfer-Encoding: chunked\r\n")
    head = head.replace(b"Content-Length: 0\r\n", b"")
    chunked = b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (5, GOOD[:5], len(GOOD) - 5, GOOD[5:])
    assert served.asked(head + chunked).startswith(b"HTTP/1.1 200")


def test_many_requests_on_one_connection(served: Served) -> None:
    """More than a head may be long, all together."""
    with served.wire() as wire:
        for _ in range(400):
            wire.sendall(request(served))
            assert answer(wire).startswith(b"HTTP/1.1 200")
    assert served.taken.count(True) > 300  # now and then the route looks again whose key it is


def test_requests_sent_at_once_are_answered_in_their_order(served: Served) -> None:
    bodies = [b'{"facts":{},"reference":"%d"}' % each for each in range(5)]
    with served.wire() as wire:
        wire.sendall(b"".join(request(served, each) for each in bodies))
        found = b""
        while found.count(b'"receipt"') < 5:
            found += wire.recv(65536)
    entries = [int(each) for each in re.findall(rb'"entry":(\d+)', found)]
    assert entries == sorted(entries)
    assert served.taken == [True]


def test_who_leaves_before_the_answer_is_logged_all_the_same(served: Served) -> None:
    before = verify(served.app.service.engine).entries
    for _ in range(20):
        with served.wire() as wire:
            wire.sendall(request(served))
    until = time.monotonic() + 10
    while verify(served.app.service.engine).entries < before + 20 and time.monotonic() < until:
        time.sleep(0.02)
    assert verify(served.app.service.engine).entries == before + 20
    assert served.app.service.waiting == 0


def test_a_key_with_a_rate_pays_once_for_a_request(served: Served) -> None:
    statuses = [served.asked(request(served, key="slow"))[9:12] for _ in range(4)]
    assert statuses.count(b"200") == 2
    assert statuses[-1] == b"429"


def test_a_log_that_cannot_be_written_is_told_in_the_callers_language(served: Served) -> None:
    engine = served.app.service.engine
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE decision_log RENAME TO gone")
    try:
        found = served.asked(request(served, more=b"Accept-Language: zh-CN\r\n"))
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO decision_log")
    head, _, body = found.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 1" in head
    assert json.loads(body)["title"] == "暂不可用"
    assert served.taken == [True]
    assert served.asked(request(served)).startswith(b"HTTP/1.1 200")


def test_without_keys_another_machines_name_is_left_to_the_route(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'log.db'}"
    app = make_app(Settings(str(TWO_POLICIES), database, str(tmp_path), open_local=True))
    headers = [(b"host", b"evil.example"), (b"content-type", b"application/json")]
    assert not app.direct.takes({"headers": headers}, "classification", GOOD, print)
    app.service.engine.dispose()
