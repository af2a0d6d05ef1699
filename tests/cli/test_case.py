"""Cases on the command line, from the first fact to the last approval."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from keyaccount.cli.main import run

ROOT = Path(__file__).parents[2]
PEOPLE = ROOT / "policies" / "examples" / "organisation.yaml"


class Desk:
    """Runs `keyaccount case` on a store of its own."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capfd = capfd

    def __call__(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        head = ["--lang", "en", "--policies", str(ROOT / "policies"), "case", arguments[0]]
        store = ["--store", f"sqlite:///{self.folder}/cases.db", "--organisation", str(PEOPLE)]
        assert run([*head, *arguments[1:], *store]) == code
        return self.capfd.readouterr()

    def json(self, *arguments: str) -> dict[str, object]:
        out, _ = self(*arguments, "--format", "json")
        found: dict[str, object] = json.loads(out)
        return found


@pytest.fixture
def desk(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capfd)


FACTS = json.dumps({"customer": "ACME", "customer_region": "华东", "already_served": False})


def opened(desk: Desk) -> Desk:
    desk("open", "project_filing", "--id", "P", "--facts", FACTS, "--by", "chen",
         "--now", "2026-03-02T09:00")  # fmt: skip
    desk("event", "P", "submitted", "--now", "2026-03-02T10:00")
    return desk


def test_a_case_from_its_opening_to_an_approval(desk: Desk) -> None:
    opened(desk)
    for day, event in enumerate(("filtered", "filed", "planned", "plan_reviewed"), 3):
        desk("event", "P", event, "--now", f"2026-03-0{day}T09:00")
    _, err = desk("approve", "P", "--by", "sun", code=1)
    assert "case.opinion-missing" in err
    found = desk.json(
        "approve", "P", "--by", "sun", "--opinion", "yes", "--now", "2026-03-06T10:00"
    )
    steps = found["open_steps"]
    assert isinstance(steps, list)
    assert [(each["step"], each["owner"]) for each in steps] == [("decide_plan", "qian")]
    shown = desk.json("show", "P")
    assert shown["status"] == "open"
    log = shown["log"]
    assert isinstance(log, list)
    assert [each["kind"] for each in log if each["step"] == "filter_customer"] == [
        "opened",
        "reminded",
        "overdue",
        "reminded",
        "completed",
    ]


def test_what_is_overdue_and_whose(desk: Desk) -> None:
    opened(desk)
    found = desk.json("due", "--now", "2026-03-03T10:00")["due"]
    assert isinstance(found, list)
    assert [(each["case"], each["step"], each["owner"], each["due"]) for each in found] == [
        ("P", "filter_customer", "li", "2026-03-02T06:00:00+00:00")
    ]
    assert desk.json("due", "--now", "2026-03-02T11:00")["due"] == []
    out, _ = desk("due", "--now", "2026-03-03T10:00")
    assert "20 h late" in out
    out, _ = desk("due", "--now", "2026-03-02T12:00", "--within", "4", "--owner", "li")
    assert "in 2 h" in out


def test_a_second_filing_is_handed_to_the_first(desk: Desk) -> None:
    opened(desk)
    found = desk.json("open", "project_filing", "--id", "Q", "--facts", FACTS, "--by", "feng")
    assert found["case"] == "P"
    assert [each["case"] for each in desk.json("list")["cases"]] == ["P"]  # type: ignore[attr-defined]
    out, _ = desk("open", "project_filing", "--id", "R", "--facts", FACTS, "--by", "feng")
    assert out.startswith("no new case: `ACME` has one already, `P`, which was told of this filing")


def test_lists_tell_plans_and_steps_by_their_titles(desk: Desk) -> None:
    opened(desk)
    for words in (
        desk("list", "--lang", "zh")[0],
        desk("due", "--within", "9999", "--lang", "zh")[0],
    ):
        assert "客户筛查" in words
    assert "项目备案与攻关" in desk("list", "--lang", "zh")[0]


def test_what_was_returned_lies_with_its_initiator(desk: Desk) -> None:
    opened(desk)
    for event in ("filtered", "filed", "planned", "plan_reviewed"):
        desk("event", "P", event, "--now", "2026-03-02T11:00")
    desk("return", "P", "--by", "sun", "--opinion", "costs", "--now", "2026-03-02T12:00")
    assert [each["case"] for each in desk.json("list", "--owner", "chen")["cases"]] == ["P"]  # type: ignore[attr-defined]
    out, _ = desk("show", "P")
    assert "▸ decide_plan  chen  -" in out
    assert "form: 项目立项申请表; comes out: goals and requirements for each stage" in out
    assert desk.json("show", "P")["open_steps"][0]["form"] == "项目立项申请表"  # type: ignore[index]


def test_the_same_key_is_the_same_command(desk: Desk) -> None:
    opened(desk)
    again = ("event", "P", "filtered", "--key", "k", "--now", "2026-03-02T11:00")
    assert desk.json(*again)["repeated"] is False
    assert desk.json(*again)["repeated"] is True


def test_two_halves_of_a_limit_go_the_way_of_the_whole(desk: Desk) -> None:
    record = {"account_status": "existing", "annual_trade": 6000000, "on_time_ratio": 0.99,
              "max_overdue_days": 0, "late_payments": 0, "growth_potential": False,
              "competitor_opening": False, "request_kind": "credit_limit"}  # fmt: skip

    def chain(case: str, amount: int, customer: str) -> list[str]:
        facts = json.dumps({**record, "customer": customer, "requested_amount": amount})
        desk("open", "credit_request", "--id", case, "--facts", facts, "--by", "jiang",
             "--now", "2026-03-02T09:00")  # fmt: skip
        log = desk.json("show", case)["log"]
        assert isinstance(log, list)
        desk("cancel", case) if case == "whole" else desk(
            "approve", case, "--by", "zheng", "--opinion", "y", "--now", "2026-03-02T09:30"
        )
        if case == "first":
            desk("approve", case, "--by", "wu", "--opinion", "y", "--now", "2026-03-02T09:40")
        return next(each["data"]["roles"] for each in log if each["kind"] == "chain")

    # The manager grants a green account up to 1,000,000.
    whole = chain("whole", 1_960_000, "ONE")
    first, second = chain("first", 980_000, "TWO"), chain("second", 980_000, "TWO")
    assert whole == ["supervisor", "department_manager", "executive_deputy"]
    assert first == ["supervisor", "department_manager"]
    assert second == whole


@pytest.mark.parametrize("columns", ["80", "160"])
def test_a_timeline_in_the_terminal_and_as_a_page(
    desk: Desk, tmp_path: Path, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    opened(desk)
    out, _ = desk("timeline", "P", "--now", "2026-03-03T10:00")
    assert "Filter the" in out
    assert "═" in out
    page = tmp_path / "p.html"
    desk("timeline", "P", "--html", str(page), "--now", "2026-03-03T10:00")
    text = page.read_text(encoding="utf-8")
    assert "Filter the customer" in text
    assert "<script" not in text
    assert "http" not in text


def test_what_people_wrote_does_not_become_markup(desk: Desk, tmp_path: Path) -> None:
    facts = FACTS.replace("ACME", "<img src=x onerror=alert(1)>")
    desk("open", "project_filing", "--id", "P", "--facts", facts, "--by", "chen")
    page = tmp_path / "p.html"
    desk("timeline", "P", "--html", str(page))
    assert "<img" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("event", "X", "submitted"), "unknown-case"),
        (("open", "project_filling", "--facts", "{}"), "case.unknown-plan"),
        (("event", "P", "submited"), "case.unknown-event"),
        (("withdraw", "P", "--by", "li"), "case.not-initiator"),
    ],
)
def test_what_cannot_be_done_is_said(desk: Desk, arguments: tuple[str, ...], code: str) -> None:
    opened(desk)
    _, err = desk(*arguments, code=1)
    assert code in err


def test_the_log_is_in_the_language_asked_for_and_in_the_zone_of_the_plan(desk: Desk) -> None:
    opened(desk)
    out, _ = desk("show", "P", "--lang", "zh")
    line = next(each for each in out.splitlines() if "提交" in each or "完成" in each)
    assert "2026-03-02 10:00" in line
    english, _ = desk("show", "P")
    assert "completed" in english
    assert "完成" not in english


SHORT_PLAN = """
policy: claims
time_zone: Asia/Shanghai
facts: {urgent: {type: boolean}}
roles: {clerk: Clerk}
plans:
  claim:
    steps:
      register: {owner: clerk, limit: PT4H, ladder: usual, completed by: registered}
    ladders:
      usual: [{at: half, remind: owner}]
"""


def test_deadlines_that_another_plan_moves_are_told_in_words_and_in_the_zone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "claims.yaml"
    plan.write_text(SHORT_PLAN, encoding="utf-8")

    def case(*arguments: str) -> str:
        head = ["--policies", str(tmp_path), "case", *arguments]
        assert run([*head, "--store", f"sqlite:///{tmp_path}/cases.db"]) == 0
        return " ".join(capfd.readouterr().out.split())

    case("open", "claim", "--id", "C", "--facts", '{"urgent": true}', "--now", "2026-03-02T09:00")
    plan.write_text(SHORT_PLAN.replace("PT4H", "PT6H"), encoding="utf-8")
    applied = case("amend", "claim", "--mode", "switch", "--apply", "--now", "2026-03-02T09:30",
                   "--lang", "en")  # fmt: skip
    assert "C register rung 1 2026-03-02 11:00 2026-03-02 12:00" in applied
    assert applied.endswith("1 case went over, 2 deadlines moved")
    english = case("show", "C", "--lang", "en")
    assert "urgent = yes" in english
    assert "⏱ 2026-03-02 12:00 register rung 1 ⏱ 2026-03-02 15:00 register due" in english
    assert "registerrung12026-03-0211:00→2026-03-0212:00" in english.replace(" ", "")
    chinese = case("show", "C", "--lang", "zh")
    assert "register到期2026-03-0213:00→2026-03-0215:00" in chinese.replace(" ", "")
    assert not [each for each in ("+00:00", "{", "True") if each in english + chinese]


def test_times_do_not_hang_on_the_zone_of_the_machine(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(desk)
    shown = set()
    for zone in ("UTC", "America/New_York", "Asia/Shanghai"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        parts = (desk("list"), desk("due", "--now", "2026-03-05T09:00"), desk("show", "P"))
        shown.add(tuple(out for out, _ in parts))
    monkeypatch.undo()
    time.tzset()
    assert len(shown) == 1


def test_a_rung_that_has_passed_while_no_worker_ran_is_told_as_such(desk: Desk) -> None:
    opened(desk)
    (found,) = desk.json("due", "--now", "2026-03-05T09:00")["due"]  # type: ignore[misc]  # JSON
    assert found["next_rung_overdue"] is True
    out, _ = desk("due", "--now", "2026-03-05T09:00")
    assert "no worker has run" in " ".join(out.split())


def test_the_organisation_is_imported_shown_traced_and_used(desk: Desk, tmp_path: Path) -> None:
    def organisation(*arguments: str, code: int = 0) -> str:
        head = ["--lang", "en", "--policies", str(ROOT / "policies"), "case", "organisation"]
        store = ["--store", f"sqlite:///{tmp_path}/people.db"]
        assert run([*head, *arguments, *store]) == code
        return desk.capfd.readouterr().out

    said = organisation("import", str(PEOPLE), "--by", "hr", "--now", "2026-03-01T09:00")
    assert "edition 1 of the organisation: 12 people" in said
    people = tmp_path / "people.csv"
    people.write_text("id,name,roles\nann,Ann,general_manager\n", encoding="utf-8")
    found = json.loads(
        organisation("import", str(people), "--now", "2026-03-03T09:00", "--format", "json")
    )
    assert (found["edition"], found["joined"], len(found["left"])) == (2, ["ann"], 12)
    at_first = json.loads(organisation("show", "--at", "2026-03-02T09:00", "--format", "json"))
    assert at_first["people"][0]["id"] == "zhou"
    assert "ann" in organisation("show")
    assert organisation("log").count("2026-03-0") == 2
    people.write_text("id,name,superior\nann,Ann,bob\n", encoding="utf-8")
    organisation("import", str(people), code=1)
    assert len(json.loads(organisation("log", "--format", "json"))["editions"]) == 2
