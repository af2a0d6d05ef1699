"""Rows come out in the order of the list: the database joins nothing while it decides them."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from keyaccount.batch import run_batch
from keyaccount.batch.duck import Database
from policies.shipped import POLICIES, PROGRAM
from yaml_cases import program_of

CODES = [f"C{number}" for number in range(5_000)]
LONG_LIST = program_of(
    f"""\
policy: codes
facts:
  code: {{type: string}}
decisions:
  listed:
    type: boolean
    value: 'code in ({", ".join(f'"{each}"' for each in CODES)})'
""",
    "codes.yaml",
)


def write(path: Path, headers: list[str], rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row id", *headers])
        for number in range(rows):
            writer.writerow([number, *(f"C{number * 2}" for _ in headers)])


@pytest.fixture
def joins(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Joins in the plans of all statements that write a file."""
    found: list[str] = []
    run = Database.run

    def looking(self: Database, statement: str, *more: object) -> object:
        if statement.startswith("COPY"):
            plan = str(self.rows(f"EXPLAIN {statement}")[0][1])
            assert "Copy To File" in plan
            found.extend(line for line in plan.splitlines() if "JOIN" in line.upper())
        return run(self, statement, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Database, "run", looking)
    return found


@pytest.mark.parametrize(
    "policy", ["classification", "credit", "escalation", "qualification", "development"]
)
def test_a_shipped_policy_joins_nothing(policy: str, tmp_path: Path, joins: list[str]) -> None:
    write(tmp_path / "list.csv", list(POLICIES[policy].facts)[:1], 0)
    run_batch(
        PROGRAM,
        policy,
        tmp_path / "list.csv",
        tmp_path / "out.parquet",
        as_of=date(2026, 1, 1),
        engine="sql",
    )
    assert joins == []


def test_a_long_list_of_values_joins_nothing(tmp_path: Path, joins: list[str]) -> None:
    write(tmp_path / "list.csv", ["code"], 5_000)
    summary = run_batch(
        LONG_LIST,
        "codes",
        tmp_path / "list.csv",
        tmp_path / "out.csv",
        as_of=date(2026, 1, 1),
        engine="sql",
    )
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert joins == []
    assert [int(row["row id"]) for row in rows] == list(range(5_000))
    assert summary.decisions["listed"].values == {"true": 2_500, "false": 2_500}
