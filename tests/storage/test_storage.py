"""Databases: opening, transactions, column types, migrations; on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from keyaccount.cases import tables as of_cases
from keyaccount.cases.tables import COMMANDS, PLAN_VERSIONS
from keyaccount.service import tables as of_service
from keyaccount.storage.engine import StorageError, open_engine, reading, writing
from keyaccount.storage.migration import migrate

NOON = datetime(2026, 2, 14, 12, 0, 0, 123456, UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    migrate(opened)
    yield opened
    opened.dispose()


def test_the_migrations_make_the_tables_that_the_code_declares(engine: Engine) -> None:
    with writing(engine) as connection:
        options = {"compare_type": True, "version_table": "keyaccount_versions"}
        differences = compare_metadata(
            MigrationContext.configure(connection, opts=options),
            [of_cases.METADATA, of_service.METADATA],
        )
    assert differences == []


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    keep(engine, "one", NOON)
    migrate(engine)
    assert kept_at(engine, "one") == NOON


def test_four_programs_that_migrate_at_once_make_the_tables_once(database_url: str) -> None:
    engines = [open_engine(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    assert "cases" in inspect(engines[0]).get_table_names()
    for each in engines:
        each.dispose()


def test_a_newer_database_is_refused_and_left_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        cases = "version_num LIKE 'cases%'"
        connection.execute(
            text(f"UPDATE keyaccount_versions SET version_num = 'cases_9999' WHERE {cases}")
        )
    with pytest.raises(StorageError) as refused:
        migrate(engine)
    assert [each.code for each in refused.value.diagnostics] == ["storage.newer-database"]


def test_an_instant_comes_back_in_utc_whatever_zone_it_went_in_by(engine: Engine) -> None:
    keep(engine, "one", NOON.astimezone(timezone(timedelta(hours=8))))
    found = kept_at(engine, "one")
    assert found == NOON
    assert found.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(Exception, match="needs its zone"):
        keep(engine, "one", NOON.replace(tzinfo=None))


def test_an_exception_undoes_the_transaction(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(PLAN_VERSIONS), [row("one", NOON), row("one", NOON)])
    with reading(engine) as connection:
        assert connection.execute(select(PLAN_VERSIONS)).all() == []


def test_foreign_keys_hold(engine: Engine) -> None:
    stray = {"case_id": "none", "number": 1, "key": "k", "kind": "open", "data": {}}
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(COMMANDS).values(stray | {"plan_version": "1", "at": NOON}))


def test_a_reader_on_sqlite_waits_for_no_writer(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'cases.db'}")
    migrate(engine)
    with writing(engine) as writer:
        writer.execute(insert(PLAN_VERSIONS).values(row("one", NOON)))
        with reading(engine) as reader:
            assert reader.execute(select(PLAN_VERSIONS)).all() == []


def test_writers_that_read_first_do_not_overwrite_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    engine = open_engine(url)
    migrate(engine)
    keep(engine, "one", NOON)

    def later(_: int) -> None:
        mine = open_engine(url)
        with writing(mine) as connection:
            before = connection.execute(select(PLAN_VERSIONS.c.kept_at)).scalar_one()
            after = before + timedelta(seconds=1)
            connection.execute(update(PLAN_VERSIONS).values(kept_at=after))
        mine.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(later, range(40)))
    assert kept_at(engine, "one") == NOON + timedelta(seconds=40)


@pytest.mark.parametrize("url", ["cases.db", "mysql://host/name", "", "postgresql://host:port/x"])
def test_what_is_no_address_of_a_database_is_refused(url: str) -> None:
    with pytest.raises(StorageError) as refused:
        open_engine(url)
    assert [each.code for each in refused.value.diagnostics] == ["storage.unknown-database"]


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/cases.db", "postgresql://u:secret@127.0.0.1:9/x"]
)
def test_a_database_that_does_not_answer_is_told_without_its_password(url: str) -> None:
    with pytest.raises(StorageError) as refused:
        migrate(open_engine(url))
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code == "storage.cannot-connect"
    assert "secret" not in diagnostic.message.en


def row(plan: str, at: datetime) -> dict[str, object]:
    return {"plan": plan, "version": "1", "definition": "", "kept_at": at}


def keep(engine: Engine, plan: str, at: datetime) -> None:
    with writing(engine) as connection:
        connection.execute(insert(PLAN_VERSIONS).values(row(plan, at)))


def kept_at(engine: Engine, plan: str) -> datetime:
    query = select(PLAN_VERSIONS.c.kept_at).where(PLAN_VERSIONS.c.plan == plan)
    with reading(engine) as connection:
        found: datetime = connection.execute(query).scalar_one()
        return found


def test_a_database_whose_disk_is_full_says_so(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'full.db'}")
    migrate(engine)
    engine.dispose()
    event.listen(engine, "connect", lambda each, _: each.execute("PRAGMA max_page_count = 1"))
    with pytest.raises(StorageError, match="is full"):
        keep(engine, "x" * 1_000_000, NOON)
    engine.dispose()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("no database " * 100)
    with pytest.raises(StorageError, match="file is not a database"):
        migrate(open_engine(f"sqlite:///{path}"))
