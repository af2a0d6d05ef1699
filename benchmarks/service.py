"""The decision service against a bare Starlette route that returns a constant, in one run.

Both are asked over loopback by the same generator, in turns. The service reads
the facts, decides all decisions of a policy, and commits the entry of its log
before it answers, on SQLite and on PostgreSQL; each is one worker of uvicorn on
uvloop and httptools. Then it gets five times as many connections as one worker
takes requests at once, each of which asks again as soon as it is answered: how
many it sheds, and how long the accepted ones wait.

Run it with `python benchmarks service`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "tests"))

import postgres  # noqa: E402 -- the tests' own server of PostgreSQL

ROUNDS = 9
SECONDS = 2.0
AT_ONCE = 48
"""So many requests one worker takes at once (`Bounds.waiting`)."""
QUIET = 4
OVERLOAD = 5
FACTS = {
    "monthly_tonnes": 19.999,
    "annual_revenue": 4999999.99,
    "sector": "media",
    "chain_partner": True,
    "uses_products": False,
    "growth_potential": False,
    "competitor_opening": True,
    "order_amount": 1200000.5,
    "contract_years": 2,
    "sales_potential": True,
    "strategic_project": False,
    "important_influence": False,
    "strong_innovation": True,
    "strong_market_development": False,
}
Answers = Mapping[str, Sequence[float]]
"""Seconds of each answer, by status."""
BARE = """
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def constant(request):
    return Response(b'{"value":true}', media_type="application/json")

app = Starlette(routes=[Route("/v1/decisions/classification", constant, methods=["POST"])])
"""


def request() -> str:
    """What is asked, as it goes over the wire."""
    body = json.dumps({"facts": FACTS})
    head = "POST /v1/decisions/classification HTTP/1.1\r\nHost: localhost\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"


def measured(port: int, connections: int, seconds: float = SECONDS) -> Answers:
    """Seconds of each answer by status, in a process of its own."""
    given = {"port": port, "request": request(), "connections": connections, "seconds": seconds}
    command = [sys.executable, str(HERE / "http_load.py")]
    ran = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, check=True, timeout=60
    )
    found: Answers = json.loads(ran.stdout)
    return found


def rate(found: Answers, seconds: float = SECONDS) -> float:
    """Accepted ones a second."""
    return len(found.get("200", ())) / seconds


def percentile(found: Answers, share: float) -> float:
    """Milliseconds of the accepted ones."""
    ordered = sorted(found["200"])
    return float(ordered[int(len(ordered) * share)]) * 1000


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[int]:
    """A server, until it is not needed any more."""
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                connection = HTTPConnection("127.0.0.1", port, timeout=2)
                connection.request("GET", "/readyz")
                connection.getresponse()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def service(database: str, port: int, folder: Path) -> list[str]:
    """The command line of a service."""
    program = Path(sys.executable).with_name("keyaccount")
    return [
        *(str(program), "--policies", str(ROOT / "policies"), "serve", "--insecure-local"),
        *("--port", str(port), "--database", database, "--data", str(folder)),
    ]


def compare(way: str, bare: int, port: int) -> str:
    """A line of the table: rounds in turn; the ratio is of the same round."""
    ratios, rates, bases = [], [], []
    last: Answers = {}
    for _ in range(ROUNDS):
        base = rate(measured(bare, AT_ONCE))
        last = measured(port, AT_ONCE)
        bases.append(base)
        rates.append(rate(last))
        ratios.append(rates[-1] / base)
    cells = f"{median(bases):,.0f} | {median(rates):,.0f} | {median(ratios):.2f}"
    return f"| {way} | {cells} | {percentile(last, 0.5):.1f} | {percentile(last, 0.99):.1f} |"


def overload(way: str, port: int) -> str:
    """A line of the table: five times as many connections as it takes at once."""
    quiets, rates, sheds, loads = [], [], [], []
    for _ in range(ROUNDS):
        quiets.append(percentile(measured(port, QUIET), 0.99))
        found = measured(port, AT_ONCE * OVERLOAD)
        refused = sum(len(times) for status, times in found.items() if status != "200")
        rates.append(rate(found))
        sheds.append(refused / SECONDS)
        loads.append(percentile(found, 0.99))
    times = median(load / quiet for load, quiet in zip(loads, quiets, strict=True))
    cells = f"{median(rates):,.0f} | {median(sheds):,.0f}"
    return f"| {way} | {cells} | {median(quiets):.1f} | {median(loads):.1f} | {times:.1f} |"


@contextmanager
def servers() -> Iterator[tuple[int, Mapping[str, int]]]:
    """The ports of the bare route, and of the service by where its log is."""
    with (
        tempfile.TemporaryDirectory() as name,
        postgres.scratch_server("fsync=on") as server,
        server.database() as url,
    ):
        folder = Path(name)
        (folder / "bare.py").write_text(BARE)
        uvicorn = str(Path(sys.executable).with_name("uvicorn"))
        bare = [uvicorn, "bare:app", "--port", "8931", "--no-access-log", "--log-level", "error"]
        sqlite = service(f"sqlite:///{folder / 'service.db'}", 8932, folder)
        with (
            running(bare, 8931, folder),
            running(sqlite, 8932, folder),
            running(service(url, 8933, folder), 8933, folder),
        ):
            yield 8931, {"log on SQLite": 8932, "log on PostgreSQL": 8933}


def tables() -> Iterator[str]:
    """Both tables."""
    with servers() as (bare, ways):
        lines = [
            f"| {AT_ONCE} connections | bare, a second | decisions a second | ratio"
            " | p50 ms | p99 ms |",
            "|---|---:|---:|---:|---:|---:|",
        ]
        lines += [compare(way, bare, port) for way, port in ways.items()]
        yield "\n".join(lines)
        lines = [
            f"| {AT_ONCE * OVERLOAD} connections | accepted a second | shed a second"
            f" | p99 ms of {QUIET} connections | p99 ms | times |",
            "|---|---:|---:|---:|---:|---:|",
        ]
        lines += [overload(way, port) for way, port in ways.items()]
        yield "\n".join(lines)
