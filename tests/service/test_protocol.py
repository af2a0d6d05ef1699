"""Connections that tell too much, or nothing, before they ask for anything."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from keyaccount.service import protocol
from keyaccount.service.protocol import BoundedHttp

ASK = b"GET / HTTP/1.1\r\nHost: x\r\n"
SECONDS = 0.5
END = b"0\r\n\r\n"


async def hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/endless":
        for _ in range(400):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "HEAD_SECONDS", SECONDS)
        patch.setattr(protocol, "STALL_SECONDS", SECONDS)
        config = uvicorn.Config(hello, port=0, http=BoundedHttp, ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
        server.should_exit = True
        thread.join()


@pytest.fixture
def wire(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as made:
        yield made


def whole_answer(wire: socket.socket) -> bytes:
    """All that comes until the other side ends it."""
    found = bytearray()
    try:
        while part := wire.recv(65536):
            found += part
    except ConnectionResetError:  # it ended it before all was read that it was sent
        pass
    return bytes(found)


def test_who_says_nothing_is_let_go(wire: socket.socket) -> None:
    assert whole_answer(wire) == b""


def test_who_never_comes_to_an_end_is_let_go(wire: socket.socket) -> None:
    wire.sendall(ASK + b"X: 1")
    assert whole_answer(wire) == b""


def test_who_only_starts_another_line_is_let_go(wire: socket.socket) -> None:
    wire.sendall(ASK + b"\r\n")
    assert wire.recv(65536).startswith(b"HTTP/1.1 200")
    wire.sendall(b"\r\n")
    assert b"200" not in whole_answer(wire)


def test_a_head_without_end_is_refused(wire: socket.socket) -> None:
    wire.sendall(ASK)
    for _ in range(40):
        try:
            wire.sendall(b"X: " + b"a" * 4000 + b"\r\n")
        except OSError:
            break
    assert b"200" not in whole_answer(wire)


def test_a_head_in_parts_is_a_head(wire: socket.socket) -> None:
    for part in (ASK[:10], ASK[10:], b"X: " + b"a" * 4000, b"\r\n\r\n"):
        wire.sendall(part)
        time.sleep(0.02)
    assert wire.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_connection_that_rests_between_requests_is_kept(wire: socket.socket) -> None:
    for _ in range(2):
        wire.sendall(ASK + b"\r\n")
        assert wire.recv(65536).startswith(b"HTTP/1.1 200")
        time.sleep(2 * SECONDS)


def test_who_takes_nothing_up_is_let_go(wire: socket.socket) -> None:
    wire.sendall(ASK.replace(b"/ ", b"/endless ") + b"\r\n")
    time.sleep(4 * SECONDS)
    assert not whole_answer(wire).endswith(END)
