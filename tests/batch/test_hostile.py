"""Lists that are not what they should be: refused in words, or read for what they hold."""

from __future__ import annotations

import errno
import zipfile
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet
import pytest

from batch.desk import evaluate, parquet, table
from keyaccount.batch import Resources
from keyaccount.batch.evaluation import Evaluation
from keyaccount.batch.xlsx_guard import WorkbookLimits, check_workbook
from keyaccount.diagnostics.diagnostic import FactError


def codes(caught: pytest.ExceptionInfo[FactError]) -> list[str]:
    return [each.code for each in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("list.csv", b"", "batch.no-header"),
        ("list.csv", b"\n\n", "batch.no-header"),
        ("list.txt", b"id,weight\n", "batch.unknown-format"),
        ("list.parquet", b"", "batch.unreadable-file"),
        ("list.parquet", b"PAR1 no it is not PAR1", "batch.unreadable-file"),
        ("list.xlsx", b"", "batch.unreadable-file"),
        ("list.xlsx", b"id,weight\n1,2\n", "batch.unreadable-file"),
    ],
)
def test_files_that_are_no_lists(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, path, ["heavy"])
    assert codes(caught) == [code]
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, tmp_path / "no.csv")
    assert codes(caught) == ["batch.not-found"]
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, tmp_path / "folder.csv")
    assert codes(caught) == ["batch.is-a-directory"]


def test_an_output_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path / "nowhere", _listed(tmp_path))
    assert codes(caught) == ["batch.unwritable-file"]


def _listed(folder: Path, text: str = "id,weight\n1,20\n", name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8", newline="")
    return path


@pytest.mark.parametrize(
    "name", ["a*b?.csv", "[x].csv", 'it\'s "so".csv', "客户 清单.csv", "-x.csv"]
)
def test_file_names_may_hold_anything(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "odd [name]*'s"
    folder.mkdir()
    done = evaluate(folder, _listed(folder, name=name), ["heavy"])
    assert done.column("heavy") == ["true"]


def test_a_line_of_many_megabytes_is_one_reject(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.write(b"id,weight\n1,20\n2,")
        for _ in range(20):
            file.write(b"x" * (1 << 20))
        file.write(b"\n3,20\n")
    done = evaluate(tmp_path, path, ["heavy"], resources=Resources(memory_bytes=200 << 20))
    assert done.column("id") == ["1", "3"]
    assert [reason[4] for reason in done.reasons] == ["row-too-long"]
    assert len(done.rejects[0]["text"]) <= 1000


@pytest.mark.parametrize(
    "text", ["a,b,c\r1,20,x\r2,1,y\r", "a,b,c\r\n1,20,x\n2,1,y\r\n", "a,b,c\n\n1,20,x\n\n\n2,1,y"]
)
def test_line_breaks_of_every_kind(tmp_path: Path, text: str) -> None:
    done = evaluate(tmp_path, text, ["heavy"], mapping={"b": "weight"}, constants={"price": "0"})
    assert done.column("heavy") == ["true", "false"]
    assert done.column("c") == ["x", "y"]


@pytest.mark.parametrize(
    "text",
    [
        'b,c\n20,"x\r\ny"\n20,"x\ny"\n20,"x\ry"\n',
        'b,c\r\n20,"x\r\ny"\r\n20,"x\ny"\r\n20,"x\ry"\r\n',
        'b,c\n20,"x\r\ny"\n\n20,"x\ny"\n20,"x\ry"\n20,"z\n',
    ],
)
def test_line_breaks_inside_quotes_stay_as_they_are(tmp_path: Path, text: str) -> None:
    done = evaluate(tmp_path, text, ["heavy"], mapping={"b": "weight"})
    assert done.column("c") == ["x\r\ny", "x\ny", "x\ry"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16", "big5", "utf-8"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "客戶,重量\n青禾嶺,20\n雲杉里,1\n"
    asked = encoding if encoding == "big5" else None
    done = evaluate(
        tmp_path,
        text.encode(encoding),
        ["heavy"],
        encoding=asked,
        constants={"price": "0"},
        mapping={"重量": "weight"},
    )
    assert done.column("heavy") == ["true", "false"]
    assert done.column("客戶") == ["青禾嶺", "雲杉里"]


def test_delimiters_stay_as_they_are(tmp_path: Path) -> None:
    for delimiter in (";", "\t"):
        text = f"a,b{delimiter}weight{delimiter}c\n1,5{delimiter}20{delimiter}x\n"
        done = evaluate(tmp_path, text, ["heavy"])
        assert table(done.output, delimiter)[0]["heavy"] == "true"
        assert done.text.splitlines()[1].startswith(f"1,5{delimiter}20{delimiter}x{delimiter}true")


def test_a_row_that_the_fast_reader_would_swallow(tmp_path: Path) -> None:
    rows = "".join(f"{n},20\n" for n in range(1000))
    text = f'id,weight\n{rows}x,"20\n{rows}'
    done = evaluate(tmp_path, text, ["heavy"])
    assert done.summary.rows_out == 2000
    assert done.reasons == [(1001, 1002, "", 'x,"20', "unclosed-quote")]


def test_trouble_far_into_the_file_is_found(tmp_path: Path) -> None:
    rows = "".join(f"{n},20\n" for n in range(300_000))
    text = f'id,weight\n{rows}x,"20\n,\n\n{rows[:7000]}'
    done = evaluate(tmp_path, text, ["heavy"])
    assert done.summary.rows_rejected == 1
    assert done.summary.blank_rows == 1
    assert done.summary.rows_in == done.summary.rows_out + 1


# ---- workbooks ------------------------------------------------------------------------------


def workbook(path: Path, sheet: bytes, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def test_a_workbook_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", b" " * 10_000_000)
    with pytest.raises(FactError) as caught:
        check_workbook(path, WorkbookLimits(unfolded_bytes=1_000_000))
    assert codes(caught) == ["batch.too-large"]


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", b" " * 10_000_000)
    data = bytearray(path.read_bytes())
    directory = data.rfind(b"PK\1\2")
    data[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    with pytest.raises(FactError) as caught:
        check_workbook(path, WorkbookLimits(unfolded_bytes=1_000_000))
    assert codes(caught) == ["batch.too-large"]


def test_two_cells_in_far_corners_are_refused(tmp_path: Path) -> None:
    sheet = b'<row r="1"><c r="A1"/></row>' + b" " * 300_000 + b'<c r="XFD1048576"><v>1</v></c>'
    with pytest.raises(FactError) as caught:
        check_workbook(workbook(tmp_path / "list.xlsx", sheet), WorkbookLimits())
    assert codes(caught) == ["batch.too-large"]


def test_a_workbook_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20):
            archive.writestr(f"part{number}", b"")
    with pytest.raises(FactError) as caught:
        check_workbook(path, WorkbookLimits(parts=10))
    assert codes(caught) == ["batch.too-large"]


def test_formulas_are_written_as_text(tmp_path: Path) -> None:
    text = 'weight,remark\n20,=HYPERLINK("http://x")\n20,+1\n20,@x\n'
    done = evaluate(tmp_path, text.replace('"', ""), ["heavy"], ending="xlsx")
    with zipfile.ZipFile(done.output) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert sheet.count(b"HYPERLINK") == 1


def test_decimals_that_could_not_be_kept_are_refused(tmp_path: Path) -> None:
    wide = pyarrow.array([Decimal("19.99999999999999999999")], pyarrow.decimal256(50, 22))
    path = tmp_path / "list.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"weight": wide}), path)
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, path, ["heavy"])
    assert codes(caught) == ["batch.wide-decimal"]
    assert "`weight`" in caught.value.diagnostics[0].message.en


def test_a_column_of_parquet_that_is_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "list.parquet"
    pairs = pyarrow.array([{"a": {"b": 1}, "c": [1]}])
    columns = [pairs, pyarrow.array([1]), pyarrow.array([20])]
    table_ = pyarrow.Table.from_arrays(columns, names=["nested", "weight", "Weight"])
    pyarrow.parquet.write_table(table_, path)
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, path, ["heavy"])
    assert codes(caught) == ["batch.two-columns"]
    assert "`weight`, `Weight`" in caught.value.diagnostics[0].message.en


def test_numbers_past_a_double_are_text_in_a_workbook(tmp_path: Path) -> None:
    select = (
        "SELECT 12345678901234567.25::DECIMAL(20,2) AS exact, 20 AS weight, "
        "DATE '1815-06-18' AS day"
    )
    done = evaluate(tmp_path, parquet(tmp_path, select), ["heavy"], ending="xlsx")
    with zipfile.ZipFile(done.output) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"12345678901234567.25" in sheet
    assert b"1815-06-18" in sheet


@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        duckdb.IOException("IO Error: Could not write file: No space left on device"),
        duckdb.OutOfMemoryException("failed to offload data block of size 256.0 KiB"),
    ],
)
def test_a_full_disk_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(_: Evaluation) -> None:
        raise failure

    monkeypatch.setattr(Evaluation, "run", fail)
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, "id,weight\n1,20\n", ["heavy"])
    assert codes(caught) == ["batch.disk-full"]
    assert [each.name for each in tmp_path.iterdir()] == ["list.csv"]
