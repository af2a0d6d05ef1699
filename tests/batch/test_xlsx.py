from __future__ import annotations

import importlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from batch.desk import evaluate
from keyaccount.batch.xlsx_write import write_xlsx
from keyaccount.diagnostics.diagnostic import FactError


def workbook(folder: Path, rows: list[list[Any]]) -> Path:
    path = folder / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("清单")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date | datetime):
                    sheet.write_datetime(number, column, value, day)
                elif value is not None:
                    sheet.write(number, column, value)
    return path


def test_a_title_above_the_header_and_blank_rows_are_none_of_the_list(tmp_path: Path) -> None:
    rows = [["客户清单 2025"], [], ["id", "重量"], ["a", 20], [], ["b", 19.5], ["c", "缺"]]
    done = evaluate(tmp_path, workbook(tmp_path, rows), ["heavy"], constants={"price": "0"})
    assert done.column("id") == ["a", "b", "c"]
    assert done.column("heavy") == ["true", "false", ""]
    assert done.summary.blank_rows == 1


def test_the_first_row_is_the_header_where_none_names_a_fact(tmp_path: Path) -> None:
    done = evaluate(tmp_path, workbook(tmp_path, [["x", "y"], [1, 20]]), ["heavy"])
    assert done.summary.rows_in == 1
    assert done.summary.facts_without_column == ("weight", "price")


def test_bad_cells_tell_their_row_in_the_sheet(tmp_path: Path) -> None:
    rows = [["title"], ["id", "weight"], [1, 20], [], [2, "heavy"], [3, -1]]
    done = evaluate(tmp_path, workbook(tmp_path, rows), ["heavy"])
    assert [reason[:3] for reason in done.reasons] == [(2, 5, "weight"), (3, 6, "weight")]


def test_values_keep_their_types_on_the_way_through(tmp_path: Path) -> None:
    rows = [
        ["id", "weight", "sent", "fragile", "remark", "share"],
        [1, 19.9999999999999, date(2025, 1, 31), True, "007", 0.25],
        [2, 20, date(2025, 7, 1), False, "=1+1", 1],
    ]
    path = workbook(tmp_path, rows)
    done = evaluate(tmp_path, path, ["fee", "late", "classes"], ending="parquet")
    first = done.native[0]
    assert first["id"] == 1
    assert first["sent"] == date(2025, 1, 31)
    assert first["fragile"] is True
    assert (first["remark"], first["share"]) == ("007", 0.25)
    assert first["late"] is True
    assert [row["fee"] for row in done.native] == [Decimal("30.24999999999985"), Decimal("30.25")]


def test_mixed_columns_are_text(tmp_path: Path) -> None:
    rows = [["weight", "id"], *([[20, 1]] * 1500), ["1,000", 2], ["N/A", 3]]
    done = evaluate(tmp_path, workbook(tmp_path, rows), ["heavy"], constants={"price": "0"})
    assert done.column("heavy")[-3:] == ["true", "true", ""]


def test_numbers_beside_texts_keep_all_their_digits(tmp_path: Path) -> None:
    rows = [
        ["weight", "id"],
        [19.9999999999999, 7],
        [20, "007"],
        ["N/A", "1e5"],
        [1e-12, True],
        ["19.99999999999999999999", 0.1234567890123],
    ]
    path = workbook(tmp_path, rows)
    done = evaluate(tmp_path, path, ["heavy", "fee"], constants={"price": "0"})
    assert done.column("heavy") == ["false", "true", "", "false", "false"]
    assert done.column("id") == ["7", "007", "1e5", "true", "0.1234567890123"]
    assert done.column("fee")[0] == "30.24999999999985"


@pytest.mark.parametrize(("top", "first"), [([], 2), ([["title"], []], 4)])
def test_a_formula_that_failed_is_no_empty_cell(
    tmp_path: Path, top: list[list[Any]], first: int
) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([*top, ["id", "weight"], ["a", 20.5]]):
            sheet.write_row(line, 0, row)
        for line, shown in enumerate(["#DIV/0!", "#N/A", "#REF!", 19.5], first):
            sheet.write_row(line, 0, ["x"])
            sheet.write_formula(line, 1, "=1/0", None, shown)
    done = evaluate(tmp_path, path, ["heavy"], constants={"price": "0"})
    assert done.column("weight") == ["20.5", "#N/A", "19.5"]
    assert [reason[1:] for reason in done.reasons] == [
        (first + 1, "weight", "#DIV/0!", "not-a-number"),
        (first + 3, "weight", "#REF!", "not-a-number"),
    ]


def test_more_rows_than_a_sheet_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyaccount.batch.xlsx_write.MOST_ROWS", 10)
    assert write_xlsx(tmp_path / "a.xlsx", ["n"], [[[n] for n in range(10)]]) == 10
    with pytest.raises(FactError) as caught:
        write_xlsx(tmp_path / "b.xlsx", ["n"], [[[n] for n in range(11)]])
    assert [each.code for each in caught.value.diagnostics] == ["batch.too-large"]


def test_a_text_that_no_cell_holds_is_refused_and_not_cut(tmp_path: Path) -> None:
    with pytest.raises(FactError) as caught:
        write_xlsx(tmp_path / "a.xlsx", ["n"], [[["x" * 32_768]]])
    assert [each.code for each in caught.value.diagnostics] == ["batch.too-large"]


def test_without_the_extra_its_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, [["id", "weight"], [1, 20]])

    def without(name: str, package: str | None = None) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, path, ["heavy"])
    assert [each.code for each in caught.value.diagnostics] == ["batch.missing-extra"]
    help_ = caught.value.diagnostics[0].help
    assert help_ is not None
    assert "keyaccount[xlsx]" in help_.en
