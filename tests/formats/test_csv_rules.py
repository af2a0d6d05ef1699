"""Tables in CSV: rules with places, and everything that is wrong with them."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.formats.csv_cells import read_cells
from keyaccount.formats.csv_rules import read_csv_rules
from keyaccount.model.policy import DecisionRule, InputEntry, Validity
from keyaccount.source import Source


def read(text: str) -> tuple[tuple[DecisionRule, ...], list[str]]:
    """The rules, and `code line:column` of what is wrong."""
    found: list[Diagnostic] = []
    rules = read_csv_rules(Source("rates.csv", text), found.append)
    places = [each.span.position for each in found if each.span]
    return rules, [
        f"{each.code} {at.line}:{at.column}" for each, at in zip(found, places, strict=True)
    ]


def conditions(rule: DecisionRule) -> list[tuple[str, str]]:
    assert isinstance(rule.when, tuple)
    assert all(isinstance(each, InputEntry) for each in rule.when)
    return [(each.input.text, each.tests.text) for each in rule.when]


def test_a_table_with_several_outputs() -> None:
    rules, problems = read(
        "id,tonnes * 2,then.rate,then.note\r\nlow,< 10,0.10,x\r\n\r\nhigh,,0.20,y\r\n"
    )
    assert problems == []
    low, high = rules
    assert conditions(low) == [("tonnes * 2", "< 10")]
    assert conditions(high) == []
    assert [(each.name.text, each.text.text) for each in low.then if each.name] == [
        ("rate", "0.10"),
        ("note", "x"),
    ]
    assert low.then[0].name is not None
    assert low.then[0].name.span().position == (1, 20)


def test_cells_keep_their_places_inside_quotes_and_over_lines() -> None:
    text = 'id,sector,then\n"a ""b""", not(media) ,"x\ny"\n'
    (rule,), problems = read(text)
    assert problems == []
    assert rule.id.text == 'a "b"'
    assert rule.id.span(3, 4).position == (2, 6)
    assert conditions(rule) == [("sector", "not(media)")]
    assert isinstance(rule.when, tuple)
    assert rule.when[0].tests.span(4, 9).position == (2, 16)
    assert rule.then[0].text.text == "x\ny"
    assert rule.then[0].text.span(2, 3).position == (3, 1)


def test_words_and_validity() -> None:
    text = (
        "id,then,because,because.zh,title.en,valid.from,valid.until\n"
        "a,1,why,为何,A,2024-01-01,\n"
        "b,1,,,,,2025-01-01\n"
    )
    (first, second), problems = read(text)
    assert problems == []
    assert {name: each.text for name, each in first.because.items()} == {"en": "why", "zh": "为何"}
    assert first.title == {"en": "A"}
    assert first.validity == Validity(date(2024, 1, 1), None)
    assert second.validity == Validity(None, date(2025, 1, 1))
    assert second.because == {}


def test_a_last_column_that_is_empty_is_a_cell_too() -> None:
    (rule,), problems = read("id,then,tonnes\na,1,")
    assert problems == []
    assert conditions(rule) == []


MISTAKES = [
    ("nothing at all", "", ["table.no-header 1:1"]),
    ("only empty lines", "\n,,\n", ["table.no-header 1:1"]),
    ("no id", "rule,then\na,1\n", ["table.missing-column 1:1"]),
    ("no result", "id,tonnes\na,1\n", ["table.missing-column 1:1"]),
    ("a column twice", "id,then,x,x\na,1,2,3\n", ["table.repeated-column 1:11"]),
    ("a column without a name", "id,,then\na,1,2\n", ["table.unnamed-column 1:4"]),
    ("too few cells", "id,x,then\na,1\n", ["table.wrong-cell-count 2:1"]),
    ("too many cells", "id,x,then\na,1,2,3\n", ["table.wrong-cell-count 2:7"]),
    ("no id in a rule", "id,then\n,1\n", ["table.missing-id 2:1"]),
    ("an id twice", "id,then\na,1\na,2\n", ["table.duplicate-rule 3:1"]),
    ("an id with a bar", "id,then\na|b,1\n", ["schema.bad-rule-id 2:1"]),
    ("no result in a rule", "id,then,x\na,,1\n", ["table.missing-result 2:3"]),
    ("an open quote", 'id,then\na,"1\nb,2\n', ["table.unclosed-quote 2:3"]),
    ("text after a quote", 'id,then\na,"1" x\n', ["table.text-after-quote 2:6"]),
    ("a date that is none", "id,then,valid.from\na,1,2024-02-30\n", ["schema.bad-date 2:5"]),
    ("a date in words", "id,then,valid.from\na,1,today\n", ["schema.bad-date 2:5"]),
    (
        "a validity without a day",
        "id,then,valid.from,valid.until\na,1,2024-02-01,2024-02-01\n",
        ["policy.empty-validity 2:16"],
    ),
    (
        "all mistakes at once",
        "id,then\n,1\na,\na,2\n",
        ["table.missing-id 2:1", "table.missing-result 3:3", "table.duplicate-rule 4:1"],
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"), [each[1:] for each in MISTAKES], ids=[each[0] for each in MISTAKES]
)
def test_a_mistake_is_told_with_its_place(text: str, expected: list[str]) -> None:
    _, problems = read(text)
    assert problems == expected


def test_the_first_of_two_rules_with_one_id_counts() -> None:
    rules, _ = read("id,then\na,1\na,2\n")
    assert [each.then[0].text.text for each in rules] == ["1"]


CELLS = st.lists(st.text(st.sampled_from('ab", \n月'), max_size=6), min_size=1, max_size=4)


@given(st.lists(CELLS, max_size=4), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_cells_are_those_that_python_reads(
    lines: list[list[str]], ending: str, all_quoted: bool
) -> None:
    written = io.StringIO()
    quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    csv.writer(written, lineterminator=ending, quoting=quoting).writerows(lines)
    text = written.getvalue()
    problems: list[Diagnostic] = []
    found = [list(line) for line in read_cells(Source("x.csv", text), problems.append)]
    assert problems == []
    # Space around a cell without quotes is not ours, and Python drops nothing.
    expected = [[each.strip(" ") for each in line] for line in lines]
    assert [[each.text.strip(" ") for each in line] for line in found] == expected
    for line in found:
        for cell in line:
            for index, character in enumerate(cell.text):
                assert text[cell.offsets[index]] == character
