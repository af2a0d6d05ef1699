"""How long a whole process takes that imports keyaccount, loads the policies and decides once.

Beside it the bare interpreter, and the command line doing the same. The
processes take turns; nothing is kept on disk from one to the next but Python's
own compiled modules.

Run it with `python benchmarks start_up`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

ROUNDS: Final = 15
ROOT: Final = Path(__file__).parent.parent

_DECIDE: Final = """
from keyaccount import PolicySet
result = PolicySet.load("policies").decide("classification", {"monthly_tonnes": 20})
assert result["economic_account"].value is True
"""
_COMMAND: Final = "from keyaccount.cli.main import main; main()"
WAYS: Final[Mapping[str, Sequence[str]]] = {
    "Python alone": ("-c", "pass"),
    "import, load, decide once": ("-c", _DECIDE),
    "`keyaccount decide`": (
        *("-c", _COMMAND, "decide", "classification"),
        *("--facts", '{"monthly_tonnes": 20}'),
    ),
}


def tables() -> Iterator[str]:
    """The one table."""
    times: dict[str, list[float]] = {name: [] for name in WAYS}
    for arguments in WAYS.values():
        seconds(arguments)
    for _ in range(ROUNDS):
        for name, arguments in WAYS.items():
            times[name].append(seconds(arguments))
    lines = [f"| whole process, {ROUNDS} rounds | median, s | least, s |", "|---|---:|---:|"]
    lines += [f"| {name} | {median(own):.2f} | {min(own):.2f} |" for name, own in times.items()]
    yield "\n".join(lines)


def seconds(arguments: Sequence[str]) -> float:
    """How long a process takes."""
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return perf_counter() - start
