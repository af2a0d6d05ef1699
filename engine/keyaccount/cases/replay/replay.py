"""Replay a log: each case opened with its first event, its deadlines as they would have been."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.plan.run import Run
from keyaccount.cases.plan.state import CANCELLED, CaseState, StepState
from keyaccount.cases.plan.transition import advance, catch_up
from keyaccount.cases.protocol import OPEN, Command
from keyaccount.cases.replay.event_log import LogEvent
from keyaccount.diagnostics.diagnostic import Diagnostic, KeyaccountError
from keyaccount.feel.types import BOOLEAN, NUMBER, Type
from keyaccount.model.plans import SECOND_FILING

_SECOND = timedelta(seconds=1)
_CASES_BETWEEN_REPORTS = 500

_Rounds = list[tuple[str, StepState]]


class Fate(StrEnum):
    """What became of a deadline."""

    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A deadline that the plan set.

    `due` is None where the clock stood still when the step ended, or still does.
    `closed` is when its step ended, None where it did not. `compared` is the
    instant of the event that it is held against, None without one.
    """

    case: str
    step: str
    round: int
    opened: datetime
    due: datetime | None
    closed: datetime | None
    fate: Fate
    compared: datetime | None = None

    @property
    def late(self) -> Decimal | None:
        """Seconds from the instant it was due to the end; less than 0: early."""
        return _seconds(self.due, self.closed)

    @property
    def difference(self) -> Decimal | None:
        """Seconds from the instant it was due to the event compared."""
        return _seconds(self.due, self.compared)

    @property
    def closed_to_the_second(self) -> bool:
        """Whether an event ended it in the very second in which it was due."""
        # What ends by itself as it falls due is missed, at its very instant.
        by_itself = self.fate is Fate.MISSED and self.closed == self.due
        ended = self.fate in (Fate.MET, Fate.MISSED) and not by_itself
        return ended and _same_second(self.due, self.closed)

    @property
    def agrees_to_the_second(self) -> bool:
        """Whether the event compared came in the very second in which it was due."""
        return _same_second(self.due, self.compared)


def _seconds(due: datetime | None, moment: datetime | None) -> Decimal | None:
    """Exactly, without an exponent."""
    if due is None or moment is None:
        return None
    whole, rest = divmod(moment - due, _SECOND)
    return Decimal(whole) + Decimal(rest // timedelta(microseconds=1)) / 1_000_000


def _same_second(due: datetime | None, moment: datetime | None) -> bool:
    if due is None or moment is None:
        return False
    return due.replace(microsecond=0) == moment.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Failed:
    """A case that the plan cannot work off, and why not: none of its deadlines is told."""

    case: str
    reasons: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A log replayed: the deadlines, and how many events the plan heard and did not.

    `absent` are the plan's events that the log never has.
    """

    deadlines: tuple[Reckoned, ...]
    failed: tuple[Failed, ...]
    cases: int
    heard: int
    unheard: Mapping[str, int]
    absent: tuple[str, ...]


@dataclass(slots=True)
class _Trace:
    """What matters of a case: its first event, and those that the plan or the comparison needs."""

    first: LogEvent
    events: list[LogEvent] = field(default_factory=list)


@dataclass(slots=True)
class _Log:
    """A log as far as it matters, and how often it has each event."""

    traces: dict[str, _Trace] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    last: datetime | None = None


def replay(
    plan: CompiledPlan,
    events: Iterable[LogEvent],
    until: datetime | None = None,
    compare: str | None = None,
    report: Callable[[float], None] = lambda share: None,
) -> Replayed:
    """Replay a log against a plan. A case that the plan cannot work off does not stop the others.

    Args:
        plan: its events by the names that the log has.
        events: of all cases, in the order of the log; read once. Those at one
            instant of a case are heard in this order.
        until: when the replay ends, what comes later left out; with the log's
            last event where it is left out.
        compare: an event; the first of its kind from a step's opening to that of
            its next round is held against the deadline.
        report: told the share of cases that is done.
    """
    log = _gathered(events, plan.heard | {compare}, until)
    end = until or log.last
    failed: list[Failed] = []
    deadlines: list[Reckoned] = []
    for number, (case, trace) in enumerate(log.traces.items(), 1):
        # INVARIANT: a log with a trace has a last event.
        assert end is not None  # noqa: S101
        try:
            deadlines.extend(_of_case(plan, trace, end, compare))
        except KeyaccountError as error:
            failed.append(Failed(case, error.diagnostics))
        if number % _CASES_BETWEEN_REPORTS == 0:
            report(number / len(log.traces))
    return _summed(plan, log, deadlines, failed)


def _gathered(
    events: Iterable[LogEvent], wanted: Collection[str | None], until: datetime | None
) -> _Log:
    """One pass over the log, in which all but what matters is let go."""
    log = _Log()
    traces, counts = log.traces, log.counts
    for each in events:
        if until is not None and each.at > until:
            continue
        counts[each.name] = counts.get(each.name, 0) + 1
        trace = traces.get(each.case)
        if trace is None:
            trace = traces[each.case] = _Trace(each)
        elif each.at < trace.first.at:
            trace.first = each
        if each.name in wanted:
            trace.events.append(each)
        if log.last is None or each.at > log.last:
            log.last = each.at
    return log


def _summed(
    plan: CompiledPlan, log: _Log, deadlines: Sequence[Reckoned], failed: Sequence[Failed]
) -> Replayed:
    unheard = {name: count for name, count in log.counts.items() if name not in plan.heard}
    return Replayed(
        deadlines=tuple(deadlines),
        failed=tuple(failed),
        cases=len(log.traces),
        heard=sum(log.counts.values()) - sum(unheard.values()),
        unheard=unheard,
        absent=tuple(sorted(_reported(plan) - log.counts.keys())),
    )


def _reported(plan: CompiledPlan) -> set[str]:
    """The plan's events that somebody has to report: none tells or derives them by itself."""
    if plan.rules is None:
        return set(plan.heard - {SECOND_FILING})
    program = plan.rules.ready.program
    derived = {each.derives for each in program.event_rules.values()}
    by_calendar = {name for name, each in program.event_types.items() if each.calendar is not None}
    return set(plan.heard - {SECOND_FILING} - derived - by_calendar)


def _of_case(
    plan: CompiledPlan, trace: _Trace, end: datetime, compare: str | None
) -> Iterator[Reckoned]:
    trace.events.sort(key=lambda each: each.at)  # stable: the log's order within an instant
    state, rounds = _worked_off(plan, trace, end)
    compared = [each.at for each in trace.events if each.name == compare]
    nexts = {(name, found.round): found.opened for name, found in rounds}
    for name, found in rounds:
        if found.start is None or found.opened is None:
            continue  # without a limit, or one that has not begun
        before = nexts.get((name, found.round + 1)) or end
        yield Reckoned(
            case=trace.first.case,
            step=name,
            round=found.round,
            opened=found.opened,
            due=found.due,
            closed=found.closed or state.closed,
            fate=_fate(found, state, end),
            compared=next((each for each in compared if found.opened <= each <= before), None),
        )


def _worked_off(plan: CompiledPlan, trace: _Trace, end: datetime) -> tuple[CaseState, _Rounds]:
    """A case at the end of the replay, and all rounds of its steps, in the order they began."""
    opening = _opened(plan, trace.first)
    state, rounds = opening.state, opening.rounds
    for each in trace.events:
        if each.name in plan.heard and state.status == OPEN:
            rounds += catch_up(plan, state, each.at).rounds
            if state.status == OPEN:
                data = {"event": each.name, "data": typed(plan, each)}
                rounds += advance(
                    plan, state, Command("event", data, None, str(each.row)), each.at
                ).rounds
    if state.status == OPEN:
        rounds += catch_up(plan, state, end).rounds
    return state, rounds


def _opened(plan: CompiledPlan, first: LogEvent) -> Run:
    facts = {name: each for name, each in typed(plan, first).items() if name in plan.facts}
    return advance(plan, None, Command("open", {"facts": facts}, None, "open"), first.at)


def _fate(step: StepState, state: CaseState, end: datetime) -> Fate:
    closed = step.closed or state.closed
    if closed is None:
        return Fate.MISSED if step.due is not None and step.due < end else Fate.PENDING
    if step.overdue or (step.due is not None and closed > step.due):
        return Fate.MISSED
    return Fate.CANCELLED if step.status == CANCELLED else Fate.MET


def typed(plan: CompiledPlan, event: LogEvent) -> dict[str, object]:
    """A log's texts as values of the plan's facts, or of the event's fields as they are declared.

    Others are numbers where they are some.
    """
    kind = plan.rules.kinds.get(event.name) if plan.rules else None
    types = {
        **(dict(kind.type.entries) if kind else {}),
        **{name: plan.facts[name].type for name in event.data if name in plan.facts},
    }
    return {name: _value(types.get(name), text) for name, text in event.data.items()}


def _value(kind: Type | None, text: str) -> object:
    if kind == BOOLEAN:
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    if kind is None or kind == NUMBER:
        try:
            found = Decimal(text)
        except InvalidOperation:
            return text
        return found if found.is_finite() else text
    return text
