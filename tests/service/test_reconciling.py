from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from sqlalchemy import Engine

from keyaccount.cli.main import run
from keyaccount.diagnostics.diagnostic import FactError, UnknownNameError
from keyaccount.policy_set import PolicySet
from keyaccount.service.reconciling import Asked, reconcile
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
    found = reconcile(engine, Asked(path, "p", "tier", "tier"))
    assert (found.rows, found.versions) == (6, 2)
    told = [(each.line, each.carried, each.given) for each in found.unexplained]
    assert told == TOLD


TOLD = [(6, "low", ["high"]), (8, "high", ["low"])]


def written(folder: Path, kind: str) -> Path:
    """The list in another encoding, or as another kind of file."""
    path = folder / f"list{Path(kind).suffix}"
    if kind in {"gb18030.csv", "utf-16.csv"}:
        path.write_bytes(LIST.encode(kind.removesuffix(".csv")))
        return path
    rows = [line.split(",") for line in LIST.splitlines()]
    if kind == "a.xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, [int(each) if each.isdigit() else each for each in row])
        return path
    names, amounts, tiers = zip(*rows[1:], strict=True)
    columns = {"name": names, "amount": list(map(int, amounts)), "tier": tiers}
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize("kind", ["gb18030.csv", "utf-16.csv", "a.xlsx", "a.parquet"])
def test_lists_of_every_kind_are_read(engine: Engine, tmp_path: Path, kind: str) -> None:
    found = reconcile(engine, Asked(written(tmp_path, kind), "p", "tier", "tier"))
    told = [(each.line, each.carried, each.given) for each in found.unexplained]
    before = 1 if kind == "a.parquet" else 0  # it has no line of headers
    assert told == [(line - before, carried, given) for line, carried, given in TOLD]


def test_rows_that_cannot_be_taken_apart_are_told(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('name,amount,tier\na,5,low\nb,"15"x,high\nc,x,low\n', "utf-8")
    found = reconcile(engine, Asked(path, "p", "tier", "tier"))
    assert (found.rows, found.unreadable) == (2, 1)
    assert [(each.line, each.given) for each in found.unexplained] == [(4, [])]


@pytest.mark.parametrize(("policy", "decision"), [("q", "tier"), ("p", "teir")])
def test_a_decision_that_no_version_has(
    engine: Engine, tmp_path: Path, policy: str, decision: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    with pytest.raises(UnknownNameError):
        reconcile(engine, Asked(path, policy, decision, "tier"))


def test_a_column_that_is_not_there(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    with pytest.raises(FactError):
        reconcile(engine, Asked(path, "p", "tier", "teir"))


def test_on_the_command_line(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    database = f"sqlite:///{tmp_path / 'service.db'}"
    code = run(["--lang", "en", "reconcile", str(path), "p", "tier", "--database", database])
    assert code == 1
    assert "line 6: low, but the versions give: high" in capsys.readouterr().out
