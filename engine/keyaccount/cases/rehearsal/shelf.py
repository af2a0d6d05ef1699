"""Cases in memory, as one transaction sees them: the open ones, and what windows still look at."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from keyaccount.cases.live_plan import LivePlan, Plans, Share
from keyaccount.cases.plan.state import CaseState
from keyaccount.cases.proceedings import NOT_COUNTED
from keyaccount.cases.protocol import OPEN, Command
from keyaccount.cases.work import Applied, CaseWork, StoreError
from keyaccount.diagnostics import store_messages as messages

_Group = tuple[str, str, str]
"""Plan, name and group of a share."""


@dataclass(slots=True)
class _Kept:
    """An open case between its commands; `groups` by the name of the share."""

    plan: str
    version: str
    subject: str | None
    changed_at: datetime
    commands: int = 0
    state: CaseState | None = None
    pending: Mapping[str, datetime] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    groups: dict[str, _Group] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Amount:
    """What a case adds to a total, and when it told it."""

    amount: Decimal
    at: datetime


class MemoryShelf:
    """A `Shelf` of one thread whose instants never go back.

    Closed cases are forgotten. Of amounts those within two windows are kept: an open case as
    old as a window looks back as far again.
    """

    def __init__(self) -> None:
        self.written: list[CaseWork[CaseState]] = []
        self._cases: dict[str, _Kept] = {}
        self._subjects: dict[tuple[str, str], str] = {}
        self._groups: dict[_Group, dict[str, _Amount]] = {}
        self._ages: dict[tuple[str, str], deque[tuple[datetime, _Group, str]]] = {}
        self._undo: list[Callable[[], object]] = []

    @contextmanager
    def transaction(self) -> Iterator[list[CaseWork[CaseState]]]:
        """Do all or nothing. The works that are written, as they come."""
        self.written = []
        self._undo = []
        try:
            yield self.written
        except BaseException:
            while self._undo:
                self._undo.pop()()
            raise

    def add(
        self, plan: LivePlan[CaseState], case_id: str, subject: str | None, now: datetime
    ) -> bool:
        filed = None if subject is None else (plan.name, subject)
        if case_id in self._cases or filed in self._subjects:
            return False
        self._cases[case_id] = _Kept(plan.name, plan.version, subject, now)
        if filed is not None:
            self._subjects[filed] = case_id
        self._undo.append(lambda: self._forget(case_id))
        return True

    def about(self, plan: str, subject: str | None) -> str | None:
        return None if subject is None else self._subjects.get((plan, subject))

    def taken(self, case_id: str, key: str) -> Applied | None:
        """None: nobody in virtual time says anything twice."""

    def hold_groups(
        self,
        plan: LivePlan[CaseState] | None,
        plans: Plans[CaseState],
        case_id: str,
        command: Command,
    ) -> None:
        """Nobody else is there."""

    def hold(self, case_id: str) -> CaseWork[CaseState]:
        kept = self._cases.get(case_id)
        if kept is None:
            raise StoreError([messages.unknown_case(case_id)])
        return CaseWork(
            id=case_id,
            plan=kept.plan,
            version=kept.version,
            commands=kept.commands,
            entries=0,
            changed_at=kept.changed_at,
            state=kept.state,
            pending=kept.pending,
            spent=kept.spent,
        )

    def write(self, works: Sequence[CaseWork[CaseState]]) -> None:
        for work in works:
            if work.standing is None:
                continue
            kept = self._cases[work.id]
            kept.version, kept.commands, kept.changed_at = (
                work.version,
                work.commands,
                work.changed_at,
            )
            kept.state, kept.pending = work.state, work.pending
            kept.spent |= work.fired
            self.written.append(work)
            if work.standing.status != OPEN:
                self._forget(work.id, counts=work.standing.status not in NOT_COUNTED)

    def put_share(self, plan: str, share: Share, case_id: str, now: datetime) -> None:
        kept = self._cases[case_id]
        before = kept.groups.get(share.name)
        group = (plan, share.name, share.group)
        old = None if before is None else self._take_amount(before, case_id)
        self._put_amount(share.name, group, case_id, _Amount(share.amount, now))
        self._ages.setdefault(group[:2], deque()).append((now, group, case_id))
        self._undo.append(lambda: self._restore(share.name, case_id, before, old))
        self._forget_amounts(group[:2], now - 2 * share.window)

    def amounts(self, plan: str, share: Share, but: str, at: datetime) -> Iterator[Decimal]:
        return (each.amount for _, each in self._counting(plan, share, but, at))

    def sharers(self, plan: str, share: Share, but: str, at: datetime) -> Mapping[str, datetime]:
        counting = self._counting(plan, share, but, at)
        return {case_id: each.at for case_id, each in counting if case_id in self._cases}

    def _counting(
        self, plan: str, share: Share, but: str, at: datetime
    ) -> Iterator[tuple[str, _Amount]]:
        begin, end = at - share.window, at + share.window
        for case_id, each in self._groups.get((plan, share.name, share.group), {}).items():
            if case_id != but and begin <= each.at <= end:
                yield case_id, each

    def _forget(self, case_id: str, *, counts: bool = False) -> None:
        """Let go of a case, and of its amounts too unless they count on."""
        kept = self._cases.pop(case_id)
        if kept.subject is not None:
            del self._subjects[kept.plan, kept.subject]
        for group in () if counts else kept.groups.values():
            self._take_amount(group, case_id)

    def _put_amount(self, name: str, group: _Group, case_id: str, amount: _Amount) -> None:
        self._groups.setdefault(group, {})[case_id] = amount
        self._cases[case_id].groups[name] = group

    def _take_amount(self, group: _Group, case_id: str) -> _Amount | None:
        amounts = self._groups.get(group, {})
        found = amounts.pop(case_id, None)
        if not amounts:
            self._groups.pop(group, None)
        return found

    def _restore(self, name: str, case_id: str, before: _Group | None, old: _Amount | None) -> None:
        """Undo that a case told an amount."""
        self._take_amount(self._cases[case_id].groups.pop(name), case_id)
        if before is not None and old is not None:
            self._put_amount(name, before, case_id, old)

    def _forget_amounts(self, told: tuple[str, str], begin: datetime) -> None:
        """Let go of what no window reaches back to any more."""
        ages = self._ages[told]
        while ages[0][0] < begin:
            at, group, case_id = ages.popleft()
            found = self._groups.get(group, {}).get(case_id)
            if found is not None and found.at == at:
                self._take_amount(group, case_id)
