"""What a policy can carry of the TCK's models, and whether it gives the same answers.

As a script it writes `not_carried.csv` anew: `python tests/conformance/round_trip.py`.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import keyaccount
from conformance import tck
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.dmn_xml.document_reader import read_document
from keyaccount.interchange.carrying import Imported, carry

NOT_CARRIED = tck.HERE / "not_carried.csv"
MODEL, ELEMENT, REASON = HEADER = ("model", "element", "reason")
NOT_CARRIED_VALUE = "not carried"
LOOSENED = "carried, but with less than it declares"
NOTHING = "no decision of it can be carried"


@cache
def cases() -> tuple[dict[str, Any], ...]:
    """What the runner reports of each case, by way of a policy."""
    source_root = Path(keyaccount.__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                sys.executable,
                tck.RUNNER,
                *("--tck", tck.FOLDER / "TestCases"),
                *("--path", tck.HERE),
                *("--adapter", "round_trip_adapter:factory"),
                *("--jobs", "1"),
                *("--json", report),
            ],
            check=False,  # what is not carried fails
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(source_root)},
        )
        return tuple(json.loads(report.read_text(encoding="utf-8"))["cases"])


@cache
def not_carried() -> frozenset[tuple[str, str, str]]:
    """The elements that a policy cannot carry, or not in full: model, element, reason."""
    return frozenset(row for path in models() for row in _rows(path))


def models() -> list[Path]:
    """The files of all models."""
    return sorted((tck.FOLDER / "TestCases").glob("*/*/*.dmn"))


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    name = f"{path.parent.name}/{path.stem}"
    document = read_document(path)
    try:
        imported = carry(document)
    except PolicyError:
        imported = Imported("", (), {})
        yield name, "", NOTHING
    for element, reason in imported.left_out.items():
        yield name, element, reason.en
    for element in imported.loosened:
        yield name, element, LOOSENED


def committed() -> frozenset[tuple[str, str, str]]:
    """The table as it is committed."""
    with NOT_CARRIED.open(encoding="utf-8", newline="") as file:
        return frozenset(
            (each[MODEL], each[ELEMENT], each[REASON]) for each in csv.DictReader(file)
        )


def write() -> None:
    """Write the table anew."""
    with NOT_CARRIED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(sorted(not_carried()))


if __name__ == "__main__":
    write()
