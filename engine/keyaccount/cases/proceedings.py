"""What a command does: to its own case, to those it counts together with, to a first filing.

The same in the database and in virtual time: whatever concerns other cases goes through a `Shelf`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from keyaccount.cases.live_plan import LivePlan, Plans, Share
from keyaccount.cases.plain_data import refuse_unfit
from keyaccount.cases.protocol import TOTALS, Command, State
from keyaccount.cases.work import Applied, CaseWork, StoreError
from keyaccount.diagnostics import store_messages as messages
from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.model.plans import SECOND_FILING

_log = logging.getLogger("keyaccount.store")

NOT_COUNTED = ("cancelled", "rejected")
"""How cases ended whose amounts no longer count."""


class Shelf(Protocol[State]):
    """All cases, as one transaction sees them. What it does is undone where it fails."""

    def add(self, plan: LivePlan[State], case_id: str, subject: str | None, now: datetime) -> bool:
        """Make a case that has no command yet; False where its id or subject is taken."""

    def about(self, plan: str, subject: str | None) -> str | None:
        """The open case of a plan about something."""

    def taken(self, case_id: str, key: str) -> Applied | None:
        """The command of that key as it was taken before, with the case as it stands now."""

    def hold_groups(
        self, plan: LivePlan[State] | None, plans: Plans[State], case_id: str, command: Command
    ) -> None:
        """Let others of the command's groups wait; before any case is held."""

    def hold(self, case_id: str) -> CaseWork[State]:
        """A case to work on, kept from others. Raises StoreError where there is none."""

    def write(self, works: Sequence[CaseWork[State]]) -> None:
        """Keep what the works did."""

    def put_share(self, plan: str, share: Share, case_id: str, now: datetime) -> None:
        """Keep what a case adds to a total, in place of what it added before."""

    def amounts(self, plan: str, share: Share, but: str, at: datetime) -> Iterable[Decimal]:
        """What the other cases of a group add within the window around an instant."""

    def sharers(self, plan: str, share: Share, but: str, at: datetime) -> Mapping[str, datetime]:
        """The other open cases of a group within the window, and when each told its amount."""


def open_case(
    shelf: Shelf[State],
    plans: Plans[State],
    plan: LivePlan[State],
    case_id: str,
    command: Command,
    now: datetime,
) -> Applied:
    """Open a case; the same id and key again is the same opening.

    Raises:
        StoreError: the id is taken, or the subject is filed already and the
            plan refuses a second filing.
    """
    refuse_unfit(command)
    subject = plan.subject(command.data)
    if shelf.add(plan, case_id, subject, now):
        return _take(shelf, plans, plan, case_id, command, now)
    before = shelf.taken(case_id, command.key)
    if before is not None:
        return before
    first = shelf.about(plan.name, subject)
    if first is None or subject is None:
        raise StoreError([messages.id_taken(case_id)])
    if not plan.hands_over:
        raise StoreError([messages.second_filing(plan.name, subject, first)])
    told = Command(
        kind="event",
        data={"event": SECOND_FILING, "data": command.data},
        actor=command.actor,
        key=f"{SECOND_FILING}:{case_id}",
    )
    return _take(shelf, plans, None, first, told, now)


def take(
    shelf: Shelf[State], plans: Plans[State], case_id: str, command: Command, now: datetime
) -> Applied:
    """Take a command to a case; the same key again changes nothing.

    Raises:
        StoreError: there is no such case.
        KeyaccountError: whatever the plan refuses.
    """
    refuse_unfit(command)
    return _take(shelf, plans, None, case_id, command, now)


def _take(
    shelf: Shelf[State],
    plans: Plans[State],
    plan: LivePlan[State] | None,
    case_id: str,
    command: Command,
    now: datetime,
) -> Applied:
    """Take a command under a version of the plan, the case's own where it is None."""
    shelf.hold_groups(plan, plans, case_id, command)
    work = shelf.hold(case_id)
    before = shelf.taken(case_id, command.key)
    if before is not None:
        return before
    work.take_due(plans, now)
    plan = plan or plans(work.plan, work.version)
    shares = plan.shares(work.state, command)
    work.take(_with_totals(shelf, plan, shares, work.id, command, now), plan, now)
    number = work.commands
    work.take_due(plans, now)
    shelf.write([work])
    if shares:
        _tell_others(shelf, plans, plan, shares, (work.id, number), now)
    assert work.standing is not None  # noqa: S101 - INVARIANT: `take` has set it
    return Applied(case_id, number, work.standing)


def _with_totals(
    shelf: Shelf[State],
    plan: LivePlan[State],
    shares: Iterable[Share],
    case_id: str,
    command: Command,
    now: datetime,
) -> Command:
    """The command with the totals of the other cases of its groups; its own shares, recorded.

    They go into the command's data and so into the log: it replays to the same.
    """
    found = {}
    for share in shares:
        found[share.name] = _total(shelf, plan.name, share, case_id, now)
        shelf.put_share(plan.name, share, case_id, now)
    return replace(command, data={**command.data, TOTALS: found}) if found else command


def _total(shelf: Shelf[State], plan: str, share: Share, but: str, at: datetime) -> Decimal:
    return sum(shelf.amounts(plan, share, but, at), Decimal(0))


def _tell_others(
    shelf: Shelf[State],
    plans: Plans[State],
    plan: LivePlan[State],
    shares: Iterable[Share],
    by: tuple[str, int],
    now: datetime,
) -> None:
    """Let open cases hear what counts together with them; one that cannot goes on as it was.

    Args:
        shelf: all cases.
        plans: their plans.
        plan: of the case that told amounts.
        shares: the amounts.
        by: that case, and the number of its command.
        now: when.
    """
    told: dict[str, dict[str, Decimal]] = {}
    for share in shares:
        for case_id, at in shelf.sharers(plan.name, share, by[0], now).items():
            found = _total(shelf, plan.name, share, case_id, at)
            told.setdefault(case_id, {})[share.name] = found
    others = [shelf.hold(each) for each in sorted(told)]
    key = f"{TOTALS}:{by[0]}:{by[1]}"
    for other in others:
        try:
            other.take_due(plans, now)
            version = plans(other.plan, other.version)
            other.take(Command(TOTALS, {TOTALS: told[other.id]}, None, key), version, now)
        except KeyaccountError as error:
            _log.warning("case %s: %s", other.id, error)
    shelf.write(others)
