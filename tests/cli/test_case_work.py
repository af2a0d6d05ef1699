"""`keyaccount case work` and `case amend` on a small plan with a calendar."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cases.servers import mail_receiver, web_receiver
from keyaccount.cases import queries
from keyaccount.cli.main import run
from keyaccount.storage.engine import open_engine

POLICY = """\
policy: repairs
title: {en: Repairs, zh: 维修}
facts:
  machine: {type: string}
roles:
  mechanic: {title: Mechanic}
calendars:
  shop:
    hours: {2026-01-01: {monday to friday: ["09:00-17:00"]}}
plans:
  repair:
    title: {en: Repair, zh: 维修}
    subject: machine
    calendar: shop
    policy change: switch
    steps:
      look:
        title: Look
        owner: mechanic
        limit: {business: PT8H}
        completed by: looked
        ladder: usual
    ladders:
      usual: [{at: due, remind: owner}]
decisions:
  known: {value: machine != null}
"""
MAIN = "from keyaccount.cli.main import main; main()"
PEOPLE = """\
organisation: shop
people:
  li: {name: Li, roles: [mechanic], email: li@example.com}
"""


class Shop:
    """Runs `keyaccount case` on a folder of its own."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capfd = capfd
        self.policies = folder / "policies"
        self.policies.mkdir()
        self.write(POLICY)
        (folder / "people.yaml").write_text(PEOPLE)

    @property
    def store(self) -> str:
        return f"sqlite:///{self.folder}/cases.db"

    def write(self, policy: str) -> None:
        (self.policies / "repairs.yaml").write_text(policy)

    def command(self, *arguments: str) -> list[str]:
        head = ["--lang", "en", "--policies", str(self.policies), "case", *arguments]
        return [*head, "--store", self.store, "--organisation", str(self.folder / "people.yaml")]

    def __call__(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        found = run(self.command(*arguments))
        out, err = self.capfd.readouterr()
        assert found == code, out + err
        return out, err

    def entries(self, case_id: str) -> list[str]:
        engine = open_engine(self.store)
        kinds = [each.kind for each in queries.show(engine, case_id).entries]
        engine.dispose()
        return kinds


@pytest.fixture
def shop(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shop:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    opened = Shop(tmp_path, capfd)
    opened("open", "repair", "--id", "R1", "--facts", '{"machine": "M1"}', "--by", "ann",
           "--now", "2026-03-09T12:00")  # fmt: skip
    return opened


def test_what_is_due_is_told_by_the_way_that_was_chosen(shop: Shop) -> None:
    with web_receiver() as receiver:
        shop("work", "--once", "--notify-by", "webhook", "--webhook", receiver.url,
             "--allow-host", "127.0.0.1")  # fmt: skip
        shop("work", "--once", "--notify-by", "webhook", "--webhook", receiver.url,
             "--allow-host", "127.0.0.1")  # fmt: skip
    ((_, headers, body),) = receiver.received
    assert headers["Idempotency-Key"].startswith("R1/")
    assert body["data"]["about"] == "due"


def test_the_webhook_s_token_comes_from_the_environment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYACCOUNT_WEBHOOK_TOKEN", "secret")
    with web_receiver() as receiver:
        shop("work", "--once", "--notify-by", "webhook", "--webhook", receiver.url,
             "--allow-host", "127.0.0.1")  # fmt: skip
    assert receiver.received[0][1]["Authorization"] == "Bearer secret"


def test_mail_goes_to_the_address_in_the_organisation(shop: Shop) -> None:
    with mail_receiver() as receiver:
        shop("work", "--once", "--notify-by", "mail", "--mail-server",
             f"127.0.0.1:{receiver.port}", "--mail-from", "k@example.com")  # fmt: skip
    assert "To: li@example.com" in receiver.received[0]


def test_notices_may_be_files(shop: Shop) -> None:
    shop("work", "--once", "--notify-by", "file", "--folder", str(shop.folder / "out"))
    (file,) = (shop.folder / "out").iterdir()
    assert json.loads(file.read_text())["case"] == "R1"


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["--notify-by", "mail"], "--mail-server"),
        (["--notify-by", "file"], "--folder"),
        (["--notify-by", "webhook"], "--webhook"),
        (["--notify-by", "mail", "--mail-server", "127.0.0.1"], "--mail-from"),
    ],
)
def test_a_way_that_is_not_set_up_is_wrong_usage(
    shop: Shop, arguments: list[str], needed: str
) -> None:
    _, err = shop("work", "--once", *arguments, code=2)
    assert "usage.option-needs" in err
    assert f"`{needed}`" in err


def test_a_worker_stops_at_a_signal(shop: Shop) -> None:
    worker = subprocess.Popen(
        [
            sys.executable,
            "-c",
            MAIN,
            *shop.command("work"),
        ],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert worker.stderr is not None
    told = iter(worker.stderr.readline, "")
    assert any("notify R1/" in line for line in told)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert "nothing is lost" in worker.stderr.read()
    worker.stderr.close()


def closed_next_day(shop: Shop) -> None:
    """A calendar edited late: the day on which the case falls due is closed."""
    shop.write(POLICY.replace("plans:", "    closed: {2026-03-10: stocktaking}\nplans:", 1))


def test_a_calendar_edited_late_moves_deadlines_once_it_is_said_so(shop: Shop) -> None:
    closed_next_day(shop)
    shown, _ = shop("amend", "repair", "--now", "2026-03-09T13:00")
    assert "look due" in shown
    assert "1 case would go over, 1 deadline would move" in shown
    assert "rescheduled" not in shop.entries("R1")
    done, _ = shop("amend", "repair", "--apply", "--now", "2026-03-09T13:00")
    assert "1 case went over, 1 deadline moved" in done
    assert "rescheduled" in shop.entries("R1")
    again, _ = shop("amend", "repair", "--apply", "--now", "2026-03-09T13:01")
    assert "0 cases went over" in again
    listed, _ = shop("due", "--now", "2026-03-11T11:00")
    assert "R1" not in listed


def test_cases_that_keep_their_version_stay_as_they_are(shop: Shop) -> None:
    closed_next_day(shop)
    out, _ = shop("amend", "repair", "--mode", "keep", "--apply", "--now", "2026-03-09T13:00")
    assert "stay under the version" in out
    listed, _ = shop("due", "--now", "2026-03-10T13:00")
    assert "R1" in listed


def test_what_moves_is_told_to_programs_too(shop: Shop) -> None:
    closed_next_day(shop)
    out, _ = shop("amend", "repair", "--format", "json", "--now", "2026-03-09T13:00")
    found: dict[str, Any] = json.loads(out)
    assert (found["mode"], found["applied"], found["cases"]) == ("switch", False, 1)
    assert found["moved"] == [
        {
            "case": "R1",
            "deadline": "look#1:due",
            "from": "2026-03-10T04:00:00+00:00",
            "to": "2026-03-11T04:00:00+00:00",
        }
    ]


def test_a_notice_that_was_given_up_is_listed_and_may_be_tried_again(shop: Shop) -> None:
    hook = ["--notify-by", "webhook", "--allow-host", "127.0.0.1", "--webhook"]
    with web_receiver(404) as receiver:
        shop("work", "--once", *hook, receiver.url)
    listed, _ = shop("stuck")
    assert "404 Not Found" in listed
    out, _ = shop("stuck", "--try-again", "--format", "json")
    (found,) = json.loads(out)["stuck"]
    assert (found["case"], found["kind"], found["tries"]) == ("R1", "notify", 1)
    with web_receiver() as receiver:
        shop("work", "--once", *hook, receiver.url)
    assert len(receiver.received) == 1
    assert json.loads(shop("stuck", "--format", "json")[0]) == {"stuck": []}
