"""Jobs without HTTP: what workers that die, stop or lose them leave behind."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from keyaccount.policy_set import PolicySet
from keyaccount.service.lists import files as job_files
from keyaccount.service.lists import jobs
from keyaccount.service.lists.asked import Asked
from keyaccount.service.lists.files import files, sweep
from keyaccount.service.lists.jobs import Job, State
from keyaccount.service.lists.working import Desk, run_next
from keyaccount.service.log.reading import Logged, entries
from keyaccount.service.log.replay import replay
from keyaccount.service.log.verify import verify
from keyaccount.service.versions import store
from keyaccount.storage.engine import open_engine, writing
from keyaccount.storage.migration import migrate

POLICY = """
policy: p
facts:
  amount: {type: number, allowed: ">= 0"}
  phone: {type: string, sensitive: true}
decisions:
  large: {type: boolean, value: amount > 10}
  reachable: {type: boolean, value: 'string length(phone) > 0'}
"""
ROWS = 900  # more than are logged together
DAY = timedelta(days=1)
ALL = Asked()


@dataclass
class Bench:
    """A database and a folder with one uploaded list."""

    engine: Engine
    data: Path
    policies: PolicySet

    def desk(self, stopping: Callable[[], bool] = lambda: False) -> Desk:
        return Desk(self.engine, self.data, lambda _: self.policies, stopping, ROWS)

    def upload(self, content: str, asked: Asked = ALL) -> str:
        id_ = jobs.new_id()
        place = files(self.data, id_, ".csv")
        place.folder.mkdir(parents=True)
        place.list.write_text(content, "utf-8")
        wanted = json.dumps(
            {"decisions": asked.decisions, "encoding": asked.encoding, "reference": asked.reference}
        )
        job = Job(
            id_,
            "default",
            "p",
            self.policies.version,
            "2026-01-31",
            wanted,
            ".csv",
            "key:1",
            State.WAITING,
            0,
            0.0,
            None,
            datetime.now(UTC),
        )
        jobs.add(self.engine, job)
        return id_

    def job(self, id_: str) -> Job:
        found = jobs.job(self.engine, "default", id_)
        assert found is not None
        return found

    def log(self) -> list[Logged]:
        assert verify(self.engine).findings == ()
        return list(entries(self.engine, "default"))

    def rows(self) -> list[str | None]:
        """The references of entries that are of rows."""
        return [each.reference for each in self.log() if '"list"' not in (each.entry or "")]


@pytest.fixture
def bench(database_url: str, tmp_path: Path) -> Iterator[Bench]:
    engine = open_engine(database_url)
    migrate(engine)
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "p.yaml").write_text(POLICY, "utf-8")
    policies = PolicySet.load(folder)
    with writing(engine) as connection:
        store.store(connection, policies, datetime.now(UTC))
    yield Bench(engine, tmp_path / "data", policies)
    engine.dispose()


def many() -> str:
    return "amount,name\n" + "".join(f"{number},A-{number}\n" for number in range(ROWS))


def test_every_row_is_an_entry_that_replays(bench: Bench) -> None:
    id_ = bench.upload("name,amount\nA-1,20\nA-2,x\nA-3,-1\nA-4,\n", Asked(reference="name"))
    assert run_next(bench.desk())
    assert not run_next(bench.desk())
    assert bench.rows() == ["A-1", "A-4"]
    told = json.loads(bench.job(id_).told or "")
    assert (told["rows_in"], told["rows_out"], told["rows_rejected"]) == (4, 2, 2)
    assert (told["first_entry"], told["last_entry"], told["entry"]) == (1, 2, 3)
    assert replay(bench.engine).identical == 3


def test_rows_without_a_name_go_by_their_line(bench: Bench) -> None:
    id_ = bench.upload("name,amount\n,20\n\nA-2,1\n", Asked(("large",), None, "name"))
    run_next(bench.desk())
    assert bench.rows() == [f"{id_}:2", "A-2"]
    assert '"reachable"' not in (bench.log()[0].entry or "")


def test_sensitive_values_of_a_list_are_masked_in_the_log(bench: Bench) -> None:
    bench.upload("amount,phone\n20,13800000000\n")
    run_next(bench.desk())
    assert "13800000000" not in str(bench.log())


def test_a_stopped_job_goes_on_where_it_was(bench: Bench) -> None:
    id_ = bench.upload(many())
    asked = iter([False, False])
    assert not run_next(bench.desk(lambda: next(asked, True)))
    held = bench.job(id_)
    assert (held.state, held.attempts) == (State.WAITING, 0)
    assert 0 < held.logged.rows < ROWS
    assert run_next(bench.desk())
    assert bench.rows() == [f"{id_}:{number + 2}" for number in range(ROWS)]
    assert bench.job(id_).state == State.DONE


def test_a_job_whose_worker_died_is_taken_up_and_the_dead_one_changes_nothing(
    bench: Bench,
) -> None:
    id_ = bench.upload(many())
    later = datetime.now(UTC) + timedelta(minutes=5)
    dead = jobs.claim(bench.engine, datetime.now(UTC))
    assert dead is not None
    assert jobs.claim(bench.engine, datetime.now(UTC)) is None
    taken = jobs.claim(bench.engine, later)
    assert taken is not None
    assert taken.attempts == 2
    with pytest.raises(jobs.LostJobError):
        jobs.beat(bench.engine, dead, 0.5, later)
    jobs.fail(bench.engine, dead, (), later)
    assert bench.job(id_).state == State.RUNNING
    jobs.put_back(bench.engine, taken)
    run_next(bench.desk())
    assert bench.job(id_).state == State.DONE


def test_a_list_that_takes_its_workers_down_is_given_up(bench: Bench) -> None:
    id_ = bench.upload(many())
    now = datetime.now(UTC) - timedelta(hours=1)
    for number in range(3):
        assert jobs.claim(bench.engine, now + timedelta(minutes=2 * number)) is not None
    assert run_next(bench.desk())
    found = bench.job(id_)
    assert found.state == State.FAILED
    assert "lists.given-up" in (found.told or "")


def test_a_list_of_too_many_rows_is_refused_before_any_is_logged(bench: Bench) -> None:
    id_ = bench.upload(many())
    assert run_next(replace(bench.desk(), most_rows=ROWS - 1))
    found = bench.job(id_)
    assert (found.state, "lists.too-many-rows" in (found.told or "")) == (State.FAILED, True)
    assert bench.log() == []


def test_what_breaks_inside_is_told_and_not_tried_again(bench: Bench) -> None:
    id_ = bench.upload(many())

    def broken(_: str) -> PolicySet:
        raise ZeroDivisionError

    assert run_next(replace(bench.desk(), version=broken))
    found = bench.job(id_)
    assert (found.state, "service.internal-error" in (found.told or "")) == (State.FAILED, True)


def test_a_job_removed_while_it_runs_leaves_no_file(bench: Bench) -> None:
    id_ = bench.upload(many())

    def remove() -> bool:
        jobs.remove(bench.engine, "default", id_, datetime.now(UTC))
        return False

    assert run_next(bench.desk(remove))
    assert bench.job(id_).state == State.REMOVED
    assert not (bench.data / "lists" / id_).exists()


def test_files_are_kept_as_long_as_they_are_to_be(bench: Bench) -> None:
    ended, waiting = bench.upload("amount\n1\n"), bench.upload("amount\n2\n")
    now = datetime.now(UTC)
    with writing(bench.engine) as connection:
        hold = text("UPDATE list_job SET state = 'running' WHERE id = :id")
        connection.execute(hold, {"id": waiting})
    run_next(bench.desk())
    assert sweep(bench.engine, bench.data, DAY, now) == 0
    assert sweep(bench.engine, bench.data, DAY, now + 2 * DAY) == 1
    assert bench.job(ended).state == State.REMOVED
    assert [each.name for each in (bench.data / "lists").iterdir()] == [waiting]
    assert len(bench.rows()) == 1  # the decisions stay


def test_what_a_crash_left_of_an_upload_is_swept_once_it_is_old(bench: Bench) -> None:
    folder = bench.data / "lists" / jobs.new_id()
    folder.mkdir(parents=True)
    (folder / "list.csv").write_text("amo")
    now = datetime.now(UTC)
    assert sweep(bench.engine, bench.data, DAY, now) == 0
    old = (now - timedelta(hours=2)).timestamp()
    for path in (folder / "list.csv", folder):
        os.utime(path, (old, old))
    assert sweep(bench.engine, bench.data, DAY, now) == 1
    assert not folder.exists()


def test_nothing_but_folders_of_jobs_is_ever_swept(bench: Bench) -> None:
    job_files.remove(bench.data, "nothing")
    assert sweep(bench.engine, bench.data, DAY, datetime.now(UTC)) == 0
