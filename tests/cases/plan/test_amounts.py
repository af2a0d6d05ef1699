"""Limits whose amounts FEEL gives: by an event, by a dated parameter, by facts that change."""

from __future__ import annotations

from datetime import date

import pytest

from cases.plan.worlds import Case, at, plan_of
from keyaccount.diagnostics.case_messages import CaseError

PLAN = """
policy: permits
time_zone: UTC
facts:
  extended: {{type: boolean, default: false}}
parameters:
  term: {{values: {{2026-01-01: 20, 2026-03-05: 5}}}}
events:
  extension: {{fields: {{}}}}
event rules:
  extended:
    collect: {{found: extension}}
    derive: extended
    value: count(found) > 0
plans:
  permit:
    steps:
      decide:
        opened by: received
        limit: {{days: '{days}'}}
        ladder: usual
        completed by: decided
        paused by: asked
        resumed by: answered
    ladders:
      usual: [{{at: half, remind: initiator}}]
"""


def received(days: str, **data: object) -> Case:
    case = Case(plan_of(PLAN.format(days=days)))
    case.open("03-01 09:00", "ann")
    case.event("03-01 09:00", "received", **data)
    return case


def due(case: Case) -> list[object]:
    assert case.last is not None
    return [each.due for each in case.last.deadlines if each.key.endswith(":due")]


def test_an_amount_is_what_the_opening_event_said() -> None:
    case = received("event.term", term=10)
    case.event("03-02 09:00", "asked")
    case.event("03-04 09:00", "answered", term=50)
    assert due(case) == [at("03-13 09:00")]


def test_an_amount_below_zero_is_refused() -> None:
    with pytest.raises(CaseError) as caught:
        received("event.term", term=-1)
    assert [each.code for each in caught.value.diagnostics] == ["case.negative-limit"]


def test_an_amount_is_what_was_in_force_when_its_step_opened() -> None:
    case = received("term")
    case.event("03-06 09:00", "asked")
    case.event("03-08 09:00", "answered")
    assert due(case) == [at("03-23 09:00")]


def test_a_fact_moves_the_limits_that_hang_on_it() -> None:
    case = received("if extended then 20 else 10")
    assert due(case) == [at("03-11 09:00")]
    case.event("03-02 09:00", "asked")
    case.event("03-05 09:00", "answered")
    case.event("03-06 09:00", "extension")
    assert due(case) == [at("03-24 09:00")]
    assert case.log("moved") == ["moved decide"]
    case.wait("04-01 09:00")
    assert [each.at for each in case.entries if each.kind in ("reminded", "overdue")] == [
        at("03-14 09:00"),
        at("03-24 09:00"),
    ]


def test_a_limit_that_had_passed_falls_due_again_where_a_fact_extends_it() -> None:
    case = received("if extended then 20 else 10")
    case.wait("03-12 09:00")
    case.event("03-13 09:00", "extension")
    case.wait("04-01 09:00")
    assert case.log("overdue", "due again") == [
        "overdue decide",
        "due again decide",
        "overdue decide",
    ]


def test_a_limit_that_had_passed_stands_still_where_a_fact_extends_it_during_a_pause() -> None:
    case = received("if extended then 20 else 10")
    case.event("03-13 09:00", "asked")
    case.event("03-14 09:00", "extension")
    assert due(case) == []
    case.event("03-16 09:00", "answered")
    assert due(case) == [at("03-24 09:00")]
    case.event("03-17 09:00", "decided")
    assert [each.data.get("late") for each in case.entries if each.kind == "completed"][:1] == [
        None
    ]


PLANNED = """
policy: deals
time_zone: UTC
facts:
  planned: {type: date, nullable: true}
plans:
  deal:
    steps:
      close:
        limit: {days: (planned - date(steps.close.opened)).days, at: "23:59"}
        ladder: usual
        completed by: closed
    ladders:
      usual: [{before: P1D, remind: initiator}]
"""


def test_a_limit_that_is_null_runs_from_when_it_is_told() -> None:
    case = Case(plan_of(PLANNED))
    case.open("03-01 09:00", "ann")
    assert due(case) == []
    case.send("03-03 09:00", "facts", facts={"planned": date(2026, 3, 10)})
    assert due(case) == [at("03-10 23:59")]
    case.send("03-04 09:00", "facts", facts={"planned": None})
    assert due(case) == []
    assert case.last is not None
    assert case.last.deadlines == ()
