from __future__ import annotations

import json

import pytest

from cases.plan.worlds import Case, at, plan_of
from keyaccount.diagnostics.case_messages import CaseError

CLAIM = """
policy: claims
time_zone: UTC
facts:
  amount: {type: number}
  kind: {type: string, values: [small, large]}
roles: {clerk: Clerk, chief: Chief}
plans:
  claim:
    cancelled by: withdrawn
    completed by: settled
    steps:
      register: {owner: clerk, limit: PT4H, ladder: usual, completed by: registered}
      inspect: {after: register, when: kind = "large", completed by: inspected}
      price: {after: register, completed by: {priced: event.sum > 0}}
      pay: {after: [inspect, price], limit: {days: 1, from: invoiced}, completed by: paid}
    ladders:
      usual:
        - {before: PT1H, remind: owner}
        - {at: due, remind: chief}
        - {after: PT24H, then: cancel case}
"""


def claim() -> Case:
    case = Case(plan_of(CLAIM))
    case.open("03-02 09:00")
    return case


def test_steps_open_when_those_before_are_done() -> None:
    case = claim()
    assert list(case.open_steps) == ["register"]
    case.event("03-02 10:00", "registered", kind="large")
    assert list(case.open_steps) == ["inspect", "price"]
    case.event("03-02 11:00", "inspected")
    assert list(case.open_steps) == ["price"]
    case.event("03-02 12:00", "priced", sum=10)
    assert list(case.open_steps) == ["pay"]
    case.event("03-02 13:00", "paid")
    assert case.status == "completed"


def test_a_gate_that_is_not_met_passes_the_step_by() -> None:
    case = claim()
    case.event("03-02 10:00", "registered", kind="small")
    assert list(case.open_steps) == ["price"]
    assert case.log("skipped") == ["skipped inspect"]


def test_a_gate_waits_for_what_it_does_not_know() -> None:
    case = claim()
    case.event("03-02 10:00", "registered")
    assert case.log("waiting") == ["waiting inspect"]
    case.send("03-02 11:00", "facts", facts={"kind": "large"})
    assert list(case.open_steps) == ["inspect", "price"]


def test_an_event_of_which_does_not_hold_what_must_completes_nothing() -> None:
    case = claim()
    case.event("03-02 10:00", "registered", kind="small")
    case.event("03-02 11:00", "priced", sum=0)
    assert list(case.open_steps) == ["price"]


def test_each_rung_comes_once_and_the_last_ends_the_case() -> None:
    case = claim()
    case.wait("03-02 12:59")
    assert case.log("reminded", "overdue") == ["reminded register"]
    case.wait("03-03 12:59")
    assert case.log("reminded", "overdue") == [
        "reminded register",
        "overdue register",
        "reminded register",
    ]
    assert [each.data["to"] for each in case.effects] == [["clerk"], ["chief"]]
    case.wait("03-03 13:00")
    assert case.status == "cancelled"
    assert case.last is not None
    assert case.last.deadlines == ()


def test_done_exactly_at_the_instant_is_on_time() -> None:
    case = claim()
    case.event("03-02 13:00", "registered", kind="small")
    assert case.log("overdue") == []


def test_the_state_does_not_depend_on_how_late_a_worker_is() -> None:
    prompt, late = claim(), claim()
    prompt.wait("03-02 14:00")
    prompt.event("03-02 15:00", "registered", kind="small")
    late.event("03-02 15:00", "registered", kind="small")
    assert prompt.state == late.state
    assert [(each.kind, each.at) for each in prompt.entries] == [
        (each.kind, each.at) for each in late.entries
    ]


def test_a_limit_from_an_event_runs_from_that_event() -> None:
    case = claim()
    case.event("03-02 10:00", "registered", kind="small")
    case.event("03-02 12:00", "priced", sum=1)
    assert case.last is not None
    assert case.last.deadlines == ()
    last = case.event("03-03 08:00", "invoiced")
    assert [(each.key, each.due) for each in last.deadlines] == [("pay#1:due", at("03-04 08:00"))]


@pytest.mark.parametrize(
    ("event", "status"), [("withdrawn", "cancelled"), ("settled", "completed")]
)
def test_an_event_may_end_the_case(event: str, status: str) -> None:
    case = claim()
    case.event("03-02 10:00", event)
    assert case.status == status
    with pytest.raises(CaseError) as raised:
        case.event("03-02 11:00", event)
    assert raised.value.diagnostics[0].code == "case.closed"


def test_an_event_that_the_plan_does_not_know_is_refused() -> None:
    case = claim()
    with pytest.raises(CaseError) as raised:
        case.event("03-02 10:00", "regstered")
    assert raised.value.diagnostics[0].code == "case.unknown-event"
    assert raised.value.diagnostics[0].help is not None
    assert "registered" in raised.value.diagnostics[0].help.en


def test_the_state_is_plain_data() -> None:
    case = claim()
    case.event("03-02 10:00", "registered", kind="small")
    assert json.loads(json.dumps(case.state)) == case.state


def test_the_commands_alone_give_the_same_state_again() -> None:
    case = claim()
    case.wait("03-02 14:00")
    case.event("03-02 15:00", "registered", kind="small")
    again = Case(case.plan)
    for command, now in case.commands:
        again.apply(command, now)
    assert again.state == case.state


BEFORE = """
policy: claims
time_zone: UTC
calendars:
  office: {{hours: {{2024-01-01: {{monday to friday: ["09:00-17:00"]}}}}}}
plans:
  claim:
    calendar: office
    steps:
      look: {{limit: {{business days: 5}}, ladder: usual, completed by: looked}}
    ladders:
      usual: [{{before: {distance}, remind: initiator}}]
"""


@pytest.mark.parametrize(
    ("distance", "when"),
    [
        ("PT4H", "03-06 13:00"),
        ("{business: PT10H}", "03-05 15:00"),
        ("{business days: 2}", "03-04 17:00"),
        ('{business days: 1, at: "09:00"}', "03-05 09:00"),
        ("{days: 3}", "03-03 17:00"),
        ("P30D", "02-27 10:00"),  # longer than the limit: at once
    ],
)
def test_a_rung_before_the_limit_in_each_unit(distance: str, when: str) -> None:
    case = Case(plan_of(BEFORE.format(distance=distance)))
    case.open("02-27 10:00", "ann")  # a Friday: five working days on is 6 March
    assert case.last is not None
    rungs = {each.key: each.due for each in case.last.deadlines}
    assert rungs == {"look#1:0": at(when), "look#1:due": at("03-06 17:00")}


def test_the_next_rung_of_a_step_may_be_the_one_at_its_limit() -> None:
    text = BEFORE.replace("before: {distance}", "at: due").format()
    case = Case(plan_of(text))
    found = case.open("02-27 10:00", "ann").standing.open_steps[0]
    assert found.next_rung == found.due == at("03-06 17:00")
    case.wait("03-07 10:00")
    assert case.last is not None
    assert case.last.standing.open_steps[0].next_rung is None
