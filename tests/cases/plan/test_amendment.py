"""A changed plan on open cases: keep, switch, the better of both."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.plan.worlds import Case, at, plan_of

PLAN = """
policy: claims
time_zone: UTC
plans:
  claim:
    policy change: {change}
    steps:
      register: {{limit: {register}, ladder: usual, completed by: registered}}
      look: {{after: register, limit: {look}, completed by: looked}}
{more}
    ladders:
      usual: [{{at: half, remind: initiator}}]
"""


def version(register: str, look: str = "PT4H", change: str = "keep", more: str = "") -> str:
    return PLAN.format(register=register, look=look, change=change, more=more)


def amended(change: str, old: str, new: str, **data: object) -> Case:
    """A case opened at nine under the old limit, amended at ten to the new."""
    case = Case(plan_of(version(old)))
    case.open("03-02 09:00", "ann")
    case.plan = plan_of(version(new, change=change))
    case.send("03-02 10:00", "amend", **data)
    return case


def dues(case: Case) -> dict[str, datetime]:
    assert case.last is not None
    return {each.key: each.due for each in case.last.deadlines}


@pytest.mark.parametrize(
    ("change", "old", "new", "due"),
    [
        ("keep", "PT4H", "PT8H", "03-02 13:00"),
        ("switch", "PT4H", "PT8H", "03-02 17:00"),
        ("switch", "PT8H", "PT4H", "03-02 13:00"),
        ("better of both", "PT4H", "PT8H", "03-02 17:00"),
        ("better of both", "PT8H", "PT4H", "03-02 17:00"),
    ],
)
def test_what_a_change_does_to_a_pending_deadline(
    change: str, old: str, new: str, due: str
) -> None:
    assert dues(amended(change, old, new))["register#1:due"] == at(due)


def test_the_command_may_say_otherwise_than_the_plan() -> None:
    assert dues(amended("keep", "PT4H", "PT8H", mode="switch"))["register#1:due"] == at(
        "03-02 17:00"
    )


def test_a_moved_deadline_is_told_in_the_log_and_its_rungs_move_with_it() -> None:
    case = amended("switch", "PT4H", "PT8H")
    moved = [each for each in case.entries if each.kind == "moved"]
    assert [(each.step, each.data["before"], each.data["after"]) for each in moved] == [
        ("register", at("03-02 13:00").isoformat(), at("03-02 17:00").isoformat())
    ]
    assert dues(case)["register#1:0"] == at("03-02 13:00")


def test_a_rung_that_was_climbed_is_not_climbed_again() -> None:
    case = Case(plan_of(version("PT4H")))
    case.open("03-02 09:00", "ann")
    case.wait("03-02 11:30")
    case.plan = plan_of(version("PT8H", change="switch"))
    case.send("03-02 12:00", "amend")
    case.wait("03-02 16:00")
    assert case.log("reminded") == ["reminded register"]


def test_a_step_that_is_no_longer_there_is_cancelled_and_a_new_one_opens() -> None:
    extra = "      extra: {limit: PT1H, completed by: done}"
    case = Case(plan_of(version("PT4H", more=extra)))
    case.open("03-02 09:00")
    assert set(case.open_steps) == {"register", "extra"}
    new = "      audit: {completed by: audited}"
    case.plan = plan_of(version("PT4H", change="switch", more=new))
    case.send("03-02 09:30", "amend")
    assert set(case.open_steps) == {"register", "audit"}
    assert "extra#1:due" not in dues(case)


def test_steps_to_come_have_the_new_limit() -> None:
    case = Case(plan_of(version("PT4H", "PT4H")))
    case.open("03-02 09:00")
    case.plan = plan_of(version("PT4H", "PT9H", "switch"))
    case.send("03-02 10:00", "amend")
    case.event("03-02 11:00", "registered")
    assert dues(case) == {"look#1:due": at("03-02 20:00")}


def overdue_then_amended(change: str, new: str, when: str = "03-02 14:00") -> Case:
    """A case whose four hours had passed when its limit was changed."""
    case = Case(plan_of(version("PT4H")))
    case.open("03-02 09:00", "ann")
    case.wait("03-02 13:30")
    case.plan = plan_of(version(new, change=change))
    case.send(when, "amend")
    return case


@pytest.mark.parametrize("change", ["switch", "better of both"])
def test_a_limit_extended_after_it_had_passed_falls_due_again(change: str) -> None:
    case = overdue_then_amended(change, "PT12H")
    assert dues(case) == {
        "register#1+1:0": at("03-02 15:00"),
        "register#1+1:due": at("03-02 21:00"),
    }
    case.wait("03-02 22:00")
    case.wait("03-02 23:00")
    assert case.log("overdue", "reminded", "due again") == [
        "reminded register",
        "overdue register",
        "due again register",
        "reminded register",
        "overdue register",
    ]
    keys = [each.key for each in case.effects]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("new", ["PT4H", "PT2H"])
def test_a_limit_that_ends_no_later_than_it_did_does_not_fall_due_twice(new: str) -> None:
    case = overdue_then_amended("switch", new)
    case.wait("03-03 09:00")
    assert dues(case) == {}
    assert case.log("overdue") == ["overdue register"]


def test_what_was_overdue_is_in_time_where_it_ends_before_the_new_limit() -> None:
    case = overdue_then_amended("switch", "PT12H")
    case.event("03-02 20:00", "registered")
    assert [each.data.get("late") for each in case.entries if each.kind == "completed"] == [None]


PAUSED = """
policy: claims
time_zone: UTC
facts: {{slow: {{type: boolean, default: false}}}}
plans:
  claim:
    policy change: {change}
    steps:
      register:
        limit: {{days: {days}}}
        ladder: usual
        completed by: registered
        paused by: asked
        resumed by: answered
    ladders:
      usual: [{{at: half, remind: initiator}}]
"""


def paused(days: str, change: str = "keep") -> Case:
    return Case(plan_of(PAUSED.format(days=days, change=change)))


@pytest.mark.parametrize(
    ("change", "old", "new", "due"),
    [
        ("switch", "10", "5", "03-09 09:00"),
        ("switch", "5", "10", "03-14 09:00"),
        ("better of both", "10", "5", "03-14 09:00"),
        ("better of both", "5", "10", "03-14 09:00"),
        ("better of both", "10", "if slow then 8 else 5", "03-14 09:00"),
        ("switch", "10", "if slow then 8 else null", None),
    ],
)
@pytest.mark.parametrize("when", ["03-03 09:00", "03-05 09:00", "03-07 09:00"])
def test_a_pause_before_or_after_a_change_takes_nothing_away(
    change: str, old: str, new: str, due: str | None, when: str
) -> None:
    steps = [("03-04 09:00", "asked"), ("03-06 09:00", "answered")]
    case = paused(old)
    case.open("03-02 09:00", "ann")
    for moment, event in [each for each in steps if each[0] < when]:
        case.event(moment, event)
    case.plan = plan_of(PAUSED.format(days=new, change=change))
    case.send(when, "amend")
    for moment, event in [each for each in steps if each[0] > when]:
        case.event(moment, event)
    assert dues(case).get("register#1:due") == (due and at(due))


def test_what_a_change_left_as_it_was_moves_by_the_facts_like_all_else() -> None:
    case = paused("10")
    case.open("03-02 09:00", "ann")
    case.plan = plan_of(PAUSED.format(days="if slow then 8 else 5", change="better of both"))
    case.send("03-03 09:00", "amend")
    assert dues(case) == {
        "register#1:0": at("03-07 09:00"),
        "register#1:due": at("03-12 09:00"),
    }
    case.send("03-03 10:00", "facts", facts={"slow": True})
    assert dues(case)["register#1:due"] == at("03-15 09:00")
