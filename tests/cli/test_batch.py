from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cli.desk import KeyaccountCommand, Ran
from keyaccount.cli.progress import SECONDS_BETWEEN_LINES, Lines

LIST = """\
number,Weight,fragile,remark
1,20,true,
2,19.9999999999999,false,
3,heavy,false,
4,,true,"a, b"
"""


@pytest.fixture
def decide_list(keyaccount: KeyaccountCommand) -> KeyaccountCommand:
    """`keyaccount batch parcels` over `LIST`, with further arguments."""
    Path("parcels.csv").write_text(LIST, "utf-8")

    def command(*arguments: str) -> Ran:
        date = ("--as-of", "2025-06-01")
        return keyaccount("batch", "parcels", "parcels.csv", *date, *arguments)

    return command


def rows(file: str) -> list[dict[str, str]]:
    with Path(file).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_list_is_decided_and_summed_up(decide_list: KeyaccountCommand) -> None:
    told = decide_list("--output", "out.csv", "--rejects", "bad.csv")
    assert told.code == 0, told.err
    assert "4 rows in = 3 rows out + 1 rejected" in told.out
    assert "out.csv" in told.out
    assert "bad.csv" in told.out
    assert [row["heavy"] for row in rows("out.csv")] == ["true", "false", ""]
    assert [row["heavy_status"] for row in rows("out.csv")][2] == "undetermined"
    assert len(rows("bad.csv")) == 1


def test_the_summary_in_chinese(decide_list: KeyaccountCommand) -> None:
    told = decide_list("--output", "out.csv", "--rejects", "bad.csv", "--lang", "zh")
    assert "读入 4 行 = 输出 3 行 + 拒绝 1 行" in told.out
    assert "重包裹" in told.out


def test_the_summary_for_programs(decide_list: KeyaccountCommand) -> None:
    told = decide_list("--output", "out.csv", "--rejects", "bad.csv", "--format", "json")
    assert told.json["rows_in"] == told.json["rows_out"] + told.json["rows_rejected"] == 4
    heavy = told.json["decisions"]["heavy"]
    assert heavy["statuses"]["undetermined"] == 1
    assert heavy["missing"] == {"weight": 1}


def test_rejected_rows_that_go_nowhere_are_code_1(decide_list: KeyaccountCommand) -> None:
    told = decide_list("--output", "out.csv")
    assert told.code == 1
    assert "1 rejected" in told.out


def test_one_value_for_all_rows(decide_list: KeyaccountCommand) -> None:
    Path("parcels.csv").write_text("number\n1\n2\n", "utf-8")
    told = decide_list("--output", "out.csv", "--set", "weight=20", "--decision", "heavy")
    assert told.code == 0, told.err
    assert [row["heavy"] for row in rows("out.csv")] == ["true", "true"]


def test_a_header_is_mapped_to_a_fact(decide_list: KeyaccountCommand) -> None:
    Path("parcels.csv").write_text("number,gross=net\n1,20\n", "utf-8")
    told = decide_list("--output", "out.csv", "--map", "gross=net=weight", "--decision", "heavy")
    assert told.code == 0, told.err
    assert [row["heavy"] for row in rows("out.csv")] == ["true"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--output", "out.csv", "--map", "weight"), 2, "`=`"),
        (("--output", "out.csv", "--decision", "heavi"), 2, "`heavy`"),
        ((), 2, "--output"),
        (("--output", "out.csv", "--set", "wait=20"), 1, "`weight`"),
        (("--output", "out.csv", "--map", "nothing=weight"), 1, "nothing"),
        (("--output", "out.doc"), 1, "out.doc"),
        (("--output", "nowhere/out.csv"), 1, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_written(
    decide_list: KeyaccountCommand, arguments: tuple[str, ...], code: int, says: str
) -> None:
    told = decide_list(*arguments)
    assert told.code == code
    assert says in told.err
    assert "Traceback" not in told.err
    assert sorted(each.name for each in Path().iterdir()) == ["parcels.csv", "policies"]


def test_without_a_terminal_progress_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = iter([0.0, 1.0, SECONDS_BETWEEN_LINES, SECONDS_BETWEEN_LINES + 1])
    report = Lines("list.csv", lambda: next(clock))
    for share in (0.1, 0.5, 0.6):
        report(share)
    assert capsys.readouterr().err == "list.csv: 50%\n"
