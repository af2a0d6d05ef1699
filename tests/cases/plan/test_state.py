"""Working copies of states in memory: equal, and apart to the last list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal

from keyaccount.cases.plan.state import (
    ApprovalState,
    CaseState,
    Delegation,
    Happening,
    Slot,
    StepState,
    copied,
    from_data,
    to_data,
)
from keyaccount.deadlines import Pause

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NEVER_CHANGED = (Happening, Pause, Delegation)


def full_state() -> CaseState:
    """A state with something in every list and mapping."""
    slots = [Slot("manager", "ann", "bob", "approved", "bob", NOON, "yes"), Slot("chief")]
    approval = ApprovalState(slots, 2, dropped=[Slot("clerk", by="cid")])
    step = StepState("open", 2, NOON, rungs={1: NOON}, climbed=[0], approval=approval)
    step.pauses.append(Pause(NOON))
    state = CaseState("1", NOON, "ann", {"amount": Decimal(3)}, steps={"a": step, "b": StepState()})
    state.happened["sent"] = NOON
    state.events.append(Happening("sent", NOON, {}))
    state.derived.append("x")
    state.totals["a"] = Decimal(5)
    state.delegations.append(Delegation("ann", "bob", None, None))
    return state


def parts(value: object) -> Iterator[int]:
    """All that can be changed in a state, by identity."""
    if isinstance(value, NEVER_CHANGED):
        return
    if isinstance(value, dict | list):
        yield id(value)
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from parts(each)
    elif isinstance(value, CaseState | StepState | ApprovalState | Slot):
        yield id(value)
        for each in fields(value):
            yield from parts(getattr(value, each.name))


def empty_parts(state: CaseState) -> Sequence[str]:
    found = (state, state.steps["a"], state.steps["a"].approval)
    return [
        each.name
        for part in found
        for each in fields(part)
        if str(each.type).startswith(("list", "dict")) and not getattr(part, each.name)
    ]


def test_a_copy_is_equal_and_shares_nothing_that_changes() -> None:
    state = full_state()
    assert empty_parts(state) == []
    made = copied(state)
    assert made == state
    assert made == from_data(to_data(state))
    assert not set(parts(made)) & set(parts(state))
