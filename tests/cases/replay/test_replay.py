from __future__ import annotations

import csv
import gzip
import json
import time
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
    assert code == 0, err or out
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
        (b"case,\xff\xff\n", (), "log.unreadable", 1),
        (LOG.encode(), ("--encoding", "latin-x"), "batch.unknown-encoding", 1),
        (b"a,b,a\n1,2,3\n", (), "log.column-twice", 1),
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


def fates(found: dict) -> list[tuple[object, ...]]:
    return [(each["case"], each["round"], each["fate"]) for each in found["deadlines"]]


def test_an_attribute_may_come_late_in_the_log(capfd, tmp_path, policies):
    """As an offer's number, which only events about offers have."""
    head, first, rest = XES.partition("<event>")
    text = head + '<event><string key="concept:name" value="Create Fine"/>'
    text += '<date key="time:timestamp" value="2007-03-01T00:00:00.000+01:00"/></event>'
    offer = '<event><string key="offer" value="7"/>'
    text += (first + rest).replace("<event>", offer)
    path = written(tmp_path, text, "log.xes")
    found = replayed(capfd, path, policies, "--map", "case=case:concept:name+offer")
    assert [each["case"] for each in found["deadlines"]] == ["a 7", "a 7"]
    assert found["cases"] == 2


def test_a_round_keeps_its_fate_when_its_step_opens_again(capfd, tmp_path, policies):
    plan = """
policy: queue
time_zone: UTC
plans:
  incident:
    completed by: Closed
    steps:
      take: {opened by: Queued, limit: PT4H, completed by: Taken}
      solve: {after: take, limit: PT10H, completed by: Solved, goes back: {Reopened: take}}
"""
    (policies / "fines.yaml").write_text(plan)
    steps = ("Queued 1", "Taken 4", "Reopened 5", "Taken 12", "Closed 13")
    lines = [f"a,{name},2016-01-04T{int(hour):02}:00:00Z" for name, hour in map(str.split, steps)]
    log = "case:concept:name,concept:name,time:timestamp\n" + "\n".join(lines) + "\n"
    found = replayed(capfd, written(tmp_path, log), policies)
    assert [(each["step"], each["round"], each["fate"]) for each in found["deadlines"]] == [
        ("take", 1, "met"),
        ("solve", 1, "cancelled"),
        ("take", 2, "missed"),
        ("solve", 2, "cancelled"),
    ]


def test_every_round_of_a_step_that_ends_by_itself_is_told(capfd, tmp_path, policies):
    plan = """
policy: reports
time_zone: UTC
plans:
  report:
    steps:
      report: {opened by: Begun, repeat: P1D, limit: PT1H, ladder: close,
               completed by: Reported, until: Ended}
    ladders: {close: [{at: due, then: complete step}]}
"""
    (policies / "fines.yaml").write_text(plan)
    log = """case:concept:name,concept:name,time:timestamp
a,Begun,2016-01-04T10:00:00Z
a,Reported,2016-01-07T10:30:00Z
"""
    found = replayed(capfd, written(tmp_path, log), policies)
    assert fates(found) == [(("a", n, "missed")) for n in (1, 2, 3)] + [("a", 4, "met")]


def test_a_clock_that_stands_still_has_no_instant_and_the_wait_is_told_all_the_same(
    capfd, tmp_path, policies
):
    plan = """
policy: permits
time_zone: Europe/Amsterdam
plans:
  permit:
    steps:
      decide:
        opened by: received
        limit: {days: 56}
        paused by: suspended
        resumed by: resumed
        completed by: decided
"""
    (policies / "fines.yaml").write_text(plan)
    log = """case:concept:name,concept:name,time:timestamp
a,received,2015-03-02T10:00:00
a,suspended,2015-03-10T10:00:00
a,resumed,2015-04-01T10:00:00
a,decided,2015-05-19T10:00:00
b,received,2015-03-02T10:00:00
b,suspended,2015-03-10T10:00:00
b,decided,2015-08-01T10:00:00
c,received,2015-03-02T10:00:00
c,suspended,2015-03-10T10:00:00
d,suspended,2015-03-01T10:00:00
d,received,2015-03-02T10:00:00
"""
    found = replayed(capfd, written(tmp_path, log), policies)
    told = [(each["due"], each["fate"]) for each in found["deadlines"]]
    assert told == [
        ("2015-05-19T08:00:00+00:00", "met"),
        (None, "met"),
        (None, "pending"),
        ("2015-04-27T08:00:00+00:00", "missed"),
    ]
    assert found["deadlines"][0]["late_seconds"] == 0


def test_a_limit_that_never_began_is_not_told(capfd, tmp_path, policies):
    plan = """
policy: permits
time_zone: UTC
plans:
  permit:
    steps:
      publish: {opened by: decided, limit: {days: 14, from: sent}, completed by: published}
"""
    (policies / "fines.yaml").write_text(plan)
    steps = ("decided 02", "published 03", "sent 04", "decided 05", "sent 06", "published 07")
    lines = [f"a,{name},2015-03-{day}T10:00:00Z" for name, day in map(str.split, steps)]
    log = "case:concept:name,concept:name,time:timestamp\n" + "\n".join(lines) + "\n"
    found = replayed(capfd, written(tmp_path, log), policies)
    told = [(each["round"], each["due"]) for each in found["deadlines"]]
    assert told == [(2, "2015-03-20T10:00:00+00:00")]


def test_the_name_of_a_zone_is_read_where_it_is_that_of_utc_and_else_refused(
    capfd, monkeypatch, tmp_path, policies
):
    log = "case:concept:name,concept:name,time:timestamp\na,Insert Fine,2016-01-01 10:00 UTC\n"
    log = log.replace("Insert Fine", "Insert Fine Notification")
    form = ("--time-format", "%Y-%m-%d %H:%M %Z")
    found = replayed(capfd, written(tmp_path, log), policies, *form)
    assert found["deadlines"][0]["opened"] == "2016-01-01T10:00:00+00:00"
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        path = str(written(tmp_path, log.replace("UTC", "CST")))
        assert run(["case", "replay", path, "--policies", str(policies), *form]) == 1
        assert "log.bad-instant" in capfd.readouterr().err
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_second_counts_not_its_parts(capfd, tmp_path, policies):
    log = LOG.replace("2007-05-09T00:00:00.000", "2007-05-09T00:00:00.463")
    found = replayed(capfd, written(tmp_path, log), policies, "--compare", "Add penalty")
    assert found["steps"]["penalty"]["closed_to_the_second"] == 1
    assert found["steps"]["penalty"]["agree_to_the_second"] == 1
    penalty = next(each for each in found["deadlines"] if each["step"] == "penalty")
    assert (penalty["fate"], penalty["late_seconds"]) == ("missed", 0.463)


def test_what_comes_after_the_end_has_not_happened(capfd, tmp_path, policies):
    options = ("--until", "2007-05-01", "--compare", "Add penalty")
    found = replayed(capfd, written(tmp_path, LOG), policies, *options)
    assert found["cases"] == 2
    assert {each["fate"] for each in found["deadlines"]} == {"pending", "met"}
    assert found["steps"]["penalty"]["compared"] == 0


def test_rows_that_are_no_events_may_be_left_out(capfd, tmp_path, policies):
    log = written(tmp_path, LOG + "d,Payment,,\n,Payment,2007-03-12,\nd,Payment,soon,\n")
    assert run(["case", "replay", str(log), "--policies", str(policies), "--lang", "en"]) == 1
    err = capfd.readouterr().err
    assert all(code in err for code in ("log.no-time", "log.no-case", "log.bad-instant"))
    rejects = tmp_path / "rejects.csv"
    found = replayed(capfd, log, policies, "--rejects", str(rejects))
    assert found["events"]["rejected"] == 3
    with rejects.open(newline="") as file:
        assert [(each["row"], each["instant"]) for each in csv.DictReader(file)] == [
            *(("8", ""), ("9", "2007-03-12"), ("10", "soon"))
        ]


def test_an_event_that_the_log_never_has_is_told(capfd, tmp_path, policies):
    log = written(tmp_path, LOG.replace("Add penalty", "Add Penalty"))
    assert replayed(capfd, log, policies)["events"]["absent"] == ["Add penalty"]
    assert run(["case", "replay", str(log), "--policies", str(policies), "--lang", "en"]) == 0
    err = capfd.readouterr().err
    assert "log.event-absent" in err
    assert "did you mean `Add Penalty`?" in err


def test_a_case_that_the_plan_cannot_work_off_is_named(capfd, tmp_path, policies):
    plan = """
policy: desk
time_zone: UTC
calendars: {desk: {hours: {2015-01-01: {monday to friday: ["08:00-17:00"]}}}}
plans:
  take:
    steps: {take: {opened by: Payment, limit: {business: PT8H, calendar: desk}, completed by: x}}
"""
    (policies / "fines.yaml").write_text(plan)
    log = written(tmp_path, LOG)
    assert run(["case", "replay", str(log), "--policies", str(policies), "--lang", "en"]) == 1
    err = capfd.readouterr().err
    assert "calendar." in err
    assert "case `b`" in err


SOME_FAIL = """case:concept:name,concept:name,time:timestamp
=1+1,Asked,2025-01-06T10:00:00+08:00
late,Asked,2035-01-08T10:00:00+08:00
=1+1,Answered,2025-01-07T10:00:00+08:00
also late,Asked,2035-01-08T10:00:00+08:00
last,Asked,2025-01-06T10:00:00+08:00
"""


@pytest.fixture
def of_working_days(policies: Path) -> Path:
    """Policies whose calendar ends with the holidays that are published."""
    plan = """
policy: questions
time_zone: Asia/Shanghai
calendars: {desk: {hours: {2024-01-01: {monday to friday: ["09:00-18:00"]}}, holidays: china}}
plans:
  question:
    steps:
      answer: {opened by: Asked, limit: {business days: 2, calendar: desk}, completed by: Answered}
"""
    (policies / "fines.yaml").write_text(plan)
    return policies


def test_a_case_with_an_error_has_a_row_of_its_own_and_stops_no_other(
    capfd, tmp_path, of_working_days
):
    out = tmp_path / "deadlines.csv"
    log = written(tmp_path, SOME_FAIL)
    head = ["case", "replay", str(log), "--policies", str(of_working_days), "--lang", "en"]
    assert run([*head, "--until", "2025-02-01", "--out", str(out)]) == 0
    assert run([*head, "--out", str(out)]) == 1
    shown = capfd.readouterr()
    assert "4 cases" in shown.out
    assert "2 with errors" in shown.out
    assert "calendar" in shown.err
    with out.open(newline="") as file:
        rows = {each["case"]: each for each in csv.DictReader(file)}
    assert {name: each["fate"] for name, each in rows.items()} == {
        "'=1+1": "met",
        "last": "missed",
        "late": "error",
        "also late": "error",
    }
    assert rows["late"]["code"].startswith("calendar.")
    assert rows["late"]["reason"]
    assert rows["last"]["code"] == ""


def test_programs_are_told_the_cases_with_errors_beside_the_deadlines(
    capfd, tmp_path, of_working_days
):
    log = written(tmp_path, SOME_FAIL)
    head = ["case", "replay", str(log), "--policies", str(of_working_days), "--format", "json"]
    assert run([*head, "--lang", "zh"]) == 1
    found = json.loads(capfd.readouterr().out)
    assert [each["case"] for each in found["deadlines"]] == ["=1+1", "last"]
    assert [each["case"] for each in found["failed"]] == ["late", "also late"]


def test_of_very_many_errors_the_first_are_told_and_the_rest_counted(
    capfd, tmp_path, of_working_days
):
    head, *lines = SOME_FAIL.splitlines()
    many = [lines[1].replace("late", f"late {number}") for number in range(25)]
    log = written(tmp_path, "\n".join([head, lines[0], *many]))
    assert (
        run(["case", "replay", str(log), "--policies", str(of_working_days), "--lang", "en"]) == 1
    )
    told = capfd.readouterr().err
    assert "late 19`" in told
    assert "late 20`" not in told
    assert "in 5 more" in told
