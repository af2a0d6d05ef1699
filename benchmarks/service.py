"""The decision service against a bare Starlette route that returns a constant, in one run.

Both are asked over loopback by the same generator, in turns. The service reads
the facts, decides all decisions of a policy, and commits the entry of its log
before it answers, on SQLite and on PostgreSQL. Then it gets more than it can
take: what it sheds, and how long the accepted ones wait.

Run it with `python benchmarks/service.py`.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "tests"))

import postgres  # noqa: E402 -- the tests' own server of PostgreSQL

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 64
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


def measured(port: int, connections: int, seconds: float = SECONDS) -> Mapping[str, Any]:
    """Seconds of each answer by status, in a process of its own."""
    given = {"port": port, "request": request(), "connections": connections, "seconds": seconds}
    command = [sys.executable, str(HERE / "http_load.py")]
    ran = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, check=True, timeout=60
    )
    found: Mapping[str, Any] = json.loads(ran.stdout)
    return found


def rate(found: Mapping[str, Any]) -> float:
    """Accepted ones a second."""
    return len(found["seconds"].get("200", ())) / float(found["elapsed"])


def percentile(found: Mapping[str, Any], share: float) -> float:
    """Milliseconds of the accepted ones."""
    ordered = sorted(found["seconds"]["200"])
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


def compare(name: str, bare: int, port: int) -> None:
    """Rounds in turn; the ratio is of the same round."""
    ratios, rates, bases = [], [], []
    last: Mapping[str, Any] = {}
    for _ in range(ROUNDS):
        base = rate(measured(bare, CONNECTIONS))
        last = measured(port, CONNECTIONS)
        bases.append(base)
        rates.append(rate(last))
        ratios.append(rates[-1] / base)
    cells = f"{median(bases):,.0f} | {median(rates):,.0f} | {median(ratios):.2f}"
    print(f"| {name} | {cells} | {percentile(last, 0.5):.1f} | {percentile(last, 0.99):.1f} |")


def overload(name: str, port: int) -> None:
    """Five times as many connections as it answers at once."""
    quiet = percentile(measured(port, QUIET), 0.99)
    found = measured(port, CONNECTIONS * OVERLOAD)
    shed = sum(len(times) for status, times in found["seconds"].items() if status != "200")
    loaded = percentile(found, 0.99)
    cells = f"{rate(found):,.0f} | {shed / found['elapsed']:,.0f}"
    print(f"| {name} | {cells} | {quiet:.1f} | {loaded:.1f} | {loaded / quiet:.1f} |")


def main() -> None:
    """Measure and print."""
    print(f"Python {platform.python_version()} on {platform.machine()}; medians of {ROUNDS} rounds")
    with tempfile.TemporaryDirectory() as name, postgres.scratch_server("fsync=on") as server:
        folder = Path(name)
        (folder / "bare.py").write_text(BARE)
        uvicorn = str(Path(sys.executable).with_name("uvicorn"))
        bare = [uvicorn, "bare:app", "--port", "8931", "--no-access-log", "--log-level", "error"]
        with server.database() as url:
            sqlite = service(f"sqlite:///{folder / 'service.db'}", 8932, folder)
            with (
                running(bare, 8931, folder),
                running(sqlite, 8932, folder),
                running(service(url, 8933, folder), 8933, folder),
            ):
                ways = {"log on SQLite": 8932, "log on PostgreSQL": 8933}
                print("\n| | bare, a second | decisions a second | ratio | p50 ms | p99 ms |")
                print("|---|---:|---:|---:|---:|---:|")
                for way, port in ways.items():
                    compare(way, 8931, port)
                print("\n| five times the load | accepted | shed | quiet p99 | p99 | times |")
                print("|---|---:|---:|---:|---:|---:|")
                for way, port in ways.items():
                    overload(way, port)


if __name__ == "__main__":
    main()
