"""Approval chains in a large organisation where people are away and stand in for each other."""

from __future__ import annotations

import os
import random
from contextlib import suppress
from datetime import date
from functools import cache

import pytest

from cases.plan.worlds import Case, plan_of
from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.diagnostics.case_messages import CaseError
from keyaccount.organisation import Deputy, Holding, Organisation, Person
from keyaccount.organisation.people import Days

Move = tuple[str, str, str | None]

PEOPLE = 5_000
ROLES = tuple(f"role_{number}" for number in range(12))
RUNS = int(os.environ.get("KEYACCOUNT_APPROVAL_RUNS", "240"))
DAY = date(2026, 3, 2)

PLAN = """
policy: requests
time_zone: UTC
facts:
  roles: {{type: list<string>}}
roles: {{{roles}}}
plans:
  request:
    steps:
      approve: {{approval: {{chain: roles, {mode}}}}}
"""

MODES = {
    "sequential": "mode: sequential",
    "all of": "mode: all of",
    "any of": "mode: any of",
    "quorum": "quorum: 2",
}


@cache
def organisation() -> Organisation:
    """A tree of 5,000, each role held by some; a third is away, deputies often in a circle."""
    dice = random.Random(1)  # noqa: S311 # the same in every run
    people = []
    for number in range(PEOPLE):
        roles = [Holding(role) for role in ROLES if dice.random() < 0.004]
        superior = f"p{(number - 1) // 7}" if number else None
        people.append(Person(f"p{number}", f"Person {number}", superior, tuple(roles)))
    deputies = []
    always = Days(date(2026, 1, 1), date(2026, 12, 31))
    away = dice.sample(range(PEOPLE), PEOPLE // 3)
    for at in range(0, len(away) - 3, 3):
        ring = [f"p{each}" for each in away[at : at + 3]]
        deputies += [Deputy(ring[0], ring[1], always), Deputy(ring[1], ring[2], always)]
        closes = ring[0] if dice.random() < 0.5 else f"p{dice.randrange(PEOPLE)}"
        if closes != ring[2]:
            deputies.append(Deputy(ring[2], closes, always))
    return Organisation(people, deputies)


@cache
def plan(mode: str) -> CompiledPlan:
    roles = ", ".join(f"{each}: {each}" for each in ROLES)
    return plan_of(PLAN.format(roles=roles, mode=MODES[mode]), organisation())


def worked(mode: str, seed: int) -> Case:
    """A request to its end: people decide, delegate, return, and try what they may not."""
    dice = random.Random(seed)  # noqa: S311 # the same in every run
    case = Case(plan(mode))
    chain = dice.sample(ROLES, dice.randint(1, 5))
    initiator = dice.choice([dice.choice(organisation().holders(chain[0], None, DAY)), "p17", "p0"])
    case.open("03-02 09:00", initiator, roles=chain)
    for turn in range(120):
        if case.status != "open":
            break
        assert case.state is not None
        slots = case.state["steps"]["approve"]["approval"]["slots"]
        assigned = [
            each["assigned"] for each in slots if "verdict" not in each and "assigned" in each
        ]
        if case.state["steps"]["approve"]["approval"].get("returned"):
            attempt(case, "resubmit", initiator)
            continue
        person = dice.choice(assigned)
        if turn < 60:
            attempt(case, *dice.choice(moves(dice, person, initiator, assigned)))
        else:  # enough of it: those decide whose turn it is, and none of them is refused
            case.send("03-02 10:00", "approve", person)
    return case


def moves(dice: random.Random, person: str, initiator: str, assigned: list[str]) -> list[Move]:
    """What may be tried next; mostly that those decide whose turn it is."""
    somebody = f"p{dice.randrange(PEOPLE)}"
    wanted: list[Move] = [("approve", person, None)] * 12
    return [
        *wanted,
        ("approve", initiator, None),
        ("approve", somebody, None),
        ("approve", "p3", None),
        ("approve", organisation().deputy_of(person, DAY) or initiator, None),
        ("delegate", person, dice.choice([initiator, *assigned, "p3"])),
        ("delegate", "p3", person),
        ("return", person, None),
        *([("reject", person, None)] if dice.random() < 0.3 else []),
    ]


def attempt(case: Case, kind: str, actor: str, deputy: str | None = None) -> None:
    """Send a command that may be refused."""
    with suppress(CaseError):
        case.send("03-02 10:00", kind, actor, **({} if deputy is None else {"deputy": deputy}))


@pytest.mark.parametrize("mode", MODES)
def test_of_random_requests_in_a_large_organisation(mode: str) -> None:
    approved = 0
    for seed in range(RUNS // len(MODES)):
        case = worked(mode, seed)
        assert case.status in ("completed", "rejected"), (mode, seed)  # every request ends
        initiator = case.commands[0][0].actor
        rounds: list[set[str]] = [set()]
        roles: list[str] = []
        for entry in case.entries:
            if entry.kind == "chain":
                rounds.append(set())
                roles = []
            elif entry.kind in ("approved", "rejected", "returned") and entry.step == "approve":
                roles.append(str(entry.data["role"]))
                people = {
                    str(entry.data["by"]),
                    str(entry.data.get("acting_for", entry.data["by"])),
                }
                assert initiator not in people, (mode, seed)  # not even through a deputy
                assert not people & rounds[-1], (mode, seed)  # nobody decides twice
                rounds[-1] |= people
        facts = case.commands[0][0].data["facts"]
        assert isinstance(facts, dict)
        if mode == "sequential" and case.status == "completed":
            assert roles == facts["roles"], seed  # the chain is the table's
        if case.status == "completed":
            approved += 1
            wanted = {"any of": 1, "quorum": min(2, len(facts["roles"]))}
            assert len(roles) >= wanted.get(mode, len(facts["roles"]))
    assert approved > RUNS // len(MODES) // 3


SMALL = PLAN.format(roles="manager: Manager", mode="mode: sequential")


def request(people: list[Person], deputies: list[Deputy]) -> Case:
    """Ann asks for the manager's approval."""
    case = Case(plan_of(SMALL, Organisation(people, deputies)))
    case.open("03-02 09:00", "ann", roles=["manager"])
    return case


def test_nobody_decides_by_way_of_the_initiator() -> None:
    manager = Person("max", "Max", "eve", (Holding("manager"),))
    case = request([manager, *(Person(each, each) for each in ("ann", "bob", "eve"))], [])
    case.send("03-02 10:00", "delegate", "max", deputy="ann")
    case.send("03-02 10:00", "delegate", "ann", deputy="bob")
    with pytest.raises(CaseError) as caught:
        case.send("03-02 11:00", "approve", "bob")
    assert [each.code for each in caught.value.diagnostics] == ["case.not-theirs"]
    case.send("03-02 10:00", "delegate", "max", deputy="bob")
    case.send("03-02 11:00", "approve", "bob")
    assert case.status == "completed"


def test_a_request_goes_up_where_its_initiator_would_stand_in_for_the_manager() -> None:
    manager = Person("max", "Max", "eve", (Holding("manager"),))
    people = [manager, *(Person(each, each) for each in ("ann", "bob", "eve"))]
    away = [Deputy("max", "ann", Days()), Deputy("ann", "bob", Days())]
    assert request(people, away).open_steps == {"approve": "eve"}
