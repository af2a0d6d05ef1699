"""Real lists, where they are at hand: they are not part of this repository."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

from batch.desk import evaluate
from keyaccount.batch import Engine
from keyaccount.ir.outcome import Status
from policies.shipped import PROGRAM

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not there")
OPTIONS = {"program": PROGRAM, "policy": "classification", "as_of": date(2026, 1, 1)}
REVENUE = {"mapping": {"annual_revenue_cny": "annual_revenue"}}


@pytest.mark.parametrize("engine", ["sql", "python"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_economic_accounts_of_the_project_list(tmp_path: Path, kind: str, engine: str) -> None:
    source = DATA / "scms_projects.csv"
    if kind == "parquet":
        source = tmp_path / "scms.parquet"
        duckdb.sql(f"COPY (FROM '{DATA / 'scms_projects.csv'}') TO '{source}'")
    decisions = ["economic_account", "account_class"]
    done = evaluate(tmp_path, source, decisions, engine=engine, **OPTIONS, **REVENUE)
    assert done.summary.engine is Engine(engine)
    assert Counter(done.column("economic_account")) == {"true": 174, "false": 162, "": 23}
    assert Counter(
        row["economic_account_missing"] for row in done.rows if not row["economic_account"]
    ) == {"monthly_tonnes": 23}
    counts = done.summary.decisions["economic_account"]
    assert counts.values == {"true": 174, "false": 162}
    assert counts.statuses[Status.UNDETERMINED] == 23
    assert counts.missing == {"monthly_tonnes": 23}
    economic = [row for row in done.rows if row["account_class"] == "economic"]
    assert len(economic) == 174
    assert {row["account_class_possible"] for row in economic} == {"important|group|strategic"}


@pytest.mark.parametrize("engine", ["sql", "python"])
def test_a_list_as_people_send_it(tmp_path: Path, engine: str) -> None:
    """GB18030, 万元 in the header, percent signs: the unit is for the caller to know."""
    source = DATA / "scms_projects_cn_gb18030.csv"
    done = evaluate(tmp_path, source, ["economic_account"], engine=engine, **OPTIONS)
    assert done.summary.columns["monthly_tonnes"] == "月均吨位（吨）"
    assert done.summary.rows_in == 359
    assert done.column("客户编号")[0] == "100-BJ-T30"


def test_a_workbook_as_people_send_it(tmp_path: Path) -> None:
    source = DATA / "scms_projects_cn.xlsx"
    done = evaluate(tmp_path, source, ["economic_account"], **OPTIONS)
    assert done.summary.columns["monthly_tonnes"] == "月均吨位（吨）"
    assert done.summary.rows_in == 359


def test_raw_headers_and_words_in_number_columns(tmp_path: Path) -> None:
    source = DATA / "scms_projects_rawheaders.csv"
    mapping = {" Weight (Kilograms) ": "monthly_tonnes", "Line Item Value": "annual_revenue"}
    done = evaluate(tmp_path, source, ["economic_account"], mapping=mapping, **OPTIONS)
    assert done.rejects
    assert {reason[4] for reason in done.reasons} == {"not-a-number"}
    assert all(reason[3].startswith(("Weight", "See")) for reason in done.reasons)
