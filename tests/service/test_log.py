from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Connection, Engine, text

from keyaccount.policy_set import PolicySet
from keyaccount.service.access.callers import LOCAL, Role
from keyaccount.service.bodies import read_question
from keyaccount.service.deciding import decide
from keyaccount.service.log.chain import Head, digest_of
from keyaccount.service.log.export import export
from keyaccount.service.log.reading import entries
from keyaccount.service.log.replay import replay
from keyaccount.service.log.retention import erase
from keyaccount.service.log.store import append
from keyaccount.service.log.verify import Fault, verify
from keyaccount.service.versions import store
from keyaccount.storage.engine import open_engine, writing
from keyaccount.storage.migration import migrate
from service.desk import TWO_POLICIES, Desk, exact

TAMPERINGS = int(os.environ.get("KEYACCOUNT_TAMPERINGS", "200"))
REPLAYS = int(os.environ.get("KEYACCOUNT_REPLAYS", "1000"))
START = datetime(2026, 1, 31, tzinfo=UTC)
LATER = START + timedelta(days=1)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = open_engine(f"sqlite:///{tmp_path / 'log.db'}")
    migrate(made)
    return made


def filled(engine: Engine, count: int) -> list[Head]:
    """Decisions of random facts by the shipped policies, logged."""
    policies = PolicySet.load(TWO_POLICIES)
    with writing(engine) as connection:
        store.store(connection, policies, START)
    random_ = random.Random(1)  # noqa: S311 -- for the same facts each time
    receipts: list[Head] = []
    for start in range(0, count, 500):
        made = []
        for number in range(start, min(start + 500, count)):
            facts = f'{{"monthly_tonnes":{random_.randrange(4000) / 100},"sector":"media"}}'
            if number % 2:
                facts = f'{{"annual_trade":{random_.randrange(10**9) / 100},"on_time_ratio":0.9}}'
            policy = "credit" if number % 2 else "classification"
            question = read_question(b'{"facts":%b,"reference":"r"}' % facts.encode())
            now = START + timedelta(seconds=number)
            made.append(decide(policies, policy, question, now, LOCAL).entry)
        receipts += append(engine, made)
    return receipts


def test_an_untouched_log_verifies_and_replays(engine: Engine) -> None:
    receipts = filled(engine, REPLAYS)
    found = verify(engine, receipts[3], "default")
    assert (found.entries, found.findings) == (REPLAYS, ())
    again = replay(engine)
    assert (again.identical, again.differences) == (REPLAYS, [])


def test_a_logs_end_is_known_to_who_kept_a_receipt(engine: Engine) -> None:
    receipts = filled(engine, 4)
    with writing(engine) as connection:  # the last entry cut off, and the head with it
        connection.execute(text("DELETE FROM decision_log WHERE sequence = 4"))
        connection.execute(
            text("UPDATE decision_log_head SET sequence = 3, hash = :hash"),
            {"hash": receipts[2].hash},
        )
    assert verify(engine).findings == ()
    found = verify(engine, Head(4, receipts[3].hash), "default")
    assert [each.fault for each in found.findings] == [Fault.NOT_EXPECTED]


Tamper = Callable[[Connection, random.Random, int], None]


def _set(connection: Connection, column: str, value: object, at: int) -> None:
    connection.execute(
        text(f"UPDATE decision_log SET {column} = :value WHERE sequence = :at"),
        {"value": value, "at": at},
    )


def _get(connection: Connection, column: str, at: int) -> str:
    query = text(f"SELECT {column} FROM decision_log WHERE sequence = :at")
    return str(connection.execute(query, {"at": at}).scalar_one())


def change_a_character(connection: Connection, random_: random.Random, count: int) -> None:
    at = random_.randint(1, count)
    entry = _get(connection, "entry", at)
    place = random_.randrange(len(entry))
    other = random_.choice([each for each in "0123456789abc {}" if each != entry[place]])
    _set(connection, "entry", entry[:place] + other + entry[place + 1 :], at)


def change_a_column(connection: Connection, random_: random.Random, count: int) -> None:
    column = random_.choice(["at", "policy", "version", "reference", "digest", "hash", "tenant"])
    _set(connection, column, "other", random_.randint(1, count))


def change_content_and_digest(connection: Connection, random_: random.Random, count: int) -> None:
    at = random_.randint(1, count)
    entry = _get(connection, "entry", at).replace("undetermined", "decided", 1) + " "
    _set(connection, "entry", entry, at)
    _set(connection, "digest", digest_of(entry.encode()), at)


def remove_an_entry(connection: Connection, random_: random.Random, count: int) -> None:
    at = random_.randint(1, count)
    connection.execute(text("DELETE FROM decision_log WHERE sequence = :at"), {"at": at})


def remove_a_content(connection: Connection, random_: random.Random, count: int) -> None:
    _set(connection, "entry", None, random_.randint(1, count))


def swap_two_entries(connection: Connection, random_: random.Random, count: int) -> None:
    one, two = random_.sample(range(1, count + 1), 2)
    for before, after in ((one, -1), (two, one), (-1, two)):
        connection.execute(
            text("UPDATE decision_log SET sequence = :after WHERE sequence = :before"),
            {"before": before, "after": after},
        )


def copy_an_entry(connection: Connection, random_: random.Random, count: int) -> None:
    columns = "at, policy, version, reference, entry, digest, hash"
    connection.execute(
        text(
            f"INSERT INTO decision_log (tenant, sequence, {columns}) "
            f"SELECT tenant, :new, {columns} FROM decision_log WHERE sequence = :at"
        ),
        {"new": count + 1, "at": random_.randint(1, count)},
    )


def erase_without_an_entry(connection: Connection, random_: random.Random, count: int) -> None:
    at = random_.randint(1, count)
    connection.execute(
        text("UPDATE decision_log SET entry = NULL WHERE sequence <= :at"), {"at": at}
    )
    connection.execute(text("UPDATE decision_log_head SET erased = :at"), {"at": at})


def put_an_entry_before_all(connection: Connection, random_: random.Random, count: int) -> None:
    columns = "at, policy, version, reference, entry, digest, hash"
    connection.execute(
        text(
            f"INSERT INTO decision_log (tenant, sequence, {columns}) "
            f"SELECT tenant, :new, {columns} FROM decision_log WHERE sequence = 1"
        ),
        {"new": random_.choice([0, -1, -(2**40)])},
    )


def make_bytes_of_a_text(connection: Connection, random_: random.Random, count: int) -> None:
    column = random_.choice(["at", "policy", "version", "reference", "entry", "digest", "hash"])
    wrong = random_.choice([f"CAST({column} AS BLOB)", "CAST(x'ff' AS TEXT)"])
    at = random_.randint(1, count)
    connection.execute(text(f"UPDATE decision_log SET {column} = {wrong} WHERE sequence = {at}"))


def move_the_head(connection: Connection, random_: random.Random, count: int) -> None:
    back = random_.randint(0, count - 1)
    connection.execute(text("UPDATE decision_log_head SET sequence = :at"), {"at": back})


def remove_the_head(connection: Connection, random_: random.Random, count: int) -> None:
    connection.execute(text("DELETE FROM decision_log_head"))


TAMPER: tuple[Tamper, ...] = (
    change_a_character,
    change_a_column,
    change_content_and_digest,
    remove_an_entry,
    remove_a_content,
    swap_two_entries,
    copy_an_entry,
    erase_without_an_entry,
    put_an_entry_before_all,
    make_bytes_of_a_text,
    move_the_head,
    remove_the_head,
)


def test_every_tampered_log_is_detected(engine: Engine) -> None:
    count = 12
    filled(engine, count)
    assert verify(engine).findings == ()
    random_ = random.Random(2)  # noqa: S311 -- for the same tamperings each time
    saved = _rows(engine)
    for number in range(TAMPERINGS):
        tamper = TAMPER[number % len(TAMPER)]
        with writing(engine) as connection:
            tamper(connection, random_, count)
        assert verify(engine).findings, (number, tamper.__name__)
        with writing(engine) as connection:
            for table, rows in saved.items():
                connection.execute(text(f"DELETE FROM {table}"))
                connection.exec_driver_sql(
                    f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows
                )


def _rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            table: [tuple(each) for each in connection.execute(text(f"SELECT * FROM {table}"))]
            for table in ("decision_log", "decision_log_head")
        }


def test_an_erasure_is_an_entry_that_says_up_to_where(engine: Engine) -> None:
    filled(engine, 10)
    erase(engine, START + timedelta(seconds=4), LATER, "auditor")
    erase(engine, LATER + timedelta(days=1), LATER + timedelta(days=2), "auditor")
    *_, last = entries(engine, "default")
    assert json.loads(last.entry or "")["erased"]["until"] == 11
    found = verify(engine)
    assert (found.entries, found.erased, found.findings) == (12, 11, ())


def test_a_replay_comes_to_its_end_whatever_was_made_of_an_entry(engine: Engine) -> None:
    filled(engine, 5)
    for number, wrong in enumerate(("x'ff'", "CAST(x'ff' AS TEXT)", "'[]'", "'{'", "'{}'"), 1):
        with writing(engine) as connection:
            change = f"UPDATE decision_log SET entry = {wrong} WHERE sequence = {number}"
            connection.execute(text(change))
    assert [each.sequence for each in replay(engine).differences] == [1, 2, 3, 4, 5]


def test_erased_contents_leave_a_chain_that_verifies(engine: Engine) -> None:
    filled(engine, 10)
    assert erase(engine, START + timedelta(seconds=4), LATER, "auditor") == 4
    assert erase(engine, START + timedelta(seconds=4), LATER, "auditor") == 0
    found = verify(engine)
    assert (found.entries, found.erased, found.findings) == (11, 4, ())
    assert replay(engine).erased == 4
    with engine.connect() as connection:
        left = connection.execute(
            text("SELECT max(reference), max(entry) FROM decision_log WHERE sequence <= 4")
        )
        assert tuple(left.one()) == (None, None)


def test_a_replay_by_another_version_tells_what_differs(engine: Engine, tmp_path: Path) -> None:
    filled(engine, 50)
    folder = tmp_path / "changed"
    folder.mkdir()
    for path in TWO_POLICIES.glob("*.*"):
        changed = path.read_text("utf-8").replace("{2024-01-01: 20}", "{2024-01-01: 30}")
        (folder / path.name).write_text(changed, "utf-8")
    other = PolicySet.load(folder)
    with writing(engine) as connection:
        store.store(connection, other, START)
    found = replay(engine, other.version)
    assert 0 < len(found.differences) < 25
    assert found.identical + len(found.differences) == 50


def test_the_log_as_parquet(engine: Engine, tmp_path: Path) -> None:
    filled(engine, 7)
    assert export(engine, tmp_path / "log.parquet") == 7
    assert pq.read_table(tmp_path / "log.parquet").num_rows == 7
    assert not list(tmp_path.glob("*.part"))


SENSITIVE = """
policy: p
facts:
  id_number: {type: string, sensitive: true}
  amount: {type: number}
decisions:
  large: {type: boolean, value: amount > 10}
  known: {type: boolean, value: 'string length(id_number) = 18'}
"""


def test_sensitive_facts_are_masked_in_the_log(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "p.yaml").write_text(SENSITIVE, "utf-8")
    policies = PolicySet.load(folder)
    question = read_question(b'{"facts":{"id_number":"110101199003070000","amount":11}}')
    entry = decide(policies, "p", question, START, LOCAL).entry
    assert b"110101199003070000" not in entry.text
    assert b'"amount":11' in entry.text
    with writing(engine) as connection:
        store.store(connection, policies, START)
    append(engine, [entry])
    assert replay(engine).masked == 1


def test_the_log_is_read_in_pages(desk: Desk) -> None:
    for _ in range(3):
        desk.decide("classification", {"monthly_tonnes": 20})
    first = exact(desk.ask("GET", "/v1/log?limit=2", role=Role.READ_LOG))
    rest = exact(desk.ask("GET", f"/v1/log?after={first['last']}", role=Role.READ_LOG))
    assert [each["entry"] for each in first["entries"] + rest["entries"]] == [1, 2, 3]
    assert first["entries"][0]["content"]["facts"] == {"monthly_tonnes": 20}
