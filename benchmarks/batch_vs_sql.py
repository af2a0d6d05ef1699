"""How long an account list takes: against SQL written by hand, and against the bare files.

Four ways go over the same list, Parquet to Parquet and CSV to CSV:

    A  keyaccount batch: checks every cell, decides, counts rows apart
    B  DuckDB with SQL written by hand that gives the very same columns
    L  the same, lean: values and rule ids alone
    C  DuckDB that reads the list and writes it, and nothing else

Each run is a process of its own, with the same threads and the same memory
limit, in turns, so that what else the machine does falls on all alike. Shown
are medians, the median ratios of the same round, and the largest peak of
memory. A and B are compared row by row before anything is measured.

Run it with `python benchmarks batch_vs_sql`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

import duckdb

import batch_hand_written as by_hand

THREADS: Final = 2
MEMORY: Final = 640 << 20
DECISIONS: Final = ["economic_account", "account_class"]
WAYS: Final = ("A", "B", "L", "C")
KINDS: Final = ("parquet", "csv")
# Rounds by rows: short runs feel more of what else the machine does.
ROUNDS: Final = {1_000_000: 15, 10_000_000: 5}
_WARM_UP_ROWS: Final = 1_000
POLICIES: Final = Path(__file__).parent.parent / "policies"

# Hashes of the row's number stand in for chance: the same list every time.
_LIST: Final = """
    SELECT
        'A' || lpad(CAST(i AS VARCHAR), 8, '0') AS account_id,
        'Account ' || hash(i) % 1000000 AS account_name,
        CASE WHEN hash(i + 1) % 20 > 0
            THEN CAST(hash(i + 2) % 4000000 AS DECIMAL(18, 5)) / 100000
        END::DECIMAL(12, 4) AS monthly_tonnes,
        CASE WHEN hash(i + 3) % 20 > 0
            THEN CAST(hash(i + 4) % 1000000000 AS DECIMAL(18, 2)) / 100
        END::DECIMAL(18, 2) AS annual_revenue,
        ['government', 'justice', 'public_service', 'media', 'other']
            [CAST(hash(i + 5) % 5 AS INTEGER) + 1] AS sector,
        hash(i + 6) % 3 = 0 AS chain_partner,
        hash(i + 7) % 3 = 0 AS uses_products,
        CASE WHEN hash(i + 8) % 10 > 0 THEN hash(i + 9) % 2 = 0 END AS growth_potential
    FROM range({rows}) AS t(i)
"""


def tables() -> Iterator[str]:
    """The one table; its lists are made in a temporary folder, a few gigabytes."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [_line(Path(folder), rows, kind) for rows in ROUNDS for kind in KINDS]
    yield "\n".join([*_HEAD, *lines])


_HEAD: Final = (
    "| rows | files | A, s | B, s | C, s | A / B | A / lean | A / C | CPU A / B "
    "| peak A | peak B |",
    "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)


Run = dict[str, float]


def _line(folder: Path, rows: int, kind: str) -> str:
    """Make a list, compare what is written, measure."""
    source = _made(folder, rows, kind)
    _compare(source, folder, kind)
    rounds = [
        {way: _measured(way, kind, source, folder) for way in WAYS} for _ in range(ROUNDS[rows])
    ]
    source.unlink()

    def seconds(way: str) -> str:
        return f"{median(each[way]['seconds'] for each in rounds):.2f}"

    def ratio(over: str, under: str, of: str = "seconds") -> str:
        return f"{median(each[over][of] / each[under][of] for each in rounds):.2f}"

    def peak(way: str) -> str:
        return f"{max(each[way]['peak'] for each in rounds):.0f} MiB"

    cells = [
        f"{rows:,}",
        f"{kind} to {kind}",
        *map(seconds, "ABC"),
        ratio("A", "B"),
        ratio("A", "L"),
        ratio("A", "C"),
        ratio("A", "B", "cpu"),
        peak("A"),
        peak("B"),
    ]
    return f"| {' | '.join(cells)} |"


def _made(folder: Path, rows: int, kind: str) -> Path:
    path = folder / f"list-{rows}.{kind}"
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute(f"COPY ({_LIST.format(rows=rows)}) TO '{path}'")
    return path


def _compare(source: Path, folder: Path, kind: str) -> None:
    """Both must have written the same rows in the same order."""
    outputs = [_output(way, kind, folder) for way in "AB"]
    for way in "AB":
        _measured(way, kind, source, folder, keep=True)
    reader = "read_parquet" if kind == "parquet" else "read_csv"
    options = "" if kind == "parquet" else ", all_varchar = true, header = true"
    sides = [
        f"(SELECT {side} FROM {reader}('{path}'{options}) AS {side})"
        for side, path in zip("ab", outputs, strict=True)
    ]
    with duckdb.connect() as connection:
        differing = connection.execute(
            f"SELECT count(*) FROM {sides[0]} POSITIONAL JOIN {sides[1]} "
            "WHERE CAST(a AS VARCHAR) IS DISTINCT FROM CAST(b AS VARCHAR)"
        ).fetchone()
    assert differing == (0,), f"{differing} rows differ between keyaccount and SQL by hand"
    for path in outputs:
        path.unlink()


def _output(way: str, kind: str, folder: Path) -> Path:
    return folder / f"out-{way}.{kind}"


def _measured(way: str, kind: str, source: Path, folder: Path, *, keep: bool = False) -> Run:
    """One run in a process of its own."""
    output = _output(way, kind, folder)
    command = [sys.executable, __file__, way, kind, str(source), str(output)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    if not keep:
        output.unlink()
    return json.loads(done.stdout)


def _child(way: str, kind: str, source: str, output: str) -> None:
    """Run a way and print what it took; what it needs is loaded by a short list before."""
    run = _keyaccount() if way == "A" else partial(_duckdb, way, kind)
    short = _made(Path(output).parent, _WARM_UP_ROWS, kind)
    run(str(short), output)
    short.unlink()
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    run(source, output)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": _peak_mebibytes()}))


def _peak_mebibytes() -> float:
    """The most memory that this process has held.

    Not `ru_maxrss`: it starts at what the parent held when the process was made.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak) / 1024


def _keyaccount() -> Callable[[str, str], None]:
    # Not at the top: the other ways' processes shouldn't hold it in memory.
    from keyaccount import PolicySet
    from keyaccount.batch import Resources, run_batch

    policies = PolicySet.load(POLICIES)

    def run(source: str, output: str) -> None:
        summary = run_batch(
            policies,
            "classification",
            source,
            output,
            decisions=DECISIONS,
            as_of=date(2026, 1, 1),
            engine="sql",
            resources=Resources(memory_bytes=MEMORY, threads=THREADS),
        )
        assert summary.rows_rejected == summary.redecided == 0, summary

    return run


def _duckdb(way: str, kind: str, source: str, output: str) -> None:
    config = {"threads": THREADS, "memory_limit": f"{MEMORY}B"}
    with duckdb.connect(config=config) as connection:
        reader = f"read_parquet('{source}')"
        if kind == "csv":
            reader = f"read_csv('{source}', all_varchar = true, header = true)"
        connection.execute(f"CREATE VIEW accounts AS SELECT * FROM {reader}")
        statement = "FROM accounts" if way == "C" else by_hand.select(kind, lean=way == "L")
        connection.execute(f"COPY ({statement}) TO '{output}' (FORMAT {kind})")


if __name__ == "__main__":
    _child(*sys.argv[1:])
