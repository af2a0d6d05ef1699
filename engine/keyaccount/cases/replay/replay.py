"""Replay a log: each case opened with its first event, its deadlines as they would have been."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.plan.state import CANCELLED, OPENED, RESTING, CaseState, StepState
from keyaccount.cases.plan.transition import advance, catch_up
from keyaccount.cases.protocol import OPEN, Command
from keyaccount.cases.replay.event_log import LogEvent
from keyaccount.feel.types import BOOLEAN, NUMBER


def _seconds(span: timedelta) -> Decimal:
    """Exactly, without an exponent."""
    whole, rest = divmod(span, timedelta(seconds=1))
    return Decimal(whole) + Decimal(rest // timedelta(microseconds=1)) / 1_000_000


class Fate(StrEnum):
    """What became of a deadline."""

    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A deadline that the plan set.

    `closed` is when its step ended, None where it did not. `compared` is the
    instant of the event that it is held against, None without one.
    """

    case: str
    step: str
    round: int
    opened: datetime
    due: datetime
    closed: datetime | None
    fate: Fate
    compared: datetime | None = None

    @property
    def late(self) -> Decimal | None:
        """Seconds from the instant it was due to the end; less than 0: early."""
        return None if self.closed is None else _seconds(self.closed - self.due)

    @property
    def difference(self) -> Decimal | None:
        """Seconds from the instant it was due to the event compared."""
        return None if self.compared is None else _seconds(self.compared - self.due)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A log replayed: the deadlines, and how many events the plan heard and did not."""

    deadlines: tuple[Reckoned, ...]
    cases: int
    heard: int
    unheard: Mapping[str, int]


def replay(
    plan: CompiledPlan,
    events: Sequence[LogEvent],
    until: datetime | None = None,
    compare: str | None = None,
    report: Callable[[float], None] = lambda share: None,
) -> Replayed:
    """Replay a log against a plan.

    Args:
        plan: its events by the names that the log has.
        events: of all cases, in the order of the log.
        until: when the replay ends; with the log's last event where it is left out.
        compare: an event; the first of its kind from a step's opening to that of
            its next round is held against the deadline.
        report: told the share that is done.
    """
    traces = _traces(events)
    end = until or max((each.at for each in events), default=None)
    unheard: dict[str, int] = {}
    deadlines: list[Reckoned] = []
    for number, (case, trace) in enumerate(traces.items(), 1):
        for each in trace:
            if each.name not in plan.heard:
                unheard[each.name] = unheard.get(each.name, 0) + 1
        compared = [each.at for each in trace if each.name == compare]
        # INVARIANT: a log with a trace has a last event.
        assert end is not None  # noqa: S101
        deadlines.extend(_of_case(plan, case, trace, end, compared))
        if number % 500 == 0:
            report(number / len(traces))
    heard = len(events) - sum(unheard.values())
    return Replayed(tuple(deadlines), len(traces), heard, unheard)


def _traces(events: Iterable[LogEvent]) -> dict[str, list[LogEvent]]:
    traces: dict[str, list[LogEvent]] = {}
    for each in events:
        traces.setdefault(each.case, []).append(each)
    for trace in traces.values():
        trace.sort(key=lambda each: each.at)  # stable: the log's order within an instant
    return traces


def _of_case(
    plan: CompiledPlan,
    case: str,
    trace: Sequence[LogEvent],
    end: datetime,
    compared: Sequence[datetime],
) -> Iterator[Reckoned]:
    seen: dict[tuple[str, int], StepState] = {}
    state = _opened(plan, trace[0])
    _remember(state, seen)
    for each in trace:
        if each.name in plan.heard and state.status == OPEN and each.at <= end:
            data = {"event": each.name, "data": typed(plan, each.data)}
            if catch_up(plan, state, each.at).is_open():
                advance(plan, state, Command("event", data, None, str(each.row)), each.at)
            _remember(state, seen)
    if state.status == OPEN:
        catch_up(plan, state, end)
        _remember(state, seen)
    for (step, number), found in seen.items():
        if found.due is not None and found.opened is not None:
            following = seen.get((step, number + 1))
            before = end if following is None else following.opened or end
            at = next((each for each in compared if found.opened <= each <= before), None)
            closed = found.closed or state.closed
            fate = _fate(found, state, end)
            yield Reckoned(case, step, found.round, found.opened, found.due, closed, fate, at)


def _opened(plan: CompiledPlan, first: LogEvent) -> CaseState:
    facts = {name: each for name, each in typed(plan, first.data).items() if name in plan.facts}
    return advance(plan, None, Command("open", {"facts": facts}, None, "open"), first.at).state


def _remember(state: CaseState, seen: dict[tuple[str, int], StepState]) -> None:
    """Keep each round of each step: the next round has a state of its own."""
    for name, step in state.steps.items():
        if step.round:
            seen[(name, step.round)] = step


def _fate(step: StepState, state: CaseState, end: datetime) -> Fate:
    assert step.due is not None  # noqa: S101 # INVARIANT: the caller looked
    closed = step.closed or state.closed
    if closed is None:
        if step.status not in (OPENED, RESTING):
            return Fate.CANCELLED  # sent back
        return Fate.MISSED if step.due < end else Fate.PENDING
    if step.overdue or closed > step.due:
        return Fate.MISSED
    return Fate.CANCELLED if step.status == CANCELLED else Fate.MET


def typed(plan: CompiledPlan, data: Mapping[str, str]) -> dict[str, object]:
    """A log's texts as values of the plan's facts; other fields as numbers where they are some."""
    return {name: _value(plan, name, text) for name, text in data.items()}


def _value(plan: CompiledPlan, name: str, text: str) -> object:
    kind = plan.facts[name].type if name in plan.facts else None
    if kind == BOOLEAN:
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    if kind is None or kind == NUMBER:
        try:
            found = Decimal(text)
        except InvalidOperation:
            return text
        return found if found.is_finite() else text
    return text
