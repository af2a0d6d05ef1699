"""The organisation in the database: editions are kept, used where no file is given, traced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from keyaccount.cases import queries
from keyaccount.cases.desk import Desk, open_desk
from keyaccount.cases.editions import (
    Difference,
    edition_at,
    editions,
    import_organisation,
    newest,
    organisation_of,
)
from keyaccount.cases.work import StoreError
from keyaccount.organisation import Organisation, read_organisation
from keyaccount.storage.engine import open_engine
from keyaccount.storage.migration import migrate

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
POLICY = """
policy: requests
time_zone: UTC
roles: {clerk: Clerk, chief: Chief}
plans:
  request:
    policy change: switch
    steps:
      check: {owner: clerk, completed by: checked}
      approve: {approval: {chain: '["chief"]'}}
"""
FIRST = """id,name,superior,roles,email,deputy,from,through
ada,Ada,,chief,ada@example.org,,,
ben,Ben,ada,clerk@north|clerk,,cem,2026-05-06,2026-05-08
cem,陈,ada,,,,,
"""
SECOND = """id,name,superior,roles
ada,Ada,,
ben,Ben,ada,clerk
dan,Dan,,chief
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    migrate(opened)
    yield opened
    opened.dispose()


def read(folder: Path, text: str) -> Organisation:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return read_organisation(path)


def keep(engine: Engine, folder: Path, text: str, hours: int = 0) -> tuple[int, Difference]:
    people = read(folder, text)
    return import_organisation(engine, people, "people.csv", "eve", NOON + timedelta(hours=hours))


def test_an_edition_comes_back_as_it_went_in(engine: Engine, tmp_path: Path) -> None:
    assert organisation_of(engine)[1] is None
    given = read(tmp_path, FIRST)
    assert keep(engine, tmp_path, FIRST)[0] == 1
    found, number = organisation_of(engine)
    assert number == 1
    assert (found.version, found.deputies[0].days) == (given.version, given.deputies[0].days)
    assert [(p.id, p.name, p.superior, p.roles, p.email) for p in found.people.values()] == [
        (p.id, p.name, p.superior, p.roles, p.email) for p in given.people.values()
    ]


def test_what_is_another_is_told_and_the_same_again_is_no_edition(
    engine: Engine, tmp_path: Path
) -> None:
    assert keep(engine, tmp_path, FIRST) == (1, Difference(("ada", "ben", "cem"), (), ()))
    assert keep(engine, tmp_path, FIRST, 1) == (1, Difference((), (), ()))
    assert keep(engine, tmp_path, SECOND, 2) == (
        2,
        Difference(("dan",), ("cem",), ("ada", "ben")),
    )
    assert [(each.number, each.imported_by) for each in editions(engine)] == [
        (2, "eve"),
        (1, "eve"),
    ]


def test_the_edition_of_a_day_is_found(engine: Engine, tmp_path: Path) -> None:
    keep(engine, tmp_path, FIRST)
    keep(engine, tmp_path, SECOND, 24)
    moments = (NOON - timedelta(seconds=1), NOON, NOON + timedelta(hours=23), NOON + timedelta(1))
    assert [edition_at(engine, each) for each in moments] == [None, 1, 1, 2]
    assert set(organisation_of(engine, 1)[0].people) == {"ada", "ben", "cem"}


def test_an_edition_that_is_not_there_is_refused(engine: Engine) -> None:
    with pytest.raises(StoreError) as refused:
        organisation_of(engine, 7)
    assert [each.code for each in refused.value.diagnostics] == ["store.unknown-edition"]


def owners(desk: Desk, case: str) -> dict[str, str | None]:
    found = queries.show(desk.engine, case).summary.standing.open_steps
    return {each.step: each.owner for each in found}


def test_a_desk_without_a_file_takes_the_newest_and_open_cases_keep_theirs(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "requests.yaml").write_text(POLICY, encoding="utf-8")
    url = engine.url.render_as_string(hide_password=False)
    keep(engine, tmp_path, FIRST)
    desk = open_desk(folder, None, url)
    desk.open("request", {}, "cem", NOON, "c1")
    keep(engine, tmp_path, SECOND, 1)  # while the desk is at work
    desk.open("request", {}, "cem", NOON + timedelta(hours=2), "c2")
    assert owners(desk, "c1") == {"check": "ben", "approve": "ada"}
    assert owners(desk, "c2") == {"check": "ben", "approve": "dan"}

    later = open_desk(folder, None, url)  # another process: it knows old versions by the database
    versions = [queries.show(engine, each).commands[0].version for each in ("c1", "c2")]
    chiefs = [
        later.plan("request", each).organisation.holders("chief", None, NOON.date())
        for each in versions
    ]
    assert chiefs == [["ada"], ["dan"]]
    later.send("c1", "approve", {}, "ada", NOON + timedelta(hours=3))
    assert owners(later, "c1") == {"check": "ben"}
    assert newest(engine) == 2
    for each in (desk, later):
        each.engine.dispose()
