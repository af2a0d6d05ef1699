from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyaccount.batch.csv_dialect import find_delimiter, find_encoding, read_head
from keyaccount.batch.csv_records import (
    BrokenRow,
    RecordLimits,
    Records,
    Row,
    join_record,
    split_record,
)
from keyaccount.batch.csv_scan import scan
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError

LIMITS = RecordLimits()


def rows_of(
    text: bytes, columns: int = 3, limits: RecordLimits = LIMITS
) -> tuple[list[Row | BrokenRow], Records]:
    records = Records(io.BytesIO(text), b",", columns, 2, limits)
    return list(records), records


def told(rows: list[Row | BrokenRow]) -> Iterator[tuple[object, ...]]:
    """Each row's number and line, with its cells or its problem."""
    for row in rows:
        if isinstance(row, BrokenRow):
            yield row.number, row.line, row.reason.code.removeprefix("batch.")
        else:
            cells = split_record(row.record, b",") if row.cells is None else row.cells
            assert not isinstance(cells, Diagnostic)
            yield row.number, row.line, *(cell.decode() for cell in cells)


CASES = {
    "plain rows": (b"a,b,c\nd,e,f\n", [(1, 2, "a", "b", "c"), (2, 3, "d", "e", "f")]),
    "no break at the end": (b"a,b,c", [(1, 2, "a", "b", "c")]),
    "breaks of Windows": (b"a,b,c\r\nd,e,f\r\n", [(1, 2, "a", "b", "c"), (2, 3, "d", "e", "f")]),
    "breaks of old Macs": (b"a,b,c\rd,e,f\r", [(1, 2, "a", "b", "c"), (2, 3, "d", "e", "f")]),
    "blank lines are no rows": (
        b"\na,b,c\n  \n\nd,e,f\n\n",
        [(1, 3, "a", "b", "c"), (2, 6, "d", "e", "f")],
    ),
    "a row of empty cells is a row": (b",,\n", [(1, 2, "", "", "")]),
    "a quoted delimiter": (b'a,"b,x",c\n', [(1, 2, "a", "b,x", "c")]),
    "a quoted quote": (b'a,"b""x",c\n', [(1, 2, "a", 'b"x', "c")]),
    "a quoted line break": (
        b'a,"b\nx",c\nd,e,f\n',
        [(1, 2, "a", "b\nx", "c"), (2, 4, "d", "e", "f")],
    ),
    "a quote inside a cell is a character": (b'a,5" pipe,c\n', [(1, 2, "a", '5" pipe', "c")]),
    "blanks before a quote belong to the cell": (b'a, "b",c\n', [(1, 2, "a", ' "b"', "c")]),
    "blanks behind a quote are dropped": (b'a,"b" ,c\n', [(1, 2, "a", "b", "c")]),
    "empty cells beyond the header are dropped": (b"a,b,c,,\n", [(1, 2, "a", "b", "c")]),
    "too many columns": (b"a,b,c,d\nd,e,f\n", [(1, 2, "too-many-columns"), (2, 3, "d", "e", "f")]),
    "too few columns": (b"a,b\nd,e,f\n", [(1, 2, "too-few-columns"), (2, 3, "d", "e", "f")]),
    "a quote never closed": (
        b'a,b,c\nd,"e,f\ng,h,i\nj,k,l\n',
        [
            (1, 2, "a", "b", "c"),
            (2, 3, "unclosed-quote"),
            (3, 4, "g", "h", "i"),
            (4, 5, "j", "k", "l"),
        ],
    ),
    "a quote never closed in the last row": (
        b'a,b,c\nd,"e,f',
        [(1, 2, "a", "b", "c"), (2, 3, "unclosed-quote")],
    ),
    "two quotes never closed": (
        b'a,"b,c\nd,e,f\ng,"h,i\nj,k,l\n',
        [
            (1, 2, "text-after-quote"),
            (2, 3, "d", "e", "f"),
            (3, 4, "unclosed-quote"),
            (4, 5, "j", "k", "l"),
        ],
    ),
    "text behind a quote": (
        b'a,"b"x,c\nd,e,f\n',
        [(1, 2, "text-after-quote"), (2, 3, "d", "e", "f")],
    ),
    "an embedded NUL": (b"a,b\0,c\nd,e,f\n", [(1, 2, "nul"), (2, 3, "d", "e", "f")]),
}


@pytest.mark.parametrize("name", CASES)
def test_rows_are_taken_apart(name: str) -> None:
    text, expected = CASES[name]
    rows, _ = rows_of(text)
    assert list(told(rows)) == expected


def test_blank_lines_are_counted() -> None:
    rows, records = rows_of(b"\na,b,c\n  \n\n")
    assert (len(rows), records.blank) == (1, 3)


def test_a_line_past_the_limit_is_one_reject() -> None:
    limits = RecordLimits(record_bytes=1000)
    text = b"a,b,c\n" + b"x" * 5_000_000 + b"\nd,e,f\n"
    rows, _ = rows_of(text, limits=limits)
    assert list(told(rows)) == [
        (1, 2, "a", "b", "c"),
        (2, 3, "row-too-long"),
        (3, 4, "d", "e", "f"),
    ]
    assert all(len(row.record) <= 1001 for row in rows)


def test_a_quote_that_closes_too_far_away_counts_as_unclosed() -> None:
    limits = RecordLimits(record_lines=10)
    text = b'a,"b,c\n' + b"d,e,f\n" * 20 + b'g,h",i\n'
    rows, _ = rows_of(text, limits=limits)
    assert [row.number for row in rows if isinstance(row, BrokenRow)] == [1]
    assert len(rows) == 22


CELLS = st.lists(
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8),
    min_size=2,
    max_size=4,
)


@given(cells=CELLS, delimiter=st.sampled_from([b",", b";", b"\t"]))
def test_what_is_joined_comes_apart_again(cells: list[str], delimiter: bytes) -> None:
    record = join_record([cell.encode() for cell in cells], delimiter)
    found = split_record(record, delimiter)
    assert not isinstance(found, Diagnostic)
    assert [cell.decode() for cell in found] == cells


@given(
    table=st.lists(st.lists(st.text('ab,"\n ;é', max_size=5), min_size=3, max_size=3), max_size=8)
)
def test_well_formed_files_are_read_as_python_reads_them(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    rows, _ = rows_of(out.getvalue().encode())
    assert [list(each[2:]) for each in told(rows)] == table


# ---- the quick count ------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


@given(
    table=st.lists(st.lists(st.text('ab,"\n x', max_size=5), min_size=3, max_size=3), max_size=8),
    line_break=st.sampled_from(["\n", "\r\n"]),
)
def test_a_plain_file_is_counted_as_it_is_read(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], line_break: str
) -> None:
    path = tmp_path_factory.mktemp("scan") / "list.csv"
    out = io.StringIO()
    csv.writer(out, lineterminator=line_break).writerows(table)
    path.write_bytes(out.getvalue().encode())
    layout = scan(path, 0)
    if layout.plain:
        rows, records = rows_of(path.read_bytes())
        assert layout.rows == len(rows)
        assert records.blank == 0


@pytest.mark.parametrize(
    "text",
    [
        b"a,b\0,c\n",
        b"a,b,c\n\nd,e,f\n",
        b"a,b,c\r\n\r\nd,e,f\r\n",
        b"\na,b,c\n",
        b"a,b,c\rd,e,f\r",
        b"a,b,c\nd,e,f\r\n",
        b'a, "b",c\n',
        b'a,"b" ,c\n',
        b'a,"b,c\n',
    ],
)
def test_what_the_fast_reader_takes_otherwise_is_not_plain(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    assert not scan(file, 0).plain


def test_rows_are_counted_over_the_seams_of_blocks(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b'a,"b\r\nx",c\r\nd,e,f\r\n' * 50
    file.write_bytes(text)
    whole = scan(file, 0)
    assert (whole.rows, whole.lines, whole.plain) == (100, 150, True)
    for size in range(1, 12):
        monkeypatch.setattr("keyaccount.batch.csv_scan._BLOCK_BYTES", size)
        assert scan(file, 0) == whole


# ---- how a file is written ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"a,b\n1,2\n", "utf-8"),
        ("月用量,客户\n1,青禾岭食品有限公司\n".encode(), "utf-8"),
        ("月用量,客户\n1,青禾岭食品有限公司\n".encode("gb18030"), "gb18030"),
        (b"\xef\xbb\xbfa,b\n", "utf-8"),
        ("a,b\n".encode("utf-16"), "utf-16"),
        ("客户\n青禾岭\n云杉里\n".encode() + b"\xff\n", "utf-8"),
    ],
)
def test_the_encoding_is_found(head: bytes, encoding: str) -> None:
    assert find_encoding(head, None)[0] == encoding


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [(b"a,b,c", b","), (b"a;b;c", b";"), (b"a\tb\tc", b"\t"), (b'"a,b";c;d', b";"), (b"a", b",")],
)
def test_the_delimiter_is_found(header: bytes, delimiter: bytes) -> None:
    assert find_delimiter(header) == delimiter


def test_a_header_may_hold_anything(file: Path) -> None:
    file.write_bytes('\n"a ""b""\nc",select,月用量（吨）,\n1,2,3,4\n'.encode())
    head = read_head(file, None, "list.csv")
    assert head.headers == ('a "b"\nc', "select", "月用量（吨）", "")
    assert head.data_line == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "batch.no-header"),
        (b"\n \n", "batch.no-header"),
        (b'"a,b\n', "batch.bad-header"),
        (b"a,\0\n1,2\n", "batch.bad-header"),
    ],
)
def test_a_file_without_a_header_is_refused(file: Path, text: bytes, code: str) -> None:
    file.write_bytes(text)
    with pytest.raises(FactError) as caught:
        read_head(file, None, "list.csv")
    assert [each.code for each in caught.value.diagnostics] == [code]
