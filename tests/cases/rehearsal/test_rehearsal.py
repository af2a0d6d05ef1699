from __future__ import annotations

import gc
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from keyaccount.cases.live_plan import Share
from keyaccount.cases.plan.live import plan_in_memory
from keyaccount.cases.plan.loading import plans_of
from keyaccount.cases.plan.state import CaseState
from keyaccount.cases.protocol import Entry
from keyaccount.cases.rehearsal.arrivals import generated
from keyaccount.cases.rehearsal.behaviour import Behaviour
from keyaccount.cases.rehearsal.rehearse import rehearse
from keyaccount.cases.rehearsal.shelf import MemoryShelf
from keyaccount.cli.main import run
from keyaccount.organisation import read_organisation
from keyaccount.policy_set import PolicySet

POLICIES = Path(__file__).parents[3] / "policies"
PEOPLE = POLICIES / "examples" / "organisation.yaml"
CASES = int(os.environ.get("KEYACCOUNT_REHEARSAL_CASES", "60"))
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
PLANS = plans_of(PolicySet.load(POLICIES), read_organisation(PEOPLE))


@pytest.mark.parametrize("name", PLANS)
def test_every_plan_can_be_rehearsed_and_its_cases_end(name: str) -> None:
    behaviour = Behaviour(seed=3)
    since = datetime(2025, 1, 1, tzinfo=UTC)
    # It lasts as long as the seller, and its rule goes over every day again at every event.
    endless = name == "lead_quota"
    until = datetime(2025, 4, 1, tzinfo=UTC) if endless else datetime(2026, 10, 1, tzinfo=UTC)
    figures = rehearse(PLANS, name, generated(behaviour, 12, since, until), until, behaviour)
    assert sum(figures.cases.values()) == 12
    ended = sum(figures.cases[each] for each in ("completed", "rejected", "cancelled"))
    assert ended > 0 or endless


def test_ten_years_of_filings() -> None:
    behaviour = Behaviour(seed=5, facts={"already_served": False})
    arrivals = generated(behaviour, CASES, SINCE, UNTIL)
    figures = rehearse(PLANS, "project_filing", arrivals, UNTIL, behaviour)
    assert sum(figures.cases.values()) + figures.handed_over == CASES
    step = figures.steps["filter_customer"]
    assert step.on_time is not None
    assert 60 < step.on_time < 95
    assert figures.told["qian"] > 0  # the executive deputy hears of what is a day late
    assert {each.split()[0] for each in figures.approvals} == {
        "responsible_executive",
        "executive_deputy",
    }


def test_cases_that_are_over_are_forgotten() -> None:
    behaviour = Behaviour(seed=5, facts={"already_served": False})
    told: list[str] = []
    kept: list[int] = []

    def count(case: str, entries: Sequence[Entry]) -> None:
        told.append(case)
        if len(told) % 150 == 0:
            kept.append(sum(type(each) is CaseState for each in gc.get_objects()))

    until = SINCE + timedelta(days=1500)
    before = sum(type(each) is CaseState for each in gc.get_objects())
    rehearse(
        PLANS, "project_filing", generated(behaviour, 100, SINCE, until), until, behaviour, count
    )
    assert len(kept) > 10
    assert max(kept) - before < 25


def rehearsed(capfd: pytest.CaptureFixture[str], *more: str) -> str:
    people = ("--organisation", str(PEOPLE))
    command = ("case", "rehearse", "project_filing", "--arrivals", "30", *people)
    assert run([*command, "--policies", str(POLICIES), "--lang", "en", *more]) == 0
    return capfd.readouterr().out


def test_the_same_seed_gives_the_same_run_byte_for_byte(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    logs = [tmp_path / name for name in ("a", "b", "c")]
    for log, seed in zip(logs, ("7", "7", "8"), strict=True):
        rehearsed(capfd, "--seed", seed, "--entries", str(log))
    first, second, other = (each.read_bytes() for each in logs)
    assert first == second
    assert first != other
    assert json.loads(first.splitlines()[0])["kind"] == "opened"


def test_two_versions_side_by_side_meet_the_same_cases(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for each in POLICIES.glob("*.*"):
        text = each.read_text(encoding="utf-8")
        if each.name == "project_filing.yaml":
            text = text.replace("{business: PT4H}", "{business: PT8H}")
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    out = rehearsed(capfd, "--against", str(tmp_path), "--format", "json")
    found = json.loads(out)
    this, against = found["this"], found["against"]
    assert this["steps"]["submit_project"] == against["steps"]["submit_project"]
    assert (
        against["steps"]["filter_customer"]["median_hours"]
        > (this["steps"]["filter_customer"]["median_hours"])
    )
    assert "|" in rehearsed(capfd, "--against", str(tmp_path))


def test_over_a_log_the_log_drives_and_people_approve(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = ("submitted", "filtered", "filed", "planned", "plan_reviewed")
    lines = [f"A,{name},2026-03-0{day}T09:00:00+08:00" for day, name in enumerate(names, 2)]
    log = tmp_path / "log.csv"
    log.write_text("case:concept:name,concept:name,time:timestamp\n" + "\n".join(lines) + "\n")
    out = rehearsed(
        capfd, "--log", str(log), "--until", "2027-01-01", "--facts", '{"already_served": false}',
        "--format", "json",
    )  # fmt: skip
    found = json.loads(out)
    assert found["cases"]["opened"] == 1
    assert found["steps"]["filter_customer"]["late"] == 1
    assert found["approvals"]["responsible_executive approved"] >= 1


def test_a_case_with_an_error_stops_no_other(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = [
        "A,submitted,2026-03-02T09:00:00+08:00,false",
        "B,submitted,2026-03-03T09:00:00+08:00,perhaps",
        "C,submitted,2026-03-04T09:00:00+08:00,false",
    ]
    log = tmp_path / "log.csv"
    head = "case:concept:name,concept:name,time:timestamp,served\n"
    log.write_text(head + "\n".join(lines) + "\n")
    command = ["case", "rehearse", "project_filing", "--log", str(log), "--policies", str(POLICIES)]
    more = ["--map", "already_served=served", "--until", "2026-06-01"]
    assert run([*command, *more, "--lang", "en"]) == 1
    shown = capfd.readouterr()
    assert "case `B`" in shown.err
    assert run([*command, *more, "--format", "json"]) == 1
    found = json.loads(capfd.readouterr().out)
    assert found["cases"]["opened"] == 2
    assert found["cases"]["failed"] == 1
    assert [each["case"] for each in found["errors"]] == ["B"]


def test_past_the_years_that_a_calendar_knows_cases_stand_still_and_it_is_said() -> None:
    behaviour = Behaviour(seed=3)
    since, until = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
    figures = rehearse(PLANS, "lead_quota", generated(behaviour, 2, since, until), until, behaviour)
    assert figures.has_errors
    assert {each.code.partition(".")[0] for _, each in figures.errors} == {"calendar"}


def test_amounts_are_kept_for_no_longer_than_windows_look_back() -> None:
    shelf = MemoryShelf()
    plan = plan_in_memory(PLANS["credit_request"])
    window = timedelta(days=30)
    for number in range(200):
        at, case = SINCE + timedelta(days=number), f"case {number}"
        shelf.add(plan, case, None, at)
        shelf.put_share(plan.name, Share("approve", "甲", Decimal(1), window), case, at)
    last = Share("approve", "甲", Decimal(0), timedelta(days=10_000))
    assert sum(shelf.amounts(plan.name, last, "", SINCE)) == 61
