"""Chains replaced while they are under way, as requests of others come to count with this one."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.plan.worlds import Case, plan_of
from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.diagnostics.case_messages import CaseError
from keyaccount.organisation import Deputy, Holding, Organisation, Person
from keyaccount.organisation.people import Days

PLAN = """
policy: requests
time_zone: UTC
facts:
  asker: {type: string}
  amount: {type: number}
  small: {type: list<string>}
  middle: {type: list<string>}
  large: {type: list<string>}
roles: {clerk: Clerk, manager: Manager, director: Director, chair: Chair}
plans:
  request:
    steps:
      approve:
        approval:
          chain: if amount > 200 then large else if amount > 100 then middle else small
          total: {of: amount, per: asker, within: P30D}
          MODE
"""
ROLES = ("clerk", "manager", "director", "chair")
PEOPLE = ("a", "b", "c", "d", "e")
ALWAYS = Days(date(2026, 1, 1), date(2026, 12, 31))


def people(*held: str, deputies: tuple[Deputy, ...] = ()) -> Organisation:
    """`a: clerk director`; each answers to the one before."""
    found: list[Person] = []
    for line in held:
        name, _, roles = line.partition(":")
        above = found[-1].id if found else None
        found.append(Person(name, name, above, tuple(Holding(each) for each in roles.split())))
    return Organisation(found, deputies)


def plan(organisation: Organisation, mode: str = "mode: sequential") -> CompiledPlan:
    return plan_of(PLAN.replace("MODE", mode), organisation)


def raise_to(case: Case, total: int) -> None:
    """Others of the group ask for so much together with this request of 100."""
    case.send("03-02 10:00", "totals", totals={"approve": Decimal(total)})


def opened(case: Case, by: str | None, *chains: str) -> Case:
    """A request of 100; the chains of a small, a middle and a large sum."""
    small, middle, large = (each.split() for each in chains)
    case.open(
        "03-02 09:00", by, asker="x", amount=Decimal(100), small=small, middle=middle, large=large
    )
    return case


def test_who_decided_in_a_role_that_is_dropped_does_not_decide_in_another() -> None:
    organisation = people("c: chair", "b: manager", "a: clerk director")
    case = opened(Case(plan(organisation)), None, "clerk manager", "director chair", "chair")
    case.send("03-02 10:00", "approve", "a")
    raise_to(case, 50)
    # The director is `a`, who has decided as clerk: a superior does it.
    assert case.open_steps == {"approve": "b"}
    with pytest.raises(CaseError) as refused:
        case.send("03-02 11:00", "approve", "a")
    assert [each.code for each in refused.value.diagnostics] == ["case.decided-already"]
    case.send("03-02 11:00", "approve", "b")
    case.send("03-02 12:00", "approve", "c")
    assert case.status == "completed"


def test_what_was_decided_stands_again_when_its_role_is_asked_for_again() -> None:
    organisation = people("d: chair", "b: manager", "c: director", "a: clerk")
    case = opened(Case(plan(organisation)), None, "clerk manager", "director", "clerk director")
    case.send("03-02 10:00", "approve", "a")
    raise_to(case, 50)
    raise_to(case, 150)
    case.send("03-02 11:00", "approve", "c")
    assert case.status == "completed"


def test_of_a_request_that_is_handed_in_anew_all_decide_anew() -> None:
    organisation = people("c: chair", "b: manager", "a: clerk director")
    case = opened(Case(plan(organisation)), "z", "clerk manager", "manager chair", "chair")
    case.send("03-02 10:00", "approve", "a")
    raise_to(case, 50)
    case.send("03-02 11:00", "return", "b")
    case.send("03-02 12:00", "resubmit", "z", facts={"middle": ["director"]})
    case.send("03-02 13:00", "approve", "a")
    assert case.status == "completed"


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    """Few people with many roles each, some of them away: whoever can meet twice, does."""
    some = st.sets(st.sampled_from(ROLES), min_size=1, max_size=3).map(sorted)
    held = [f"{name}: {' '.join(draw(some))}" for name in PEOPLE]
    away = draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=1))
    deputies = tuple(
        Deputy(each, draw(st.sampled_from([p for p in PEOPLE if p != each])), ALWAYS)
        for each in away
    )
    return people(*held, deputies=deputies)


CHAINS = st.lists(st.sampled_from(ROLES), min_size=2, max_size=3, unique=True).map(" ".join)
MOVES = st.one_of(
    st.tuples(st.just("raise"), st.sampled_from([50, 150])),
    st.just(("approve", "whose turn it is")),
    st.tuples(
        st.sampled_from(["approve", "approve", "reject", "return", "resubmit"]),
        st.sampled_from(PEOPLE),
    ),
)


@settings(max_examples=200)
@given(
    organisation=organisations(),
    mode=st.sampled_from(["mode: sequential", "mode: all of", "mode: any of", "quorum: 2"]),
    initiator=st.sampled_from(PEOPLE),
    chains=st.tuples(CHAINS, CHAINS, CHAINS),
    moves=st.lists(MOVES, min_size=4, max_size=14),
)
def test_nobody_decides_twice_however_often_the_chain_is_replaced(
    organisation: Organisation,
    mode: str,
    initiator: str,
    chains: tuple[str, str, str],
    moves: list[tuple[str, int | str]],
) -> None:
    case = opened(Case(plan(organisation, mode)), initiator, *chains)
    for kind, what in moves:
        with suppress(CaseError):
            if isinstance(what, int):
                raise_to(case, what)
            else:
                turn = case.open_steps.get("approve")
                case.send("03-02 10:00", kind, what if what in PEOPLE else turn)
    for _ in range(20):
        if case.status != "open":
            break
        if is_returned(case):
            case.send("03-02 11:00", "resubmit", initiator)
        else:
            case.send("03-02 11:00", "approve", case.open_steps["approve"])
    assert case.status in ("completed", "rejected")
    decided: set[str] = set()
    for entry in case.entries:
        if entry.kind == "resubmitted":
            decided = set()
        elif entry.kind in ("approved", "rejected", "returned") and entry.step == "approve":
            who = {str(entry.data["by"]), str(entry.data.get("acting_for", entry.data["by"]))}
            assert initiator not in who
            assert not who & decided
            decided |= who


def is_returned(case: Case) -> bool:
    """Whether the request lies with its initiator."""
    state: Any = case.state
    return bool(state["steps"]["approve"]["approval"].get("returned"))
