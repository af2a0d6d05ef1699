from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from batch.desk import evaluate, parquet
from keyaccount.batch import Engine
from keyaccount.batch import run as run_module
from keyaccount.diagnostics.diagnostic import FactError, PolicyError
from keyaccount.ir.outcome import Status
from yaml_cases import program_of

ENGINES = ["sql", "python"]
SQL_DECISIONS = ["heavy", "classes", "size", "fee", "late", "letter"]


def codes(caught: pytest.ExceptionInfo[FactError]) -> list[str]:
    return [each.code for each in caught.value.diagnostics]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_list_is_written_with_the_decisions_beside_its_columns(
    tmp_path: Path, engine: str
) -> None:
    done = evaluate(tmp_path, "id,weight,price\n1,20,\n2,19.9,\n3,,7\n", ["heavy"], engine=engine)
    assert done.text == (
        "id,weight,price,heavy,heavy_rules,heavy_status,heavy_missing,heavy_possible\n"
        "1,20,,true,,decided,,\n"
        "2,19.9,,,,undetermined,price,true|false\n"
        "3,,7,,,undetermined,weight,true|false\n"
    )
    assert done.summary.engine is Engine(engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_lists_are_joined_by_bars_in_csv(tmp_path: Path, engine: str) -> None:
    done = evaluate(
        tmp_path, "weight,sector,price\n25,media,1\n3,other,1\n25,,1\n", ["classes"], engine=engine
    )
    assert [list(row.values())[3:] for row in done.rows] == [
        ["heavy|public", "heavy|public", "undetermined", "fragile", "fragile"],
        ["", "", "undetermined", "fragile", "fragile"],
        ["heavy", "heavy", "undetermined", "fragile|sector", "public|fragile"],
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_parquet_has_types_and_lists(tmp_path: Path, engine: str) -> None:
    select = (
        "SELECT * FROM (VALUES (25.5, 'media', true, DATE '2024-01-01'), (NULL, NULL, NULL, NULL)) "
        "AS t(weight, sector, fragile, sent)"
    )
    done = evaluate(
        tmp_path, parquet(tmp_path, select), SQL_DECISIONS, ending="parquet", engine=engine
    )
    first, second = done.native
    assert first["heavy"] is True
    assert first["classes"] == ["heavy", "public", "fragile"]
    assert first["classes_missing"] == []
    assert first["fee"] == Decimal("38.5")
    assert first["late"] is True
    assert first["letter"] == "B"
    assert second["heavy"] is None
    assert second["heavy_missing"] == ["price", "weight"]
    assert second["heavy_possible"] == ["true", "false"]
    assert second["classes"] == []
    assert second["classes_possible"] == ["heavy", "public", "fragile"]
    assert second["size_status"] == "undetermined"


@pytest.mark.parametrize("engine", ENGINES)
def test_two_rules_that_match_are_a_conflict(tmp_path: Path, engine: str) -> None:
    done = evaluate(tmp_path, "weight,id\n13,1\n12,2\n", ["size"], engine=engine)
    assert [row["size_status"] for row in done.rows] == ["conflict", "decided"]
    assert [row["size_rules"] for row in done.rows] == ["small|odd", "small"]
    assert done.summary.decisions["size"].statuses[Status.CONFLICT] == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_the_text_of_the_list_is_not_changed(tmp_path: Path, engine: str) -> None:
    rows = 'id,weight,price,x\n007,5000000.10,1.500,"a,b"\n"0""1",020,,\n=1+1,3, ,"two\nlines"\n'
    done = evaluate(tmp_path, rows, ["heavy"], engine=engine)
    assert [list(row.values())[:4] for row in done.rows] == [
        ["007", "5000000.10", "1.500", "a,b"],
        ['0"1', "020", "", ""],
        ["=1+1", "3", " ", "two\nlines"],
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_are_exact(tmp_path: Path, engine: str) -> None:
    weights = ["19.9999999999999", "20", "20.0000000000000000001", "19.9999999999999999999", "2e1"]
    text = "weight,price\n" + "".join(f"{each},0\n" for each in weights)
    done = evaluate(tmp_path, text, ["heavy", "fee"], engine=engine)
    assert done.column("heavy") == ["false", "true", "true", "false", "true"]
    assert done.column("fee") == [
        "30.24999999999985",
        "30.25",
        "30.25000000000000000015",
        "30.24999999999999999985",
        "30.25",
    ]


def test_long_numbers_are_decided_again(tmp_path: Path) -> None:
    text = "weight,price\n1,0\n20.0000000000000000001,0\n25,0\n"
    done = evaluate(tmp_path, text, ["heavy"], engine="sql")
    assert done.column("heavy") == ["false", "true", "true"]
    assert (done.summary.engine, done.summary.redecided) == (Engine.SQL, 1)


def test_numbers_of_lists_large_and_small_are_of_one_type(tmp_path: Path) -> None:
    kinds = set()
    for engine in ENGINES:
        for weight in ("20", "7.5", ""):
            text = f"weight,id\n{weight},1\n"
            done = evaluate(tmp_path, text, ["fee"], ending="parquet", engine=engine)
            kinds |= {done.kind("fee")}
    assert kinds == {"DECIMAL(38,10)"}


@pytest.mark.parametrize("kind", ["FLOAT", "DOUBLE", "DECIMAL(38, 4)", "VARCHAR", "INTEGER"])
def test_numbers_of_parquet_stand_for_themselves(tmp_path: Path, kind: str) -> None:
    values = "(19), (20), (21)" if kind == "INTEGER" else "(19.9), (20), (20.1)"
    select = f"SELECT CAST(w AS {kind}) AS weight, 0 AS price FROM (VALUES {values}) AS t(w)"
    for engine in ENGINES:
        done = evaluate(tmp_path, parquet(tmp_path, select), ["heavy"], engine=engine)
        assert done.column("heavy") == ["false", "true", "true"]


def test_a_tenth_as_a_float_is_a_tenth(tmp_path: Path) -> None:
    select = "SELECT 0.1::FLOAT AS weight UNION ALL SELECT 0.7::FLOAT"
    for engine in ENGINES:
        done = evaluate(tmp_path, parquet(tmp_path, select), ["fee"], engine=engine)
        assert done.column("fee") == ["0.4", "1.3"]


def test_every_format_gives_the_same(tmp_path: Path) -> None:
    text = "weight,price,sector,fragile\n25,1,media,true\n3,,other,\n,6000000,,false\n"
    from_csv = evaluate(tmp_path, text, ["heavy", "classes", "fee"]).rows
    for kind in ("parquet", "xlsx"):
        first = evaluate(tmp_path, text, ["heavy"], ending=kind).output
        renamed = first.rename(tmp_path / f"list.{kind}")
        # The results of the first run are columns of the list now, so other decisions are asked.
        done = evaluate(tmp_path, renamed, ["classes", "fee"])
        wanted = [list(row.values())[-10:] for row in from_csv]
        assert [list(row.values())[-10:] for row in done.rows] == wanted


def test_headers_are_known_by_name_alias_and_title(tmp_path: Path) -> None:
    for header in ("weight", "WEIGHT", " Gross_Weight", "重量", "net weight"):
        done = evaluate(tmp_path, f"{header},id\n20,1\n", ["heavy"])
        assert done.column("heavy") == ["true"]
        assert done.summary.columns == {"weight": header}
        assert done.summary.facts_without_column == ("price",)


def test_a_mapping_wins_over_names(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "weight,gross\n1,20\n", ["heavy"], mapping={"gross": "weight"})
    assert done.column("heavy") == ["true"]


def test_one_value_for_all_rows(tmp_path: Path) -> None:
    done = evaluate(
        tmp_path, "id,price\n1,0\n", ["heavy", "classes"], constants={"weight": "1,000%"}
    )
    assert done.column("heavy") == ["false"]
    assert done.summary.constants == {"weight": "1,000%"}
    assert "weight" not in done.summary.facts_without_column


def test_the_date_picks_what_is_in_force(tmp_path: Path) -> None:
    text = "weight,price,sent\n20,0,2025-06-01\n"
    for day, heavy, late in (
        (date(2025, 6, 1), "true", "false"),
        (date(2026, 6, 1), "false", "true"),
    ):
        done = evaluate(tmp_path, text, ["heavy", "late"], as_of=day)
        assert (done.column("heavy"), done.column("late")) == ([heavy], [late])


@pytest.mark.parametrize("engine", ENGINES)
def test_nullable_facts_and_defaults_are_never_unknown(tmp_path: Path, engine: str) -> None:
    done = evaluate(tmp_path, "remark,grade\n,\nab,a\n", ["letter"], engine=engine)
    assert done.column("letter") == ["B", "A"]
    done = evaluate(tmp_path, "remark,grade\n,\nab,a\n", ["spelt"], engine="auto")
    assert done.column("spelt") == ["-", "AB"]


ROW_BY_ROW = """\
policy: p
facts: {n: {type: number}}
decisions:
  d: {type: number, value: "count(for i in 1..n return i)"}
"""


def test_what_sql_cannot_say_goes_row_by_row_and_the_summary_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyaccount.batch.csv_list.FEW_BYTES", 0)
    options = {"program": program_of(ROW_BY_ROW), "policy": "p"}
    done = evaluate(tmp_path, "n,m\n3,x\n,y\n", **options)
    assert done.column("d") == ["3", ""]
    assert done.summary.engine is Engine.PYTHON
    assert [each.span.text for each in done.summary.refusals if each.span] != []


def test_few_rows_go_row_by_row_without_a_word(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "weight,price\n20,0\n", ["heavy"])
    assert done.summary.engine is Engine.PYTHON
    assert done.summary.refusals == ()


def test_sql_or_nothing(tmp_path: Path) -> None:
    options = {"program": program_of(ROW_BY_ROW), "policy": "p"}
    with pytest.raises(PolicyError):
        evaluate(tmp_path, "n,m\n1,2\n", engine="sql", **options)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("header", "options", "code"),
    [
        ("id,weight", {"decisions": ["haevy"]}, "name.unknown-decision"),
        ("id,weight", {"policy": "parcel"}, "name.unknown-policy"),
        ("id,weight", {"mapping": {"wieght": "weight"}}, "batch.unknown-header"),
        ("id,weight", {"mapping": {"id": "wieght"}}, "batch.unknown-fact"),
        ("id,weight", {"constants": {"prize": "1"}}, "batch.unknown-fact"),
        ("id,weight", {"constants": {"price": "dear"}}, "batch.bad-constant"),
        ("id,weight", {"constants": {"price": "-1"}}, "batch.bad-constant"),
        ("id,weight", {"constants": {"weight": "1"}}, "batch.constant-and-column"),
        ("重量,weight", {}, "batch.two-columns"),
        ("weight,weight", {}, "batch.two-columns"),
        ("id,heavy_status", {}, "batch.output-collides"),
        ("id,Heavy", {}, "batch.output-collides"),
        ("id,weight", {"encoding": "utf-99"}, "batch.unknown-encoding"),
        ("id,ID", {"ending": "parquet"}, "batch.duplicate-headers"),
    ],
)
def test_what_the_caller_got_wrong(
    tmp_path: Path, header: str, options: dict[str, object], code: str
) -> None:
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, f"{header}\n1,2\n", **{"decisions": ["heavy"], **options})  # type: ignore[arg-type]
    assert codes(caught) == [code]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv"]


def test_a_near_name_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, "id,weight\n1,2\n", ["heavy"], mapping={"id": "wieght"})
    help_ = caught.value.diagnostics[0].help
    assert help_ is not None
    assert "`weight`" in help_.en


def test_all_mistakes_of_the_mapping_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FactError) as caught:
        evaluate(
            tmp_path,
            "重量,weight\n1,2\n",
            ["heavy"],
            mapping={"x": "price"},
            constants={"y": "1", "price": "2"},
        )
    assert set(codes(caught)) >= {"batch.unknown-fact"}


def test_the_input_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("id,weight\n1,2\n", "utf-8")
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, path, ["heavy"])
    assert codes(caught) == ["batch.same-file"]
    with pytest.raises(FactError) as caught:
        evaluate(tmp_path, "id,weight\n1,2\n", ["heavy"], rejects=tmp_path / "list.csv")
    assert codes(caught) == ["batch.same-file"]


def test_an_earlier_output_stays_until_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = evaluate(tmp_path, "id,weight\n1,20\n", ["heavy"])
    before = done.text

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run_module.Evaluation, "run", broken)
    with pytest.raises(KeyboardInterrupt):
        evaluate(tmp_path, "id,weight\n1,1\n", ["heavy"])
    assert done.text == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", "out.csv"]


def test_extra_columns_may_be_called_anything(tmp_path: Path) -> None:
    header = 'select,__redecide,"in#0","a ""b""",row#,decided,__step_1,unread#,fact#weight,'
    done = evaluate(tmp_path, f"weight,{header}\n20,1,2,3,4,5,6,7,8,9,\n", ["heavy"])
    assert list(done.rows[0].values())[:10] == ["20", *"123456789"]
    assert done.column("heavy") == ["true"]
    assert done.text.startswith(f"weight,{header.replace(chr(34) + 'in#0' + chr(34), 'in#0')}")


def test_nested_columns_of_parquet_pass_through(tmp_path: Path) -> None:
    select = (
        "SELECT 20 AS weight, {'a': [1, 2], 'b': 'x'} AS nested, "
        "[DATE '2024-01-01'] AS days, '1'::BLOB AS bytes"
    )
    done = evaluate(tmp_path, parquet(tmp_path, select), ["heavy"], ending="parquet")
    row = done.native[0]
    assert row["nested"] == {"a": [1, 2], "b": "x"}
    assert row["days"] == [date(2024, 1, 1)]
    assert row["bytes"] == b"1"


def test_lists_of_parquet_are_lists(tmp_path: Path) -> None:
    values = "(['x', 'a|b']), (['y']), ([]), (NULL)"
    select = f"SELECT tags FROM (VALUES {values}) AS t(tags)"
    done = evaluate(tmp_path, parquet(tmp_path, select), ["tagged"])
    assert done.column("tagged") == ["true", "false", "false", ""]
