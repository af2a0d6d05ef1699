"""Requests split to stay under a limit count as one: on the shipped policies, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from keyaccount.cases import queries
from keyaccount.cases.desk import Desk, open_desk

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ROOT / "policies"
PEOPLE = POLICIES / "examples" / "organisation.yaml"
THRESHOLD = Decimal(1_000_000)
"""What the manager of the department may grant to a green account."""
DEPARTMENT = ["supervisor", "department_manager"]
DEPUTY = [*DEPARTMENT, "executive_deputy"]
GENERAL = [*DEPUTY, "general_manager"]
RUNS = count()
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    opened = open_desk(POLICIES, PEOPLE, database_url)
    yield opened
    opened.engine.dispose()


def after(days: float) -> datetime:
    return NOON + timedelta(days=days)


def file(desk: Desk, name: str, percent: object, at: datetime = NOON, customer: str = "甲") -> str:
    """File a request for so many percent of the threshold."""
    facts = {
        "customer": customer,
        "request_kind": "credit_limit",
        "requested_amount": Decimal(str(percent)) * THRESHOLD / 100,
        "growth_potential": False,
        "competitor_opening": False,
        "account_status": "existing",
        "annual_trade": Decimal(6_000_000),
        "on_time_ratio": Decimal("0.99"),
        "max_overdue_days": 0,
        "late_payments": 0,
    }
    return desk.open("credit_request", facts, "jiang", at, name).case_id


def approval(desk: Desk, case: str) -> Any:
    state: Any = queries.show(desk.engine, case).state
    return state["steps"]["approve"]["approval"]


def chain(desk: Desk, case: str) -> list[str]:
    return [each["role"] for each in approval(desk, case)["slots"]]


def approve(desk: Desk, case: str, at: datetime) -> str:
    """Everybody approves; how the case stands then."""
    while True:
        standing = queries.show(desk.engine, case).summary.standing
        if standing.status != "open":
            return standing.status
        owner = standing.open_steps[0].owner
        desk.send(case, "approve", {"opinion": "同意"}, owner, at)


@pytest.mark.parametrize(
    ("percents", "expected"),
    [
        ([98], DEPARTMENT),
        ([100], DEPARTMENT),
        ([102], DEPUTY),
        ([49, 49], DEPARTMENT),
        ([50, 50], DEPARTMENT),
        ([50, "50.0001"], DEPUTY),
        ([51, 51], DEPUTY),
        ([34, 34, 34], DEPUTY),
        ([250, 250], DEPUTY),
        ([251, 250], GENERAL),
    ],
)
def test_parts_route_as_their_sum_each_of_them(
    desk: Desk, percents: list[object], expected: list[str]
) -> None:
    cases = [
        file(desk, f"part {number}", each, after(number)) for number, each in enumerate(percents)
    ]
    assert [chain(desk, each) for each in cases] == [expected] * len(cases)


def test_the_first_is_moved_with_a_line_in_its_log_and_keeps_its_approvals(desk: Desk) -> None:
    first = file(desk, "first", 51)
    desk.send(first, "approve", {"opinion": "同意"}, "zheng", after(0.1))
    file(desk, "second", 51, after(1))
    assert [each.get("by") for each in approval(desk, first)["slots"]] == ["zheng", None, None]
    moved = queries.show(desk.engine, first).entries[-1]
    assert (moved.kind, moved.step, moved.data["roles"]) == ("chain", "approve", DEPUTY)
    assert moved.data["others"] == Decimal(510_000)
    assert approve(desk, first, after(1.5)) == "completed"


def test_where_the_first_is_approved_the_second_bears_the_sum(desk: Desk) -> None:
    first = file(desk, "first", 51)
    assert approve(desk, first, after(0.1)) == "completed"
    assert chain(desk, file(desk, "second", 51, after(1))) == DEPUTY
    assert [each.data["roles"] for each in queries.show(desk.engine, first).entries
            if each.kind == "chain"] == [DEPARTMENT]  # fmt: skip


@pytest.mark.parametrize(("ending", "by"), [("withdraw", "jiang"), ("reject", "zheng")])
def test_what_was_turned_down_or_taken_back_counts_no_more(
    desk: Desk, ending: str, by: str
) -> None:
    first = file(desk, "first", 51)
    desk.send(first, ending, {"opinion": "不同意"}, by, after(0.1))
    assert chain(desk, file(desk, "second", 51, after(1))) == DEPARTMENT


def test_a_chain_that_was_raised_does_not_come_down_by_a_withdrawal(desk: Desk) -> None:
    first, second = file(desk, "first", 51), file(desk, "second", 51, after(1))
    desk.send(first, "withdraw", {}, "jiang", after(1.5))
    assert chain(desk, second) == DEPUTY


def test_the_window_ends_to_the_instant_and_other_customers_do_not_count(desk: Desk) -> None:
    first = file(desk, "first", 51)
    assert chain(desk, file(desk, "other", 51, after(1), "乙")) == DEPARTMENT
    assert chain(desk, file(desk, "late", 51, after(30) + timedelta(microseconds=1))) == DEPARTMENT
    assert chain(desk, first) == DEPARTMENT
    assert chain(desk, file(desk, "last", 1, after(30))) == DEPUTY
    assert chain(desk, first) == DEPARTMENT  # 52 percent with the last; the late one is too late


def test_an_amount_told_later_counts_and_begins_the_chain_anew(desk: Desk) -> None:
    first, second = file(desk, "first", 49), file(desk, "second", 49, after(1))
    desk.send(second, "approve", {"opinion": "同意"}, "zheng", after(1.1))
    amount = {"requested_amount": Decimal(520_000)}
    desk.send(second, "facts", {"facts": amount}, "jiang", after(2))
    assert [chain(desk, each) for each in (first, second)] == [DEPUTY, DEPUTY]
    assert [each.get("by") for each in approval(desk, second)["slots"]] == [None, None, None]


def test_a_request_that_changes_hands_counts_with_its_new_group(desk: Desk) -> None:
    first, second = file(desk, "first", 51), file(desk, "second", 51, after(1), "乙")
    assert chain(desk, first) == DEPARTMENT
    desk.send(second, "facts", {"facts": {"customer": "甲"}}, "jiang", after(2))
    assert [chain(desk, each) for each in (first, second)] == [DEPUTY, DEPUTY]


@pytest.fixture(scope="module")
def quick_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = open_desk(POLICIES, PEOPLE, f"sqlite:///{tmp_path_factory.mktemp('split')}/cases.db")
    yield opened
    opened.engine.dispose()


@given(
    parts=st.lists(st.integers(1, 600), min_size=2, max_size=5),
    days=st.lists(st.integers(0, 30), min_size=5, max_size=5),
    done=st.lists(st.booleans(), min_size=5, max_size=5),
)
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_no_split_reaches_a_lower_approver_than_the_whole(
    quick_desk: Desk, parts: list[int], days: list[int], done: list[bool]
) -> None:
    desk, again = quick_desk, f"run {next(RUNS)}"
    whole = file(desk, f"{again} whole", sum(parts), customer=f"{again} whole")
    cases = []
    filed = sorted(days)[: len(parts)]
    for number, (part, day) in enumerate(zip(parts, filed, strict=True)):
        case = file(desk, f"{again} {number}", part, after(day), str(again))
        cases.append(case)
        if done[number]:
            approve(desk, case, after(day))
    reached = chain(desk, cases[-1])
    assert reached == chain(desk, whole)
    still_open = [each for each, is_done in zip(cases, done, strict=False) if not is_done]
    assert all(chain(desk, each) == reached for each in still_open)
