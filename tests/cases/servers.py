"""Receivers of effects for tests: a web server and a mail server that remember what came."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class WebReceiver:
    """Answers with the next of `answers`, the last one for ever; `received` has what came."""

    def __init__(self, answers: list[int]) -> None:
        self.answers = answers
        self.received: list[tuple[str, dict[str, str], Any]] = []
        self.url = ""

    def answer(self) -> int:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def web_receiver(*answers: int) -> Iterator[WebReceiver]:
    receiver = WebReceiver(list(answers or (200,)))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append((self.path, dict(self.headers), json.loads(body)))
            self.send_response(receiver.answer())
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook?x=1"
    with _serving(server):
        yield receiver


class MailReceiver:
    """Speaks enough SMTP to take mail; `to_...` are its answers."""

    def __init__(self, to_rcpt: str, to_data: str, to_login: str) -> None:
        hello = "250-test\r\n250 AUTH PLAIN"
        self.answers = {"EHLO": hello, "AUTH": to_login, "RCPT": to_rcpt}
        self.to_data = to_data
        self.received: list[str] = []
        self.port = 0


@contextmanager
def mail_receiver(
    to_rcpt: str = "250 ok", to_data: str = "250 taken", to_login: str = "235 ok"
) -> Iterator[MailReceiver]:
    receiver = MailReceiver(to_rcpt, to_data, to_login)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 test")
            while line := self.rfile.readline().decode().strip():
                match line.split()[0].upper():
                    case "DATA":
                        self._say("354 go on")
                        receiver.received.append(self._message())
                        self._say(receiver.to_data)
                    case "QUIT":
                        self._say("221 bye")
                        return
                    case verb:
                        self._say(receiver.answers.get(verb, "250 ok"))

        def _message(self) -> str:
            lines = []
            while (line := self.rfile.readline().decode()) != ".\r\n":
                lines.append(line)
            return "".join(lines)

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    with _serving(server):
        yield receiver


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
