"""SQL and Python give the same files: over random lists, with cells as people write them."""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path

import duckdb
import pytest

from batch.desk import evaluate, table
from keyaccount.feel import types
from keyaccount.ir.core import Fact
from policies.shipped import POLICIES, PROGRAM

TODAY = date(2026, 1, 1)
ROWS = 300
IN_SQL = ["classification", "credit", "escalation", "qualification", "development"]
NUMBERS = [
    *("0", "1", "2", "3", "15", "19.999", "20", "20.0000000000000000001", "0.95", "95%", "0.949"),
    *("4999999.99", "5000000", "5,000,000.00", "1000000", "500万", "-1", "", "", "-", "12a", "1e3"),
]
BOOLEANS = ["true", "false", "是", "否", "1", "0", "Yes", "", "N/A", "maybe"]
DATES = ["2025-12-31", "2026-01-01", "2026/1/2", "", "someday"]
TEXTS = ["", " ", "x", "N/A", "华东"]


def cell(fact: Fact, chance: random.Random) -> str:
    match fact.type:
        case types.NUMBER:
            return chance.choice(NUMBERS)
        case types.BOOLEAN:
            return chance.choice(BOOLEANS)
        case types.DATE:
            return chance.choice(DATES)
        case types.Enumeration(values):
            titles = [each["zh"] for each in fact.value_titles.values() if "zh" in each]
            return chance.choice([*values, *titles, "", "unheard of"])
        case _:
            return chance.choice(TEXTS)


def random_list(path: Path, policy: str, *, bad: bool) -> Path:
    """A list with a column for each fact but one; without `bad`, only cells that can be read."""
    chance = random.Random(f"{policy}{bad}")  # noqa: S311 - no secret, and the same each time
    facts = list(POLICIES[policy].facts)[:-1]
    refused = {"-1", "12a", "maybe", "someday", "unheard of"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row id", *facts])
        for number in range(ROWS):
            cells = [cell(PROGRAM.facts[name], chance) for name in facts]
            kept = cells if bad else ["" if each in refused else each for each in cells]
            writer.writerow([number, *kept])
    return path


@pytest.mark.parametrize("policy", IN_SQL)
def test_csv_files_are_alike_to_the_byte(tmp_path: Path, policy: str) -> None:
    source = random_list(tmp_path / "list.csv", policy, bad=True)
    left = []
    for engine in ("sql", "python"):
        done = evaluate(
            tmp_path, source, program=PROGRAM, policy=policy, engine=engine, as_of=TODAY
        )
        left.append((done.text, done.rejects, done.summary.decisions, done.summary.rows_out))
    assert left[0] == left[1]


@pytest.mark.parametrize("policy", IN_SQL)
def test_parquet_files_are_alike(tmp_path: Path, policy: str) -> None:
    source = random_list(tmp_path / "list.csv", policy, bad=False)
    kept = []
    for engine in ("sql", "python"):
        done = evaluate(
            tmp_path,
            source,
            program=PROGRAM,
            policy=policy,
            engine=engine,
            ending="parquet",
            as_of=TODAY,
        )
        with duckdb.connect() as connection:
            described = connection.execute(f"DESCRIBE FROM '{done.output}'").fetchall()
        kept.append((done.native, [row[0] for row in described], done.summary.decisions))
    assert kept[0] == kept[1]


@pytest.mark.parametrize("policy", IN_SQL)
def test_counts_are_those_of_the_file(tmp_path: Path, policy: str) -> None:
    source = random_list(tmp_path / "list.csv", policy, bad=False)
    done = evaluate(tmp_path, source, program=PROGRAM, policy=policy, as_of=TODAY)
    rows = table(done.output)
    for name, counts in done.summary.decisions.items():
        for status, count in counts.statuses.items():
            assert count == sum(row[f"{name}_status"] == status.value for row in rows)
        for text, count in (counts.values or {}).items():
            assert count == sum(text in row[name].split("|") for row in rows)
        missing = {fact for row in rows for fact in row[f"{name}_missing"].split("|") if fact}
        assert set(counts.missing) == missing
        for fact, count in counts.missing.items():
            assert count == sum(fact in row[f"{name}_missing"].split("|") for row in rows)
