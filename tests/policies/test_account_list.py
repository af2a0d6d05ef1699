"""The shipped account list fits the policies it is shipped with."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

import pytest

from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.batch.cells import MISSING, MissingMarkers, cell_reader
from keyaccount.batch.mapping import map_columns
from keyaccount.ir.binding import bind
from keyaccount.ir.requirements import select
from policies.shipped import FOLDER, POLICIES, PROGRAM

TODAY = date(2026, 1, 1)


def read_list():
    path = FOLDER / "examples" / "accounts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


HEADER, ROWS = read_list()


def outcomes_of(policy):
    """The outcomes of each row, read cell by cell as a batch reads them."""
    names = [f"{policy}.{each}" for each in POLICIES[policy].decisions]
    program = bind(select(PROGRAM, names), TODAY)
    columns = map_columns(HEADER, program.facts, {}, {}, tuple(program.facts))
    readers = {
        name: (index, cell_reader(program.facts[name], MissingMarkers()))
        for name, index in columns.by_fact.items()
    }
    for row in ROWS:
        cells = {name: read(row[index]) for name, (index, read) in readers.items()}
        facts = {name: value for name, value in cells.items() if value is not MISSING}
        yield evaluate(program, facts, TODAY)


@pytest.mark.parametrize("policy", ["classification", "credit"])
def test_every_fact_that_decides_has_a_column(policy):
    decisions = [f"{policy}.{each}" for each in POLICIES[policy].decisions]
    facts = select(PROGRAM, decisions).facts
    columns = map_columns(HEADER, PROGRAM.facts, {}, {}, tuple(facts))
    assert columns.absent == ()


def test_rows_are_as_wide_as_the_header():
    assert {len(row) for row in ROWS} == {len(HEADER)}


def test_the_list_shows_every_status_and_class():
    outcomes = list(outcomes_of("classification"))
    economic = Counter(each["classification.economic_account"].value for each in outcomes)
    classes = {value for each in outcomes for value in each["classification.account_class"].value}
    assert set(economic) == {True, False, None}
    assert classes == {"economic", "important", "group", "strategic"}
    assert [] in [each["classification.account_class"].value for each in outcomes]


def test_the_list_shows_every_credit_tier():
    tiers = {each["credit.credit_tier"].value for each in outcomes_of("credit")}
    assert tiers == {"green", "yellow", "red", None}
