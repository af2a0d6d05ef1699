"""Rehearse plans: all cases side by side in virtual time, whatever is due next first.

What concerns several cases (second filings, requests that count together, cases that others
open) is done by the code that does it in the database, on a shelf in memory. Cases that are over
are forgotten, so that memory does not grow with their number.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from keyaccount.cases.live_plan import LivePlan
from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.plan.live import plan_in_memory
from keyaccount.cases.plan.openings import OPEN_CASE, opened_id
from keyaccount.cases.plan.state import CaseState
from keyaccount.cases.proceedings import open_case, take
from keyaccount.cases.protocol import OPEN, Command, Entry
from keyaccount.cases.rehearsal.arrivals import Arrival
from keyaccount.cases.rehearsal.behaviour import Behaviour, Sampler
from keyaccount.cases.rehearsal.figures import Begun, Figures
from keyaccount.cases.rehearsal.people import Action, People
from keyaccount.cases.rehearsal.shelf import MemoryShelf
from keyaccount.cases.replay.event_log import LogEvent
from keyaccount.cases.replay.replay import typed
from keyaccount.cases.work import CaseWork, StoreError
from keyaccount.diagnostics.case_messages import CaseError
from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.diagnostics.store_messages import SECOND_FILING
from keyaccount.feel.types import STRING

_JUST_AFTER = timedelta(microseconds=1)
"""A deadline falls due just after its instant, which itself is still on time."""
_INITIATOR = "initiator"
_ARRIVALS_BETWEEN_REPORTS = 500

_FALLS_DUE, _IS_OPENED, _IS_SAID = range(3)
"""What comes first of one instant: deadlines, then openings by other cases, then people."""

Tell = Callable[[str, Sequence[Entry]], None]
"""Takes a case's id and the next lines of its log; of all cases in the order of time."""


def rehearse(
    plans: Mapping[str, CompiledPlan],
    name: str,
    arrivals: Iterable[Arrival],
    until: datetime,
    behaviour: Behaviour,
    tell: Tell = lambda case, entries: None,
    report: Callable[[int], None] = lambda done: None,
) -> Figures:
    """Work off all arrivals.

    Args:
        plans: all that there are: a case of one may open a case of another.
        name: of the plan that is rehearsed.
        arrivals: in order of time.
        until: the end of virtual time.
        behaviour: of the people.
        tell: gets each case's log.
        report: told how many cases have arrived, now and then.

    Returns:
        The figures. A case with an error stops no other, and is counted.
    """
    return _Rehearsal(plans, name, until, behaviour, tell, report).run(arrivals)


@dataclass(slots=True)
class _Case:
    """An open case. `stamp` tells what is planned for it now from what was planned before."""

    plan: str
    people: People
    number: int
    begun: Begun = field(default_factory=dict)
    ordered: set[str] = field(default_factory=set)
    stamp: int = 0


@dataclass(frozen=True, slots=True)
class _Order:
    """A case of another plan to be opened, by the key of the effect that orders it."""

    plan: str
    facts: Mapping[str, object]
    errand: str


@dataclass(frozen=True, slots=True)
class _Next:
    """What comes next in a case: an action, or else a deadline."""

    case: str
    stamp: int
    action: Action | None


class _Rehearsal:
    """Virtual time, with all that is open in it."""

    def __init__(
        self,
        plans: Mapping[str, CompiledPlan],
        name: str,
        until: datetime,
        behaviour: Behaviour,
        tell: Tell,
        report: Callable[[int], None],
    ) -> None:
        self._plans = plans
        self._name = name
        self._until = until
        self._behaviour = behaviour
        self._tell = tell
        self._report = report
        self._shelf = MemoryShelf()
        self._live: dict[str, LivePlan[CaseState]] = {}
        self._samplers: dict[str, Sampler] = {}
        self._cases: dict[str, _Case] = {}
        self._queue: list[tuple[datetime, int, Any, int, Arrival | _Order | _Next]] = []
        self._queued = 0
        self._arrived = 0
        self._figures = Figures()

    def run(self, arrivals: Iterable[Arrival]) -> Figures:
        """Until nothing is left, or time is over."""
        coming = iter(arrivals)
        self._await(coming)
        begin = self._queue[0][0] if self._queue else self._until
        while self._queue:
            at, rank, _, _, found = heapq.heappop(self._queue)
            if at > self._until or (at == self._until and rank != _FALLS_DUE):
                break
            match found:
                case Arrival():
                    self._arrive(found)
                    self._await(coming)
                case _Order():
                    self._open_other(found, at)
                case _Next():
                    self._go_on(found, at)
        for case in self._cases.values():
            assert case.people.state is not None  # noqa: S101 # INVARIANT: set as it opened
            figures = self._figures_of(case.plan)
            figures.count_case(case.begun, case.people.state, self._until)
        self._figures.span = max(self._until - begin, timedelta())
        return self._figures

    def _put(self, at: datetime, rank: int, tie: object, what: Arrival | _Order | _Next) -> None:
        """Of one instant and rank by `tie`, of which there is one kind a rank."""
        self._queued += 1
        heapq.heappush(self._queue, (at, rank, tie, self._queued, what))

    def _await(self, coming: Iterator[Arrival]) -> None:
        arrival = next(coming, None)
        if arrival is not None:
            self._arrived += 1
            self._put(arrival.at, _IS_SAID, self._arrived, arrival)
            if self._arrived % _ARRIVALS_BETWEEN_REPORTS == 0:
                self._report(self._arrived)

    def _arrive(self, arrival: Arrival) -> None:
        plan = self._plans[self._name]
        facts = dict(self._behaviour.facts)
        if arrival.events:
            told = typed(plan, arrival.events[0])
            facts |= {name: each for name, each in told.items() if name in plan.facts}
        for name in _about_whom(plan):
            facts.setdefault(name, arrival.about)
        self._figures.commands += 1
        self._open(plan.name, arrival.case, facts, arrival.at, "open", arrival.events)

    def _open_other(self, order: _Order, at: datetime) -> None:
        case_id = opened_id(order.plan, order.errand)
        self._open(order.plan, case_id, order.facts, at, f"open:{order.errand}", None)

    def _open(
        self,
        name: str,
        case_id: str,
        facts: Mapping[str, object],
        at: datetime,
        key: str,
        events: Sequence[LogEvent] | None,
    ) -> None:
        """Open a case; what is filed already is refused, or handed to the case that has it.

        Args:
            name: of the plan.
            case_id: its id.
            facts: those that are told.
            at: when.
            key: of the opening.
            events: of a log; None where another case opens it.
        """
        figures = self._figures_of(name)
        initiator = None if events is None else _INITIATOR
        command = Command("open", {"facts": facts}, initiator, key)
        people = People(
            self._plans[name], self._sampler(name), case_id, at, initiator, events or ()
        )
        self._cases[case_id] = _Case(name, people, self._arrived)
        try:
            with self._shelf.transaction() as written:
                live = self._plan(name)
                applied = open_case(self._shelf, self._plan, live, case_id, command, at)
        except KeyaccountError as error:
            del self._cases[case_id]
            if error.diagnostics[0].code == SECOND_FILING:
                figures.refused += 1
            else:
                figures.count_failure(case_id, error)
            return
        if applied.case_id != case_id:
            figures.handed_over += 1
            del self._cases[case_id]
        self._take_in(written)

    def _go_on(self, found: _Next, at: datetime) -> None:
        """A deadline falls due, or somebody says something."""
        case = self._cases.get(found.case)
        if case is None or case.stamp != found.stamp:
            return  # something else has come first
        if found.action is None:
            self._fall_due(found.case, case, at)
        else:
            self._say(found.case, case, found.action)

    def _fall_due(self, case_id: str, case: _Case, at: datetime) -> None:
        try:
            with self._shelf.transaction() as written:
                work = self._shelf.hold(case_id)
                work.take_due(self._plan, at)
                self._shelf.write([work])
        except KeyaccountError as error:
            # A worker would try again and again: nothing becomes of the case any more.
            self._figures_of(case.plan).count_failure(case_id, error)
            case.stamp += 1
            return
        self._take_in(written)

    def _say(self, case_id: str, case: _Case, action: Action) -> None:
        command = case.people.say(action)
        if command is None:
            self._plan_next(case_id, case)
            return
        self._figures_of(case.plan).commands += 1
        try:
            with self._shelf.transaction() as written:
                take(self._shelf, self._plan, case_id, command, action.at)
        except KeyaccountError as error:
            if not isinstance(error, CaseError | StoreError):
                self._figures_of(case.plan).count_failure(case_id, error)
            case.people.answered(action.at, taken=False)
            self._plan_next(case_id, case)
            return
        case.people.answered(action.at, taken=True)
        self._take_in(written)

    def _take_in(self, written: Iterable[CaseWork[CaseState]]) -> None:
        """What became of cases: lines of their logs, what they order, what comes next."""
        for work in written:
            case = self._cases[work.id]
            assert work.standing is not None  # noqa: S101 # INVARIANT: what is written has one
            case.people.state = work.state
            if work.told:
                case.people.last = work.told[-1].at
                self._figures_of(case.plan).count(case.begun, work.told)
                self._tell(work.id, work.told)
            self._order(work, case)
            if work.standing.status == OPEN:
                self._plan_next(work.id, case, min(work.pending.values(), default=None))
            else:
                del self._cases[work.id]
                assert work.state is not None  # noqa: S101 # INVARIANT: a command sets it
                self._figures_of(case.plan).count_case(case.begun, work.state, self._until)

    def _order(self, work: CaseWork[CaseState], case: _Case) -> None:
        for effect in work.effects:
            if effect.kind == OPEN_CASE and effect.key not in case.ordered:
                case.ordered.add(effect.key)
                data: Any = effect.data
                errand = f"{work.id}/{effect.key}"
                order = _Order(data["plan"], data["facts"], errand)
                self._put(work.changed_at, _IS_OPENED, (work.id, effect.key), order)

    def _plan_next(self, case_id: str, case: _Case, due: datetime | None = None) -> None:
        """Queue what comes first: the next deadline, or what people do."""
        case.stamp += 1
        action = case.people.next()
        if due is None:
            due = min(self._shelf.hold(case_id).pending.values(), default=None)
        if due is not None and (action is None or due < action.at):
            self._put(due + _JUST_AFTER, _FALLS_DUE, case_id, _Next(case_id, case.stamp, None))
        elif action is not None:
            self._put(action.at, _IS_SAID, case.number, _Next(case_id, case.stamp, action))

    def _figures_of(self, plan: str) -> Figures:
        if plan == self._name:
            return self._figures
        return self._figures.opened.setdefault(plan, Figures())

    def _plan(self, name: str, _version: str = "") -> LivePlan[CaseState]:
        """The one version that there is in a rehearsal."""
        if name not in self._live:
            self._live[name] = plan_in_memory(self._plans[name])
        return self._live[name]

    def _sampler(self, name: str) -> Sampler:
        if name not in self._samplers:
            self._samplers[name] = Sampler(self._plans[name], self._behaviour)
        return self._samplers[name]


def _about_whom(plan: CompiledPlan) -> Iterator[str]:
    """The facts that tell what a case is about: its subject, and by what requests add up."""
    if plan.subject is not None:
        yield plan.subject
    for step in plan.steps.values():
        per = step.approval.per if step.approval else None
        for name in sorted(per.inputs) if per is not None else ():
            if name in plan.facts and plan.facts[name].type == STRING:
                yield name
