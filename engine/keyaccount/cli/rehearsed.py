"""What a rehearsal shows: a table a part, of two versions side by side; the first errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import click
from rich.table import Table

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.rehearsal.figures import Figures
from keyaccount.cli import console, streams
from keyaccount.cli.failures import report
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics import replay_messages as messages
from keyaccount.diagnostics.diagnostic import Language, Text

_PARTS = (
    ("cases", Text("cases", "事项")),
    ("steps", Text("step", "环节")),
    ("load", Text("load", "负荷")),
    ("approvals", Text("approvals", "审批")),
    ("opens", Text("opened cases of", "另立事项")),
)


def show_rehearsed(found: Sequence[Figures], plan: CompiledPlan, settings: Settings) -> None:
    """Print one rehearsal, or two of two versions side by side."""
    plains = [{**each.plain(), "errors": _errors(each, settings.language)} for each in found]
    if settings.json:
        this, *against = plains
        streams.print_json({"this": this, "against": against[0]} if against else this)
        return
    for table in _tables(plains, plan, settings.language):
        console.show(console.output(), table)
        click.echo()
    errors = [messages.in_case(case, error) for figures in found for case, error in figures.errors]
    if errors:
        report(errors, settings)


def _errors(figures: Figures, language: Language) -> list[dict[str, str]]:
    return [
        {"case": case, "code": each.code, "reason": each.message.in_language(language)}
        for case, each in figures.errors
    ]


def _tables(
    plains: Sequence[Mapping[str, Any]], plan: CompiledPlan, language: Language
) -> Iterator[Table]:
    """A table a part; of two versions each figure as `this | against`."""
    for part, words in _PARTS:
        names = dict.fromkeys(name for each in plains for name in each[part])
        if not names:
            continue
        rows = {name: [each[part].get(name) for each in plains] for name in names}
        nested = any(isinstance(each, Mapping) for row in rows.values() for each in row)
        columns = _columns(rows.values()) if nested else [""]
        table = Table(box=None, pad_edge=False)
        table.add_column(words.in_language(language))
        for column in columns:
            table.add_column(column.replace("_", " "), justify="right")
        for name, row in rows.items():
            cells = [" | ".join(_cell(each, column) for each in row) for column in columns]
            title = plan.steps[name].title.get(language.value) if name in plan.steps else None
            table.add_row(title or name, *cells)
        yield table


def _columns(rows: Iterable[Sequence[object]]) -> list[str]:
    found: dict[str, None] = {}
    for row in rows:
        for each in row:
            if isinstance(each, Mapping):
                found.update(dict.fromkeys(map(str, each)))
    return list(found)


def _cell(value: object, column: str) -> str:
    found = value.get(column) if isinstance(value, Mapping) else value
    match found:
        case None:
            return "-"
        case int():
            return f"{found:,}"
        case Decimal():
            return f"{found}"
        case _:
            return json.dumps(found)
