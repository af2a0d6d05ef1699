from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from keyaccount.cli.main import run

HERE = Path(__file__).parent
REAL = HERE.parents[3] / "shared" / "data" / "roadfines_100.csv"

LOG = """case:concept:name,concept:name,time:timestamp,amount
a,Send Fine,2007-03-01T00:00:00+01:00,10
a,Insert Fine Notification,2007-03-10T00:00:00.000+01:00,
a,Add penalty,2007-05-09T00:00:00.000+02:00,
b,Insert Fine Notification,2007-03-10T00:00:00.000+01:00,
b,Payment,2007-03-12T00:00:00.000+01:00,
c,Insert Fine Notification,2007-05-08T00:00:00.000+02:00,
"""

XES = """<?xml version="1.0"?>
<log xmlns="http://www.xes-standard.org/">
  <trace><string key="concept:name" value="a"/>
    <event><string key="concept:name" value="Insert Fine Notification"/>
      <date key="time:timestamp" value="2007-03-10T00:00:00.000+01:00"/></event>
    <event><string key="concept:name" value="Add penalty"/>
      <date key="time:timestamp" value="2007-05-09T00:00:00.000+02:00"/></event>
  </trace>
</log>
"""


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "fines.yaml").write_text((HERE / "fines.yaml").read_text())
    return folder


def replayed(capfd: pytest.CaptureFixture[str], log: Path, policies: Path, *more: str):
    code = run(["case", "replay", str(log), "--policies", str(policies), "--format", "json", *more])
    out, err = capfd.readouterr()
    assert code == 0, err
    return json.loads(out)


def written(tmp_path: Path, text: str, name: str = "log.csv") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_days_of_the_calendar_pass_over_the_change_to_summer_time(capfd, tmp_path, policies):
    found = replayed(
        capfd, written(tmp_path, LOG), policies, "--compare", "Add penalty", "--until", "2007-07-01"
    )
    fates = {(each["case"], each["step"]): each["fate"] for each in found["deadlines"]}
    assert fates == {
        ("a", "payment"): "missed",
        ("a", "penalty"): "met",
        ("b", "payment"): "met",
        ("b", "penalty"): "missed",
        ("c", "payment"): "pending",
        ("c", "penalty"): "pending",
    }
    assert found["steps"]["penalty"]["closed_to_the_second"] == 1
    assert found["steps"]["payment"]["agree_to_the_second"] == 1
    assert found["events"]["unheard"] == {"Send Fine": 1}


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_xes_says_the_same(capfd, tmp_path, policies, name):
    path = tmp_path / name
    data = XES.encode()
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    found = replayed(capfd, path, policies)
    assert [each["late_seconds"] for each in found["deadlines"]] == [None, 0]


def test_columns_are_mapped_and_instants_read_as_they_are_written(capfd, tmp_path, policies):
    text = "Akte;Was;Stand;Wann\nx;Payment;-;02.04.2007 10:00\n"
    text = text.replace("\nx;", "\nx;Insert Fine;Notification;01.04.2007 09:00\nx;", 1)
    maps = ["case=Akte", "event=Was+Stand", "time=Wann"]
    options = [part for each in maps for part in ("--map", each)]
    path = written(tmp_path, text.replace("Payment;-", "Payment;"))
    found = replayed(capfd, path, policies, *options, "--time-format", "%d.%m.%Y %H:%M")
    assert [each["fate"] for each in found["deadlines"]] == ["met", "pending"]
    assert found["deadlines"][0]["due"] == "2007-05-31T07:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("case:concept:name,concept:name\na,b\n", "log.unknown-column"),
        (LOG.replace("2007-03-01T", "2007-13-01T"), "log.bad-instant"),
        (
            LOG.replace("Fine Notification", "F").replace("P", "p").replace("Add", "A"),
            "nothing-heard",
        ),
    ],
)
def test_a_log_that_does_not_fit_is_refused(capfd, tmp_path, policies, text, code):
    path = written(tmp_path, text)
    assert run(["case", "replay", str(path), "--policies", str(policies), "--lang", "en"]) == 1
    assert code in capfd.readouterr().err


@pytest.mark.parametrize(
    ("content", "options", "code", "exit_code"),
    [
        ("事项,事件\n".encode("gb18030"), (), "log.unreadable", 1),
        (b"case:concept:name\n" + b"a" * 200_000, (), "log.unreadable", 1),
        (LOG.encode(), ("--zone", "Europe/Rom"), "usage.unknown-zone", 2),
        (LOG.encode(), ("--until", "some day"), "usage.not-an-instant", 2),
        (LOG.encode(), ("--plan", "fin"), "case.unknown-plan", 1),
    ],
)
def test_what_cannot_be_read_is_said(capfd, tmp_path, policies, content, options, code, exit_code):
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    head = ["--lang", "en", "--policies", str(policies), "case", "replay", str(path)]
    assert run([*head, *options]) == exit_code
    assert code in capfd.readouterr().err


def test_entities_of_an_xml_file_are_not_expanded(capfd, tmp_path, policies):
    secret = written(tmp_path, "secret", "secret.txt")
    head = f'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x SYSTEM "file://{secret}">]>'
    text = (
        XES.replace('<?xml version="1.0"?>', head)
        .replace('value="a"', 'value="a"')
        .replace("<trace>", "<trace>&x;")
    )
    run(["case", "replay", str(written(tmp_path, text, "log.xes")), "--policies", str(policies)])
    assert "secret" not in "".join(capfd.readouterr()).replace("secret.txt", "")


@pytest.mark.skipif(not REAL.exists(), reason="the real logs are not beside the project")
@pytest.mark.parametrize(
    ("limit", "agree"), [("{days: 60, zone: Europe/Rome}", 57), ("PT1440H", 38)]
)
def test_real_penalties_fall_due_at_the_instants_of_the_log(
    capfd, tmp_path, policies, limit, agree
):
    plan = (HERE / "fines.yaml").read_text().replace("{days: 60, zone: Europe/Rome}", limit)
    (policies / "fines.yaml").write_text(plan)
    out = tmp_path / "deadlines.csv"
    options = ("--compare", "Add penalty", "--out", str(out))
    found = replayed(capfd, REAL, policies, *options)
    assert found["steps"]["penalty"]["set"] == 57
    assert found["steps"]["payment"]["agree_to_the_second"] == agree
    assert found["steps"]["penalty"]["closed_to_the_second"] == agree
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found["deadlines"])


def test_what_opens_a_step_again_may_restart_its_limit(capfd, tmp_path, policies):
    plan = """
policy: offers
time_zone: UTC
plans:
  offer:
    steps:
      answer:
        opened by: Sent
        again: restart
        limit: {days: 30, at: "09:15"}
        ladder: run
        completed by: Returned
    ladders:
      run: [{at: due, then: cancel step}]
"""
    (policies / "fines.yaml").write_text(plan)
    log = """case:concept:name,concept:name,time:timestamp
a,Sent,2016-01-04T10:00:00Z
a,Sent,2016-01-10T09:00:00Z
a,Cancelled,2016-02-09T09:15:00Z
b,Sent,2016-01-04T10:00:00Z
b,Returned,2016-01-05T10:00:00Z
"""
    found = replayed(capfd, written(tmp_path, log), policies, "--compare", "Cancelled",
                     "--until", "2016-04-01")  # fmt: skip
    fates = [(each["case"], each["round"], each["fate"]) for each in found["deadlines"]]
    assert fates == [("a", 1, "cancelled"), ("a", 2, "missed"), ("b", 1, "met")]
    assert found["deadlines"][1]["due"] == "2016-02-09T09:15:00+00:00"
    assert found["steps"]["answer"]["agree_to_the_second"] == 1
