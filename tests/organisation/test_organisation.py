from __future__ import annotations

from datetime import date

import pytest

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.organisation import Organisation, read_organisation

DAY = date(2026, 5, 6)

IN_YAML = """
organisation: example
people:
  ada: {name: Ada, roles: [executive]}
  ben: {name: Ben, superior: ada, roles: [{role: manager, region: north}, clerk]}
  cem: {name: Cem, superior: ada, roles: [{role: manager, from: 2026-01-01, through: 2026-05-05}]}
  dan: {name: Dan, superior: ben, roles: [manager]}
deputies:
  - {person: ben, deputy: dan, from: 2026-05-06, through: 2026-05-08}
  - {person: dan, deputy: ben, from: 2026-05-08, through: 2026-05-08}
"""

IN_CSV = """id,name,superior,roles,deputy,from,through
ada,Ada,,executive,,,
ben,Ben,ada,manager@north|clerk,dan,2026-05-06,2026-05-08
dan,Dan,ben,manager,ben,2026-05-08,2026-05-08
ben,,,,ada,2026-06-01,2026-06-02
"""


def read(tmp_path, text, name="people.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_organisation(path)


@pytest.mark.parametrize(
    ("region", "day", "holders"),
    [
        ("north", DAY, ["ben"]),
        ("south", DAY, ["dan"]),
        ("south", date(2026, 5, 5), ["cem", "dan"]),
        (None, DAY, ["ben", "dan"]),
    ],
)
def test_holders_of_a_region_go_before_those_of_everywhere(tmp_path, region, day, holders):
    assert read(tmp_path, IN_YAML).holders("manager", region, day) == holders


def test_a_table_of_people_says_the_same(tmp_path):
    people = read(tmp_path, IN_CSV, "people.csv")
    assert people.holders("manager", "north", DAY) == ["ben"]
    assert list(people.superiors("dan")) == ["ben", "ada"]
    assert people.acting("ben", date(2026, 6, 2)) == "ada"


def test_the_last_day_of_a_deputy_is_included(tmp_path):
    people = read(tmp_path, IN_YAML)
    assert people.acting("ben", date(2026, 5, 7)) == "dan"
    assert people.acting("ben", date(2026, 5, 9)) == "ben"


def test_where_deputies_are_away_in_a_circle_nobody_acts(tmp_path):
    people = read(tmp_path, IN_YAML)
    assert people.acting("ben", date(2026, 5, 8)) is None
    assert list(people.stand_ins("ben", date(2026, 5, 8))) == ["dan"]


def test_every_mistake_of_a_file_is_told_at_once(tmp_path):
    text = IN_YAML.replace(
        "superior: ada, roles: [{role: manager, region",
        "superior: dan, roles: [{role: manager, region",
    )
    text = text.replace("Cem, superior: ada", "Cem, superior: adda")
    text += "  - {person: ada, deputy: ada, from: 2026-05-08, through: 2026-05-07}\n"
    with pytest.raises(PolicyError) as raised:
        read(tmp_path, text)
    assert [each.code for each in raised.value.diagnostics] == [
        "organisation.unknown-person",
        "organisation.circle",
        "organisation.backward-days",
        "organisation.own-deputy",
    ]


def test_an_unknown_column_and_a_bad_date_of_a_table_are_told(tmp_path):
    with pytest.raises(PolicyError) as raised:
        read(tmp_path, "id,naem,deputy,from\nben,Ben,ben2,2026-13-01\n", "people.csv")
    assert {each.code for each in raised.value.diagnostics} == {
        "organisation.unknown-column",
        "organisation.unknown-person",
        "organisation.bad-date",
    }


def test_the_same_people_are_the_same_version(tmp_path):
    assert read(tmp_path, IN_YAML).version == read(tmp_path, IN_YAML).version
    assert read(tmp_path, IN_YAML).version != Organisation().version
