"""What a replayed log shows: counts by step, a line a deadline, the rows that were left out."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.replay.event_log import Unread
from keyaccount.cases.replay.replay import Failed, Fate, Reckoned, Replayed
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics import replay_messages as messages
from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Language, Text
from keyaccount.result.spreadsheet_text import spreadsheet_text

_COLUMNS = (
    *("case", "step", "round", "opened", "due", "closed", "fate", "late_seconds"),
    *("compared", "difference_seconds", "code", "reason"),
)
_ERROR = "error"
"""In place of a fate, for a case that the plan cannot work off."""
_MOST_TOLD = 20


class RejectsFile:
    """The file of the rows that are left out."""

    def __init__(self, file: IO[str], language: Language) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(("row", "instant", "code", "reason"))
        self._language = language
        self.count = 0

    def take(self, row: Unread) -> None:
        """Write a row down."""
        self.count += 1
        words = row.reason.message.in_language(self._language)
        self._writer.writerow((row.row, spreadsheet_text(row.text), row.reason.code, words))


@contextmanager
def rejecting(path: Path | None, language: Language) -> Iterator[RejectsFile | None]:
    """The file, open for as long as the log is read; None where none is wanted."""
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        yield RejectsFile(file, language)


def write_deadlines(path: Path, found: Replayed, language: Language) -> None:
    """Write a CSV file with a line for each deadline, and for each case with an error."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        for each in found.deadlines:
            writer.writerow(_guarded(plain(each)))
        for failed in found.failed:
            writer.writerow(_guarded({"fate": _ERROR, **plain_failure(failed, language)}))


def _guarded(line: Mapping[str, object]) -> dict[str, object]:
    """The line for a spreadsheet: what a log calls a case is no formula."""
    return {
        name: spreadsheet_text(each) if isinstance(each, str) else each
        for name, each in line.items()
    }


def plain_failure(failed: Failed, language: Language) -> dict[str, object]:
    """A case with an error as plain data."""
    words = "; ".join(each.message.in_language(language) for each in failed.reasons)
    return {"case": failed.case, "code": failed.reasons[0].code, "reason": words}


def errors_of(failed: Sequence[Failed]) -> list[Diagnostic]:
    """What to tell people: the errors of the first cases, and how many more there are."""
    told = [
        messages.in_case(each.case, why) for each in failed[:_MOST_TOLD] for why in each.reasons
    ]
    more = len(failed) - _MOST_TOLD
    return told if more <= 0 else [*told, messages.more_cases(more)]


def plain(each: Reckoned) -> dict[str, object]:
    """A deadline as plain data; instants in UTC."""
    return {
        "case": each.case,
        "step": each.step,
        "round": each.round,
        "opened": _text(each.opened),
        "due": _text(each.due),
        "closed": _text(each.closed),
        "fate": each.fate.value,
        "late_seconds": each.late,
        "compared": _text(each.compared),
        "difference_seconds": each.difference,
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def counts_of(found: Replayed, left_out: int, language: Language) -> Mapping[str, object]:
    """Cases, events, and what became of the deadlines of each step, as plain data."""
    events = {
        "heard": found.heard,
        "unheard": dict(found.unheard),
        "absent": list(found.absent),
        "rejected": left_out,
    }
    steps = {step: _of_step(deadlines) for step, deadlines in _by_step(found).items()}
    failed = [plain_failure(each, language) for each in found.failed]
    return {"cases": found.cases, "failed": failed, "events": events, "steps": steps}


def _by_step(found: Replayed) -> dict[str, list[Reckoned]]:
    steps: dict[str, list[Reckoned]] = {}
    for each in found.deadlines:
        steps.setdefault(each.step, []).append(each)
    return steps


def _of_step(deadlines: list[Reckoned]) -> dict[str, int]:
    counts = {fate.value: sum(each.fate is fate for each in deadlines) for fate in Fate}
    return {
        "set": len(deadlines),
        **counts,
        "closed_to_the_second": sum(each.closed_to_the_second for each in deadlines),
        "compared": sum(each.compared is not None for each in deadlines),
        "agree_to_the_second": sum(each.agrees_to_the_second for each in deadlines),
    }


_HEADINGS = {
    "set": Text("set", "设定"),
    "met": Text("met", "按时"),
    "missed": Text("missed", "超时"),
    "cancelled": Text("cancelled", "取消"),
    "pending": Text("pending", "未到期"),
    "closed_to_the_second": Text("closed to the second", "恰在到期时刻"),
    "compared": Text("compared", "可比较"),
    "agree_to_the_second": Text("agree to the second", "精确到秒一致"),
}

_COMPARISONS = ("compared", "agree_to_the_second")


def show_replayed(
    plan: CompiledPlan, found: Replayed, settings: Settings, compare: str | None
) -> None:
    """Print a table with a row for each step."""
    # Imported late: a table is made for people only.
    from rich.table import Table

    from keyaccount.cli import console

    language = settings.language
    table = Table()
    table.add_column(Text("step", "环节").in_language(language))
    names = [name for name in _HEADINGS if compare or name not in _COMPARISONS]
    for name in names:
        table.add_column(_HEADINGS[name].in_language(language), justify="right")
    for step, deadlines in _by_step(found).items():
        counts = _of_step(deadlines)
        table.add_row(_title(plan, step, language), *(f"{counts[name]:,}" for name in names))
    console.show(console.output(), table)


def summary_of(found: Replayed, left_out: int) -> Text:
    """One line: how much the log has, and how much of it concerns the plan."""
    cases, heard, unheard = found.cases, found.heard, sum(found.unheard.values())
    words = Text(
        f"{counted(cases, 'case')}, {counted(heard, 'event')} of the plan, "
        f"{counted(unheard, 'other')}",
        f"{cases:,} 个事项，{heard:,} 个流程事件，{unheard:,} 个其他事件",
    )
    if left_out:
        rows = counted(left_out, "row")
        words = Text(f"{words.en}, {rows} left out", f"{words.zh}，略过 {left_out:,} 行")
    if failed := len(found.failed):
        words = Text(f"{words.en}, {failed:,} with errors", f"{words.zh}，{failed:,} 个事项出错")
    return words


def _title(plan: CompiledPlan, step: str, language: Language) -> str:
    title = plan.step(step).title.get(language.value)
    return step if title is None else f"{title} ({step})"
