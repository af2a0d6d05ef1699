from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from keyaccount.backends.sql.kinds import Enums
from keyaccount.batch.cells import MISSING, CellError, MissingMarkers, cell_reader
from keyaccount.batch.duck import literal
from keyaccount.batch.numerals import LONGEST
from keyaccount.batch.outputs import value_text
from keyaccount.batch.sql_cells import sql_cells
from keyaccount.feel.values.number import number_from_text
from keyaccount.ir.core import Fact
from yaml_cases import program_of

POLICY = """\
policy: p
facts:
  number: {type: number}
  boolean: {type: boolean}
  date: {type: date}
  date and time: {type: date and time}
  days and time duration: {type: days and time duration}
  string: {type: string}
  sector:
    type: string
    values: [media, justice, NA]
    titles:
      media: {zh: 新闻, en: News media}
      justice: {zh: 公检法, en: shared}
      NA: {zh: 不适用, en: shared}
  dealer:
    type: string
    values: [has, without]
    titles: {has: {zh: 有}, without: {zh: 无, en: None}}
  tags: {type: list<number>}
decisions:
  all:
    value: >-
      [number, boolean, date, date and time, days and time duration, string, sector, dealer, tags]
"""
FACTS = program_of(POLICY).facts
MARKERS = MissingMarkers()
CASES = {
    f"{fact}: {case['name']}": (fact, case)
    for fact, cases in YAML(typ="safe").load(Path(__file__).with_name("cells.yaml")).items()
    for case in cases
}


def read(fact: str, text: str, markers: MissingMarkers = MARKERS) -> object:
    return cell_reader(FACTS[fact], markers)(text)


def shown(value: object) -> str | None:
    return "missing" if value is MISSING else value_text(value)


def expected(fact: str, text: str) -> str | None:
    if fact == "number":
        return shown(number_from_text(text))
    return text


@pytest.mark.parametrize("name", CASES)
def test_what_a_cell_means(name: str) -> None:
    fact, case = CASES[name]
    if "problem" in case:
        with pytest.raises(CellError) as caught:
            read(fact, case["text"])
        assert caught.value.diagnostic.code == case["problem"]
    elif "missing" in case:
        assert read(fact, case["text"]) is MISSING
    else:
        assert shown(read(fact, str(case["text"]))) == expected(fact, str(case["value"]))


def test_markers_chosen_by_the_caller_hold_in_free_text_too() -> None:
    chosen = MissingMarkers(frozenset({"nichts"}), listed=True)
    assert read("string", "nichts", chosen) is MISSING
    with pytest.raises(CellError):
        read("number", "N/A", chosen)


def test_a_list_is_parted_by_bars() -> None:
    assert [shown(each) for each in read("tags", "1| 2.50 |3%")] == ["1", "2.5", "0.03"]


def test_a_native_list_comes_as_json() -> None:
    reader = cell_reader(FACTS["tags"], MARKERS, items_as_json=True)
    assert reader("[]") == []
    assert [shown(each) for each in reader('["1", null, "2"]')] == ["1", None, "2"]


def test_text_beyond_all_measure_is_no_number() -> None:
    with pytest.raises(CellError) as caught:
        read("number", "9" * (LONGEST + 1))
    assert caught.value.diagnostic.code == "batch.too-many-digits"
    with pytest.raises(CellError) as caught:
        read("number", "x" * (LONGEST + 1))
    assert caught.value.diagnostic.code == "batch.not-a-number"


# ---- SQL reads a cell as `cells` does, or leaves it -----------------------------------------

CONNECTION = duckdb.connect()
TEXTS = sorted({str(case["text"]) for _, case in CASES.values()})
READ_BY_SQL = ("number", "boolean", "date", "string", "sector", "dealer")
AWKWARD = (
    *("1e400", "1e-400", "1E5", "1e1_0", "1.5_0", "-0", "00", "000000000000000", "0e0", "1e-291"),
    *("0.000000000000001", "999999999999999", "9999999999999999", "0.1", "0.30000000000000004"),
    *("1d", "1f", "0b1", "Infinity", "-inf", "+nan", "true.", "TRUE", "tRUE", "t", "T", "y", "N"),
    *(
        "+-0",
        "+-5",
        "-+5",
        " +-1.5",
        "on",
        "off",
        "01",
        "2024-13-01",
        "2024-01-32",
        "+024-01-01",
        "9999-12-31",
        "0000-01-01",
    ),
)


def in_sql(fact: Fact, text: str | None, form: str) -> tuple[object, bool]:
    """The value as text, and whether SQL leaves the cell."""
    given_cell = "NULL" if text is None else literal(text)
    enums = Enums()
    cells = sql_cells(fact, "c", "VARCHAR", MARKERS, form, enums)  # type: ignore[arg-type]
    for each in enums.definitions():
        CONNECTION.execute(each)
    value, again = CONNECTION.execute(
        f"SELECT CAST({cells.value} AS VARCHAR), coalesce({cells.again or 'false'}, false) "
        f"FROM (SELECT CAST({given_cell} AS VARCHAR) AS c)"
    ).fetchall()[0]
    return value, again


def agree(fact: str, text: str, form: str) -> None:
    value, again = in_sql(FACTS[fact], text, form)
    if again:
        return
    meant = read(fact, text)
    if value is None:
        assert meant is MISSING
    elif fact == "number":
        assert shown(number_from_text(value)) == shown(meant)
    else:
        assert value == shown(meant)


@pytest.mark.parametrize("form", ["double", "decimal"])
@pytest.mark.parametrize("fact", READ_BY_SQL)
@pytest.mark.parametrize("text", [*TEXTS, *AWKWARD])
def test_sql_reads_as_cells_do(fact: str, text: str, form: str) -> None:
    agree(fact, text, form)


@given(text=st.text(st.sampled_from("0123456789.eE+-_ ,%inf"), max_size=20))
@example("1e-320")
@example("000000000000000000.5")
def test_sql_reads_numbers_as_cells_do(text: str) -> None:
    agree("number", text, "double")
    agree("number", text, "decimal")


@given(text=st.text(st.sampled_from("0123456789-/ :T"), max_size=12))
def test_sql_reads_dates_as_cells_do(text: str) -> None:
    agree("date", text, "double")


@pytest.mark.parametrize(
    ("fact", "texts"),
    [
        ("number", ["20", "19.9999999999999", "-1.5", "5000000.10", "", "N/A"]),
        ("boolean", ["true", "FALSE", "是", "否", "1", "", "-"]),
        ("date", ["2024-02-29", "", "N/A"]),
        ("sector", ["media", "新闻", "公检法", "NA", "", "N/A"]),
    ],
)
def test_sql_leaves_no_plain_cell(fact: str, texts: list[str]) -> None:
    assert [text for text in texts if in_sql(FACTS[fact], text, "double")[1]] == []


@pytest.mark.parametrize("fact", READ_BY_SQL)
def test_null_is_nothing_known(fact: str) -> None:
    assert in_sql(FACTS[fact], None, "double") == (None, False)


@pytest.mark.parametrize(
    ("sql_type", "sql", "value"),
    [
        ("DOUBLE", "0.1::DOUBLE", "0.1"),
        ("FLOAT", "0.1::FLOAT", "0.1"),
        ("FLOAT", "16777216::FLOAT", "16777216"),
        ("DECIMAL(18,2)", "5000000.10::DECIMAL(18,2)", "5000000.1"),
        ("BIGINT", "20::BIGINT", "20"),
    ],
)
def test_native_numbers_stand_for_their_shortest_decimal(
    sql_type: str, sql: str, value: str
) -> None:
    cells = sql_cells(FACTS["number"], "c", sql_type, MARKERS, "double", Enums())
    found, again = CONNECTION.execute(
        f"SELECT CAST({cells.value} AS VARCHAR), {cells.again or 'false'} FROM (SELECT {sql} AS c)"
    ).fetchall()[0]
    assert not again
    assert shown(number_from_text(found)) == value


def test_a_native_number_that_is_none_is_left() -> None:
    cells = sql_cells(FACTS["number"], "c", "DOUBLE", MARKERS, "double", Enums())
    for odd in ("nan", "inf", "-inf"):
        again = CONNECTION.execute(
            f"SELECT {cells.again} FROM (SELECT '{odd}'::DOUBLE AS c)"
        ).fetchall()[0][0]
        assert again is True
