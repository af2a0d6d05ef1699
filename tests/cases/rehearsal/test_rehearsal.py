from __future__ import annotations

import json
import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keyaccount.cases.plan.loading import plans_of
from keyaccount.cases.rehearsal.behaviour import Behaviour
from keyaccount.cases.rehearsal.rehearse import generated, rehearse
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
    figures = rehearse(PLANS[name], generated(behaviour, 12, since, until), until, behaviour)
    assert sum(figures.cases.values()) == 12
    ended = sum(figures.cases[each] for each in ("completed", "rejected", "cancelled"))
    assert ended > 0 or endless


def test_ten_years_of_filings() -> None:
    behaviour = Behaviour(seed=5, facts={"already_served": False})
    arrivals = generated(behaviour, CASES, SINCE, UNTIL)
    figures = rehearse(PLANS["project_filing"], arrivals, UNTIL, behaviour)
    assert sum(figures.cases.values()) == CASES
    step = figures.steps["filter_customer"]
    assert step.on_time is not None
    assert 60 < step.on_time < 95
    assert figures.told["qian"] > 0  # the executive deputy hears of what is a day late
    assert {each.split()[0] for each in figures.approvals} == {
        "responsible_executive",
        "executive_deputy",
    }


def test_memory_does_not_grow_with_the_number_of_cases() -> None:
    behaviour = Behaviour(seed=5, facts={"already_served": False})

    def peak(number: int) -> int:
        tracemalloc.start()
        rehearse(
            PLANS["project_filing"], generated(behaviour, number, SINCE, UNTIL), UNTIL, behaviour
        )
        _, found = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return found

    peak(5)
    assert peak(120) < peak(60) * 1.5


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
            text = text.replace("limit: PT4H", "limit: PT8H")
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
    names = ("submitted", "filtered", "filed", "planned", "plan_submitted")
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
