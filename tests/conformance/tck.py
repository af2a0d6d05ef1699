"""Runs the TCK's own runner over our adapter, and tells what came of it by directory.

As a script it writes `results.csv` anew: `python tests/conformance/tck.py`.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import keyaccount

HERE = Path(__file__).parent
RESULTS = HERE / "results.csv"
FOLDER = Path(os.environ.get("DMN_TCK_DIR", HERE.parents[2] / "shared" / "tck"))
RUNNER = FOLDER / "tck_runner.py"
BACKENDS = {"reference": "factory", "python": "factory_python"}


@cache
def cases(backend: str) -> tuple[dict[str, Any], ...]:
    """What the runner reports of each case."""
    source_root = Path(keyaccount.__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                sys.executable,
                RUNNER,
                *("--tck", FOLDER / "TestCases"),
                *("--path", HERE),
                *("--adapter", f"tck_adapter:{BACKENDS[backend]}"),
                *("--jobs", "1"),
                *("--json", report),
            ],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(source_root)},
        )
        return tuple(json.loads(report.read_text(encoding="utf-8"))["cases"])


def directory(case: dict[str, Any]) -> str:
    """`compliance-level-3/0068-feel-equality`."""
    return f"{case['level']}/{case['dir']}"


def passed(backend: str) -> Counter[str]:
    """How many cases pass, by directory."""
    return Counter(directory(each) for each in cases(backend) if each["outcome"] == "passed")


def committed() -> list[dict[str, str]]:
    """The table as it is committed."""
    with RESULTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write() -> None:
    """Write the table anew."""
    totals = Counter(map(directory, cases("reference")))
    counts = {name: passed(name) for name in BACKENDS}
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["directory", "cases", *BACKENDS])
        for name in sorted(totals):
            writer.writerow([name, totals[name], *(counts[each][name] for each in BACKENDS)])


if __name__ == "__main__":
    write()
