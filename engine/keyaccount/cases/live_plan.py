"""A plan as the store needs it: its transition, and what it asks the store beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Generic

from keyaccount.cases.protocol import Command, Data, State, TransitionFunction


@dataclass(frozen=True, slots=True)
class Share:
    """What a case adds to a total over the cases of its group.

    `name` tells the totals of one plan apart; `amount` counts for `window` from
    the command that gave it.
    """

    name: str
    group: str
    amount: Decimal
    window: timedelta


def no_subject(_data: Data) -> str | None:
    """Of a plan that lets the same thing be filed any number of times."""
    return None


def no_shares(_state: object, _command: Command) -> tuple[Share, ...]:
    """Of a plan that adds nothing up."""
    return ()


@dataclass(frozen=True, slots=True)
class LivePlan(Generic[State]):
    """One version of a plan.

    `subject` finds, in the data of the opening, what may be filed only once at a
    time; a second filing is refused, or (`hands_over`) recorded on the first case
    as the event `second filing`. `shares` says what a command adds to totals: the
    total of the others reaches the transition as `data["totals"][name]`.
    """

    name: str
    version: str
    transition: TransitionFunction[State]
    subject: Callable[[Data], str | None] = no_subject
    hands_over: bool = False
    shares: Callable[[State | None, Command], tuple[Share, ...]] = no_shares


Plans = Callable[[str, str], LivePlan[State]]
"""The plan of a name and version; raises where there is none."""
