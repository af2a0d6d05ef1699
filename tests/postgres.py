"""A PostgreSQL server of the tests' own: in a scratch folder, on loopback, gone afterwards.

PostgreSQL refuses to run as root, so root's tests run it as `nobody`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

STARTING_SECONDS = 60


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs, the newest version; None where it is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found_here = sorted(versions, key=lambda each: int(each.parts[-3]))
    return found_here[-1].parent if found_here else None


class Server:
    """A running server; every test makes its own database on it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://keyaccount@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, empty database."""
        name = f"cases_{secrets.token_hex(6)}"
        self._execute(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        address = self.url().replace("postgresql:", "postgresql+psycopg:")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def server(folder: Path, *settings: str) -> Iterator[Server]:
    """A server with its files under a folder; `settings` such as `fsync=on`."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("initdb")
    data = folder / "data"
    user = "nobody" if os.getuid() == 0 else None
    data.mkdir()
    if user is not None:
        shutil.chown(data, user)
    port = _free_port()
    made = [programs / "initdb", "--pgdata", data, "--username", "keyaccount", "--auth", "trust"]
    made += ["--encoding", "UTF8", "--locale", "C", "--no-sync"]
    subprocess.run(made, user=user, cwd="/", check=True, capture_output=True)
    options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
    options += ["fsync=off", "shared_buffers=64MB", *settings]
    started = [programs / "postgres", "-D", data, *(f"--{each}" for each in options)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(started, user=user, cwd="/", stdout=log, stderr=log)
    try:
        _wait_until_ready(process, port, folder / "log")
        yield Server(port)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def scratch_server(*settings: str) -> Iterator[Server]:
    """A server in a folder of its own under the system's temporary folder."""
    with tempfile.TemporaryDirectory(prefix="keyaccount-postgres-") as folder:
        Path(folder).chmod(0o755)  # the server's user has to pass through
        with server(Path(folder), *settings) as running:
            yield running


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        try:
            Server(port)._execute("SELECT 1")
        except Exception:  # noqa: BLE001 - whatever the driver says while the server starts
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"no answer in {STARTING_SECONDS} s: {log.read_text()}")
