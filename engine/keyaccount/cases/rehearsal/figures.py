"""The figures of a rehearsal: counted on the way, so that memory does not grow with its length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from keyaccount.cases.plan.state import CaseState
from keyaccount.cases.protocol import Entry
from keyaccount.diagnostics.diagnostic import Diagnostic, KeyaccountError

Begun = dict[str, tuple[datetime, str | None]]
"""The steps of a case that lie open: since when, and whose they are."""

_HOUR = timedelta(hours=1)
_MOST_ERRORS = 20
_CENT = Decimal("0.01")


@dataclass(slots=True)
class StepFigures:
    """What became of a step: rounds opened, in time, late; who was reminded how often; how long."""

    opened: int = 0
    with_limit: int = 0
    late: int = 0
    reminders: int = 0
    ended: int = 0
    hours: Counter[int] = field(default_factory=Counter)

    @property
    def on_time(self) -> Decimal | None:
        """The share of rounds with a limit that were not late, in percent; None without any."""
        if not self.with_limit:
            return None
        return percent(self.with_limit - self.late, self.with_limit)


@dataclass(slots=True)
class LoadFigures:
    """What falls to a role or person: steps, and the time that they lay open."""

    steps: int = 0
    open_hours: int = 0


@dataclass(slots=True)
class Figures:
    """All figures of a plan. `span` is the time that the rehearsal lasts.

    `handed_over` and `refused` are second filings, which make no case; `failed` counts what
    could not be done, as the data or the policy do not fit; `errors` tells of the first cases.
    `opened` are the figures of other plans, of which cases were opened on the way.
    """

    span: timedelta = timedelta()
    cases: Counter[str] = field(default_factory=Counter)
    by_year: Counter[int] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)
    steps: dict[str, StepFigures] = field(default_factory=dict)
    load: dict[str, LoadFigures] = field(default_factory=dict)
    approvals: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    commands: int = 0
    handed_over: int = 0
    refused: int = 0
    failed: int = 0
    errors: list[tuple[str, Diagnostic]] = field(default_factory=list)
    opened: dict[str, Figures] = field(default_factory=dict)

    def count(self, begun: Begun, entries: Iterable[Entry]) -> None:
        """Count new lines of a case's log; `begun` is kept with the case from line to line."""
        for entry in entries:
            if entry.step is not None:
                self._of_step(entry, begun)

    def count_case(self, begun: Begun, state: CaseState, end: datetime) -> None:
        """Count a case that is over, or still open at the end."""
        self.cases[state.status] += 1
        if state.closed is not None:
            self.by_year[state.closed.year] += 1
            self.hours[(state.closed - state.opened) // _HOUR] += 1
        for since, owner in begun.values():
            self._lay_open(owner, since, state.closed or end)

    @property
    def has_errors(self) -> bool:
        """Whether anything could not be done, in cases of other plans too."""
        return self.failed > 0 or any(each.has_errors for each in self.opened.values())

    def count_failure(self, case: str, error: KeyaccountError) -> None:
        """Count a mistake of the data or the policy, and keep the first ones, of a case one."""
        self.failed += 1
        told = any(each == case for each, _ in self.errors)
        if not told and len(self.errors) < _MOST_ERRORS:
            self.errors.append((case, error.diagnostics[0]))

    def _of_step(self, entry: Entry, begun: Begun) -> None:
        name = entry.step or ""
        figures = self.steps.setdefault(name, StepFigures())
        match entry.kind:
            case "opened":
                figures.opened += 1
                figures.with_limit += "due" in entry.data
                owner = entry.data.get("owner")
                begun[name] = (entry.at, None if owner is None else str(owner))
            case "overdue":
                figures.late += 1
            case "reminded":
                figures.reminders += 1
                to = entry.data.get("to")
                self.told.update(map(str, to) if isinstance(to, list) else ())
            case "approved" | "rejected" | "returned":
                self.approvals[f"{entry.data.get('role')} {entry.kind}"] += 1
            case "completed" | "cancelled" | "finished" | "sent back" if name in begun:
                since, owner = begun.pop(name)
                figures.ended += 1
                figures.hours[(entry.at - since) // _HOUR] += 1
                self._lay_open(owner, since, entry.at)
            case _:
                pass

    def _lay_open(self, owner: str | None, since: datetime, until: datetime) -> None:
        if owner is not None:
            found = self.load.setdefault(owner, LoadFigures())
            found.steps += 1
            found.open_hours += (until - since) // _HOUR

    def plain(self) -> dict[str, object]:
        """The figures as plain data, in an order of their own."""
        whole = self.span // _HOUR or 1
        return {
            "cases": self._cases(),
            "closed_by_year": {str(year): n for year, n in sorted(self.by_year.items())},
            "median_hours": quantile(self.hours, 50),
            "p90_hours": quantile(self.hours, 90),
            "commands": self.commands,
            "steps": {
                name: {
                    "opened": each.opened,
                    "on_time_percent": each.on_time,
                    "late": each.late,
                    "reminders": each.reminders,
                    "median_hours": quantile(each.hours, 50),
                    "p90_hours": quantile(each.hours, 90),
                }
                for name, each in self.steps.items()
            },
            "load": {
                name: {
                    "steps": each.steps,
                    "open_at_a_time": (Decimal(each.open_hours) / whole).quantize(
                        _CENT, ROUND_HALF_EVEN
                    ),
                }
                for name, each in sorted(self.load.items())
            },
            "approvals": dict(sorted(self.approvals.items())),
            "told": dict(sorted(self.told.items())),
            "opens": {name: each._cases() for name, each in sorted(self.opened.items())},
        }

    def _cases(self) -> dict[str, int]:
        """What became of the cases; of what hardly ever comes only where it came."""
        seldom = {
            "handed_over": self.handed_over,
            "refused": self.refused,
            "failed": self.failed,
        }
        return {
            "opened": sum(self.cases.values()),
            **dict(sorted(self.cases.items())),
            **{name: number for name, number in seldom.items() if number},
        }


def percent(part: int, whole: int) -> Decimal:
    """A share in percent, to a hundredth."""
    return (Decimal(100) * part / whole).quantize(_CENT, ROUND_HALF_EVEN)


def quantile(hours: Counter[int], share: int) -> int | None:
    """The hours that so many percent do not exceed; None of nothing."""
    total = sum(hours.values())
    reached = 0
    for value in sorted(hours):
        reached += hours[value]
        if reached * 100 >= total * share:
            return value
    return None
