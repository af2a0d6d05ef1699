"""What a list's headers make doubtful is told beside the counts; nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from batch.desk import evaluate


@pytest.mark.parametrize(
    ("header", "mapping", "told"),
    [
        ("重量(kg)", {"重量(kg)": "weight"}, []),
        ("重量(KG)", {"重量(KG)": "weight"}, []),
        ("重量（吨）", {"重量（吨）": "weight"}, ["batch.unit-differs"]),
        ("总重 [g]", {"总重 [g]": "weight"}, ["batch.unit-differs"]),
        ("重量（吨）", {}, ["batch.column-left-out"]),
        ("Net Weight (lb)", {}, ["batch.column-left-out"]),
        ("重量", {}, []),
        ("heaviness", {}, ["batch.no-fact-columns"]),
        ("heaviness (kg)", {}, ["batch.no-fact-columns"]),
    ],
)
def test_headers(tmp_path: Path, header: str, mapping: dict[str, str], told: list[str]) -> None:
    done = evaluate(tmp_path, f"id,{header}\na,20\n", ["heavy"], mapping=mapping)
    assert [each.code for each in done.summary.doubts] == told


def test_a_list_whose_facts_are_all_set_needs_no_column(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "id\na\n", ["fee"], constants={"weight": "20"})
    assert done.summary.doubts == ()


def test_no_figures_are_converted(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "总重(t)\n20\n", ["fee"], mapping={"总重(t)": "weight"})
    assert done.column("fee") == ["30.25"]


def test_sheets_that_were_not_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, cells in (("first", ["weight"]), ("blank", []), ("second", ["x"])):
            book.add_worksheet(name).write_row(0, 0, cells)
    (doubt,) = evaluate(tmp_path, path, ["fee"]).summary.doubts
    assert doubt.code == "batch.other-sheets"
    assert "`second`" in doubt.message.en
    assert "blank" not in doubt.message.en
