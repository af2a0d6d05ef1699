from __future__ import annotations

from pathlib import Path

import pytest

from batch.desk import evaluate, parquet
from keyaccount.batch import run as run_module
from keyaccount.batch.rejects import HEADER
from keyaccount.diagnostics.diagnostic import FactError

ENGINES = ["sql", "python"]

BAD = """\
id,weight,sector,sent,price
1,20,media,2025-01-01,1
2,heavy,media,2025-01-01,1
3,-1,media,2025-01-01,1
4,20,farming,2025-01-01,1
5,20,media,2025-02-30,1
6,12345678901234567890123456789012345,media,2025-01-01,1
7,20,media,2025-01-01,1,too,many
8,20,media
9,light,fishing,soon,-5
10,"20,media,2025-01-01,1
11,20,media,2025-01-01,1
12,20,me\0dia,2025-01-01,1
13,25,新闻,2025/1/1,1
14,20,med\udcffia,2025-01-01,1

16,30,other,,
""".encode("utf-8", "surrogateescape")

REASONS = [
    (2, 3, "weight", "heavy", "not-a-number"),
    (3, 4, "weight", "-1", "not-allowed"),
    (4, 5, "sector", "farming", "undeclared-value"),
    (5, 6, "sent", "2025-02-30", "not-a-date"),
    (6, 7, "weight", "12345678901234567890123456789012345", "too-many-digits"),
    (7, 8, "", "7,20,media,2025-01-01,1,too,many", "too-many-columns"),
    (8, 9, "", "8,20,media", "too-few-columns"),
    (9, 10, "weight", "light", "not-a-number"),
    (9, 10, "sector", "fishing", "undeclared-value"),
    (9, 10, "sent", "soon", "not-a-date"),
    (9, 10, "price", "-5", "not-allowed"),
    (10, 11, "", '10,"20,media,2025-01-01,1', "unclosed-quote"),
    (12, 13, "", "12,20,me\\0dia,2025-01-01,1", "nul"),
    (14, 15, "", "14,20,med\\xffia,2025-01-01,1", "encoding"),
]


@pytest.mark.parametrize("engine", ENGINES)
def test_bad_rows_are_rejected_and_the_rest_is_evaluated(tmp_path: Path, engine: str) -> None:
    done = evaluate(tmp_path, BAD, ["heavy", "classes", "late"], engine=engine)
    assert done.reasons == REASONS
    assert done.column("id") == ["1", "11", "13", "16"]
    assert done.column("classes") == ["heavy|public", "heavy|public", "heavy|public", "heavy"]
    summary = done.summary
    assert (summary.rows_in, summary.rows_out, summary.rows_rejected) == (15, 4, 11)
    assert (summary.rejected_cells, summary.blank_rows) == (14, 1)


def test_rejects_go_beside_the_output_unless_told_otherwise(tmp_path: Path) -> None:
    evaluate(tmp_path, BAD, ["heavy"])
    assert (tmp_path / "out.csv.rejects.csv").exists()
    (tmp_path / "out.csv.rejects.csv").unlink()
    done = evaluate(tmp_path, BAD, ["heavy"], rejects=tmp_path / "bad.csv")
    assert done.summary.rejects == tmp_path / "bad.csv"
    assert not (tmp_path / "out.csv.rejects.csv").exists()


def test_no_rejects_no_file(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "id,weight\n1,2\n", ["heavy"])
    assert done.summary.rejects is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", "out.csv"]


def test_a_rejects_file_that_was_asked_for_is_there_even_if_empty(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "id,weight\n1,2\n", ["heavy"], rejects=tmp_path / "bad.csv")
    assert done.rejects == []
    assert (tmp_path / "bad.csv").read_text("utf-8") == ",".join(HEADER) + "\n"


def test_reasons_come_in_two_languages(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "id,weight\n1,x\n", ["heavy"])
    assert done.rejects[0]["reason"] == "`x` is not a number"
    assert done.rejects[0]["reason_zh"] == "`x` 不是数值"


def test_columns_that_no_decision_needs_are_not_looked_at(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "weight,sector\n20,farming\n", ["fee"])
    assert done.summary.rows_rejected == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_bad_cells_of_parquet_are_rejected_with_their_row(tmp_path: Path, engine: str) -> None:
    select = (
        "SELECT * FROM (VALUES (1, 20.0), (2, -1), (3, 'nan'::DOUBLE), (4, 7)) AS t(id, weight)"
    )
    done = evaluate(tmp_path, parquet(tmp_path, select), ["fee"], engine=engine)
    assert done.reasons == [
        (2, 2, "weight", "-1.0", "not-allowed"),
        (3, 3, "weight", "nan", "not-a-number"),
    ]
    assert done.column("id") == ["1", "4"]


def test_lines_count_the_breaks_inside_quotes(tmp_path: Path) -> None:
    text = 'id,remark,weight\n1,"a\nb",20\n2,"c\nd",heavy\n3,e,x\n'
    done = evaluate(tmp_path, text, ["heavy"])
    assert [reason[:2] for reason in done.reasons] == [(2, 4), (3, 6)]


def test_a_list_of_bad_rows_alone(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "id,weight\n" + "1,x\n" * 500 + "2\n" * 500, ["heavy"])
    assert (done.summary.rows_out, done.summary.rows_rejected) == (0, 1000)
    assert [int(each["row"]) for each in done.rejects] == list(range(1, 1001))


def test_a_defect_in_the_count_is_never_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_module.Evaluation.run

    def loses_a_row(evaluation: run_module.Evaluation) -> run_module.Written:
        written = run(evaluation)
        return run_module.Written(written.rows - 1, written.redecided, written.decisions)

    monkeypatch.setattr(run_module.Evaluation, "run", loses_a_row)
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, "id,weight\n1,2\n", ["heavy"])
    assert [each.code for each in caught.value.diagnostics] == ["batch.miscounted"]
    assert not (tmp_path / "out.csv").exists()
