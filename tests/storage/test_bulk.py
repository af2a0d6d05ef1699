"""Many rows at once come back as they went in, whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from keyaccount.cases.tables import CASES, DEADLINES, EFFECTS
from keyaccount.storage.bulk import delete_rows, insert_new_rows, insert_rows, update_rows
from keyaccount.storage.engine import open_engine, writing
from keyaccount.storage.migration import migrate

NOON = datetime(2026, 2, 14, 12, 0, 0, 123456, UTC)
TEXTS = ("", "大客户", 'it\'s "quoted" \\ and {braced}, [1, 2]', "a\nb\tc", "null", "%s :rows $1")


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine: Engine = open_engine(database_url)
    migrate(engine)
    case = {"plan": "p", "plan_version": "1", "status": "open", "title": "", "open_steps": []}
    counts = {"commands": 0, "entries": 0, "opened_at": NOON, "changed_at": NOON}
    with writing(engine) as connection:
        connection.execute(insert(CASES), [{"id": each, **case, **counts} for each in ("a", "b")])
    with writing(engine) as connection:
        yield connection
    engine.dispose()


def deadline(key: str, **changed: object) -> dict[str, object]:
    row = {"case_id": "a", "key": key, "due": NOON, "wakes": NOON, "failures": 0, "error": None}
    return {**row, **changed}


def deadlines(connection: Connection) -> list[Mapping[str, object]]:
    query = select(DEADLINES).order_by(DEADLINES.c.key)
    return [dict(row) for row in connection.execute(query).mappings()]


def test_rows_come_back_as_they_went_in(connection: Connection) -> None:
    shanghai = timezone(timedelta(hours=8))
    rows = [
        deadline(
            f"{number}", error=text, failures=number, due=NOON + timedelta(microseconds=number)
        )
        for number, text in enumerate(TEXTS)
    ]
    insert_rows(connection, DEADLINES, [*rows, deadline("z", due=NOON.astimezone(shanghai))])
    assert deadlines(connection) == [*rows, deadline("z")]


def test_documents_keep_their_numbers(connection: Connection) -> None:
    data = {"a": [Decimal("0.10"), Decimal("1E+3"), None, True, *TEXTS], "\x00": "\x00"}
    update_rows(connection, CASES, [{"id": "a", "state": data, "status": "completed"}])
    found = connection.execute(select(CASES.c.state, CASES.c.status).order_by(CASES.c.id)).all()
    assert found == [(data, "completed"), (None, "open")]
    assert str(found[0].state["a"][0]) == "0.10"


def test_rows_are_changed_and_deleted_by_their_key(connection: Connection) -> None:
    insert_rows(connection, DEADLINES, [deadline("x"), deadline("y"), deadline("z")])
    changed = [deadline("x", failures=1), deadline("y", error="no", wakes=NOON + timedelta(days=1))]
    update_rows(connection, DEADLINES, [*changed, deadline("unknown")])
    assert deadlines(connection) == [*changed, deadline("z")]
    delete_rows(connection, DEADLINES, [{"case_id": "a", "key": each} for each in ("x", "z", "u")])
    assert deadlines(connection) == [changed[1]]


def test_what_is_there_already_is_passed_over_or_refused(connection: Connection) -> None:
    effect = {"case_id": "a", "key": "k", "kind": "log", "data": {}, "status": "pending"}
    times = {"created_at": NOON, "wakes": NOON, "attempts": 0}
    insert_new_rows(connection, EFFECTS, [{**effect, **times}])
    again = {**effect, **times, "kind": "mail"}
    insert_new_rows(connection, EFFECTS, [again, {**again, "key": "l"}])
    query = select(EFFECTS.c.key, EFFECTS.c.kind).order_by(EFFECTS.c.key)
    assert connection.execute(query).all() == [("k", "log"), ("l", "mail")]
    with pytest.raises(IntegrityError), connection.begin_nested():
        insert_rows(connection, EFFECTS, [again])


def test_nothing_to_write_is_nothing_said(connection: Connection) -> None:
    insert_rows(connection, DEADLINES, [])
    assert deadlines(connection) == []
