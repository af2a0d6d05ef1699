"""`keyaccount log` as an auditor types it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from keyaccount.cli.main import run
from keyaccount.policy_set import PolicySet
from keyaccount.service.access.callers import LOCAL
from keyaccount.service.bodies import read_question
from keyaccount.service.deciding import decide
from keyaccount.service.log.chain import Head
from keyaccount.service.log.store import append
from keyaccount.service.versions import store
from keyaccount.storage.engine import open_engine, writing
from keyaccount.storage.migration import migrate

POLICY = """
policy: p
facts:
  amount: {type: number}
decisions:
  large: {type: boolean, value: amount > LIMIT}
"""
DAY = datetime(2026, 1, 31, tzinfo=UTC)


@dataclass
class Auditor:
    """Types commands at a log of three entries."""

    url: str
    receipts: list[Head]
    other_version: str
    capsys: pytest.CaptureFixture[str]

    def types(self, *words: str) -> tuple[int, str]:
        code = run(["--lang", "en", "log", *words, "--database", self.url])
        told = self.capsys.readouterr()
        return code, told.out + told.err

    def reads(self, *words: str) -> Any:
        return json.loads(self.types(*words, "--format", "json")[1])

    def tampers(self, statement: str) -> None:
        with writing(open_engine(self.url)) as connection:
            connection.execute(text(statement))


@pytest.fixture
def auditor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Auditor:
    url = f"sqlite:///{tmp_path / 's.db'}"
    engine = open_engine(url)
    migrate(engine)
    versions = []
    for limit in (10, 20):
        folder = tmp_path / str(limit)
        folder.mkdir()
        (folder / "p.yaml").write_text(POLICY.replace("LIMIT", str(limit)), "utf-8")
        versions.append(PolicySet.load(folder))
        with writing(engine) as connection:
            store.store(connection, versions[-1], DAY)
    entries = [
        decide(
            versions[0],
            "p",
            read_question(b'{"facts":{"amount":%d}}' % amount),
            DAY + timedelta(days=amount),
            LOCAL,
        ).entry
        for amount in (5, 15, 25)
    ]
    receipts = append(engine, entries)
    engine.dispose()
    return Auditor(url, receipts, versions[1].version, capsys)


def test_an_untouched_log(auditor: Auditor) -> None:
    ends = "3 entries, 0 erased, 0 faults; default ends at 3\n"
    assert auditor.types("verify") == (0, ends)
    assert auditor.types("replay")[0] == 0
    assert auditor.reads("replay")["identical"] == 3
    assert auditor.reads("verify")["heads"]["default"]["receipt"] == auditor.receipts[2].hash


def test_a_tampered_log(auditor: Auditor) -> None:
    auditor.tampers("UPDATE decision_log SET entry = replace(entry, '15', '16') WHERE sequence = 2")
    code, told = auditor.types("verify")
    assert (code, told.splitlines()[0]) == (1, "default 2: its content is not what was logged")
    assert auditor.reads("verify")["findings"] == [
        {"tenant": "default", "entry": 2, "fault": "changed"}
    ]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_receipt_that_somebody_kept(auditor: Auditor, at: int) -> None:
    kept = auditor.receipts[at]
    assert auditor.types("verify", "--expect", f"{kept.sequence}:{kept.hash}")[0] == 0
    assert auditor.types("verify", "--expect", f"{kept.sequence}:{'0' * 64}")[0] == 1
    assert auditor.types("verify", "--expect", kept.hash)[0] == 2


def test_what_another_version_would_have_decided(auditor: Auditor) -> None:
    found = auditor.reads("replay", "--version", auditor.other_version)
    assert (found["identical"], [each["entry"] for each in found["different"]]) == (2, [2])


def test_erased_and_exported(auditor: Auditor, tmp_path: Path) -> None:
    assert auditor.types("erase", "--before", "2026-02-06") == (0, "1 entry erased\n")
    assert auditor.types("verify")[0] == 0
    assert auditor.types("export", str(tmp_path / "log.parquet")) == (0, "4 entries\n")
    assert pq.read_table(tmp_path / "log.parquet")["entry"].null_count == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("verify", "--tenant", "defualt"), "log.unknown-tenant"),
        (("replay", "--tenant", "defualt"), "log.unknown-tenant"),
        (("export", "x.parquet", "--tenant", "defualt"), "log.unknown-tenant"),
        (("erase", "--before", "2026-02-06", "--tenant", "defualt"), "log.unknown-tenant"),
        (("replay", "--version", "0123456789abcdef"), "version.unknown"),
    ],
)
def test_a_misspelt_name_is_no_clean_log(
    auditor: Auditor, words: tuple[str, ...], code: str
) -> None:
    found, told = auditor.types(*words)
    assert (found, code in told) == (1, True)
