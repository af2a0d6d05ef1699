"""Event rules in a case: what follows from its events opens steps, by itself where time tells."""

from __future__ import annotations

from cases.plan.worlds import Case, at, plan_of
from keyaccount.diagnostics.diagnostic import Severity
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.ir.lowering.program import lower_as_far
from keyaccount.source import Source

ORDERS = """
policy: orders
time_zone: UTC
facts: {late: {type: number}}
decisions: {often: {value: late >= 2}}
roles: {clerk: Clerk, chief: Chief}
events:
  order_placed: {fields: {number: string}}
  shipped: {fields: {number: string}}
  stuck: {fields: {number: string}}
event rules:
  stuck:
    when: {placed: order_placed}
    wait: PT48H
    unless: {sent: {event: shipped, where: sent.number = placed.number}}
    derive: stuck
    with: {number: placed.number}
  late:
    collect: {stuck: {event: stuck, within: P10D}}
    derive: late
    value: count(stuck)
plans:
  order:
    completed by: done
    steps:
      ship: {owner: clerk, completed by: finished, limit: {days: 90}}
      chase: {owner: clerk, opened by: stuck, completed by: chased, again: restart}
      report: {after: ship, owner: chief, when: often, otherwise: skip, completed by: reported}
"""


DAYS = """
policy: reports
time_zone: UTC
calendars:
  office: {hours: {2024-01-01: {monday to friday: ["09:00-18:00"]}}}
events:
  day_over: {each working day of: office}
  reported: {}
  silent: {fields: {days: number}}
event rules:
  silent:
    when: {last: day_over}
    unless: {told: {event: reported, before: last}}
    derive: silent
    with: {days: 1}
plans:
  reporter:
    steps:
      ask: {opened by: silent, completed by: reported}
      keep: {completed by: reported}
"""


def test_a_calendar_reports_its_days_from_the_opening_of_the_case_on() -> None:
    case = Case(plan_of(DAYS))
    case.open("03-02 19:00")  # a Monday, after closing
    case.wait("03-03 17:59")
    assert set(case.open_steps) == {"keep"}
    case.wait("03-03 18:00")
    assert set(case.open_steps) == {"keep", "ask"}


def orders() -> Case:
    case = Case(plan_of(ORDERS))
    case.open("03-02 09:00")
    return case


def deadlines(case: Case) -> list[str]:
    assert case.last is not None
    return [each.due.isoformat() for each in case.last.deadlines]


def test_what_does_not_come_opens_a_step_by_itself() -> None:
    case = orders()
    case.event("03-03 10:00", "order_placed", number="A")
    assert at("03-05 10:00").isoformat() in deadlines(case)
    case.wait("03-05 09:59")
    assert list(case.open_steps) == ["ship"]
    case.wait("03-05 10:00")
    assert list(case.open_steps) == ["ship", "chase"]
    assert case.log("derived") == ["derived -"]


def test_what_comes_in_time_opens_nothing() -> None:
    case = orders()
    case.event("03-03 10:00", "order_placed", number="A")
    case.event("03-05 10:00", "shipped", number="A")
    case.wait("03-30 10:00")
    assert list(case.open_steps) == ["ship"]


def test_derived_facts_are_known_whatever_the_command_is() -> None:
    for counted_by, step in (("03-06 10:00", "report"), ("03-16 10:00", None)):
        case = orders()
        case.event("03-03 10:00", "order_placed", number="A")
        case.event("03-03 11:00", "order_placed", number="B")
        case.wait(counted_by)
        case.event(counted_by, "finished")
        assert ("report" in case.open_steps) is (step is not None)


def test_a_log_played_late_gives_the_same_case() -> None:
    prompt, late = orders(), orders()
    for case in (prompt, late):
        case.event("03-03 10:00", "order_placed", number="A")
    prompt.wait("03-20 10:00")
    for case in (prompt, late):
        case.event("03-20 10:00", "chased")
        case.event("03-20 11:00", "finished")
    assert late.state == prompt.state


def test_an_event_that_is_not_declared_beside_others_is_warned_of() -> None:
    found = lower_as_far({"sample": read_policy(Source("policy.yaml", ORDERS))})[1]
    told = {(each.code, each.severity) for each in found}
    assert told == {("plan.undeclared-event", Severity.WARNING)}


def test_what_comes_at_the_very_end_of_a_wait_stands_in_its_way_whatever_came_before_it() -> None:
    case = Case(plan_of(ORDERS))
    case.open("03-02 09:00")
    for number in "AB":
        case.event("03-02 09:00", "order_placed", number=number)
    for number in "AB":
        case.event("03-04 09:00", "shipped", number=number)
    case.wait("03-10 09:00")
    assert case.log("derived") == []


def test_a_wait_may_end_in_the_hour_that_comes_twice() -> None:
    case = Case(plan_of(ORDERS.replace("time_zone: UTC", "time_zone: Europe/Rome")))
    case.open("10-23 01:30")
    case.event("10-23 01:30", "order_placed", number="A")
    case.wait("10-30 09:00")
    assert [each.at for each in case.entries if each.kind == "derived"] == [at("10-25 01:30")]
