from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from keyaccount.cli.main import run
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.policy_set import PolicySet
from keyaccount.service.reconciling import reconcile
from keyaccount.service.versions import store
from keyaccount.storage.engine import open_engine, writing
from keyaccount.storage.migration import migrate

POLICY = """
policy: p
facts:
  amount: {type: number}
decisions:
  tier:
    hit policy: first
    values: [high, low]
    titles: {high: {zh: 高}}
    rules:
      high: {when: amount >= LIMIT, then: high}
      low: {when: true, then: low}
"""
LIST = "name,amount,tier\na,5,low\nb,15,high\nc,15,low\nd,25,高\ne,25,low\nf,25,\ng,5,high\n"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A database that keeps two versions: high from 10 on, and from 20 on."""
    made = open_engine(f"sqlite:///{tmp_path / 'service.db'}")
    migrate(made)
    for limit in (10, 20):
        folder = tmp_path / str(limit)
        folder.mkdir()
        (folder / "p.yaml").write_text(POLICY.replace("LIMIT", str(limit)), "utf-8")
        with writing(made) as connection:
            store.store(connection, PolicySet.load(folder), datetime.now(UTC))
    return made


def test_values_that_no_version_gives(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    found = reconcile(engine, path, "p", "tier", "tier")
    assert (found.rows, found.versions) == (6, 2)
    told = [(each.row, each.carried, each.given) for each in found.unexplained]
    assert told == [(6, "low", ["high"]), (8, "high", ["low"])]


def test_a_column_that_is_not_there(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    with pytest.raises(FactError):
        reconcile(engine, path, "p", "tier", "teir")


def test_on_the_command_line(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    database = f"sqlite:///{tmp_path / 'service.db'}"
    code = run(["--lang", "en", "reconcile", str(path), "p", "tier", "--database", database])
    assert code == 1
    assert "row 6: low, but the versions give: high" in capsys.readouterr().out
