"""`keyaccount case rehearse`: a plan in virtual time, over a log or generated arrivals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import click
from rich.table import Table

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.protocol import Entry
from keyaccount.cases.rehearsal.behaviour import Behaviour
from keyaccount.cases.rehearsal.figures import Figures
from keyaccount.cases.rehearsal.rehearse import Arrival, generated, logged
from keyaccount.cases.rehearsal.rehearse import rehearse as rehearse_plan
from keyaccount.cases.replay.event_log import log_format, read_log
from keyaccount.cli import console, streams
from keyaccount.cli.arguments import pairs as parted
from keyaccount.cli.arguments import read_facts
from keyaccount.cli.cases import only_plan, to_instant
from keyaccount.cli.command import (
    Command,
    option,
    settings_of,
    with_format,
    with_language,
    with_policies,
)
from keyaccount.cli.progress import progress
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Language, Text
from keyaccount.organisation import read_organisation
from keyaccount.organisation.organisation import NOBODY
from keyaccount.result.json_text import to_json

_TEN_YEARS = timedelta(days=3652)


@click.command(
    cls=Command,
    words=Text(
        en="Rehearse a plan in virtual time, over an event log or generated arrivals: what would "
        "be due, escalated, approved; throughput, share on time, load. The same seed gives the "
        "same run, byte for byte.",
        zh="在虚拟时间中演练流程，可用事件日志或生成的事项：到期、升级、审批情况，吞吐量、按时率、负荷。"
        "同一种子得到逐字节相同的结果。",
    ),
)
@click.argument("plan_name", metavar="PLAN")
@option(
    "--log",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Cases and their events from this log (CSV or XES); people decide as in generated cases.",
    zh="从该日志（CSV 或 XES）取事项及其事件；审批仍按模拟进行。",
)
@option("--map", "pairs", multiple=True, metavar="NAME=COLUMN",
        en="Where the log has case, event, time and fields.", zh="日志的列。")  # fmt: skip
@option("--time-format", metavar="FORMAT", en="How its instants are written.", zh="时间格式。")
@option(
    "--arrivals",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="N",
    en="How many cases are generated where there is no log.",
    zh="无日志时生成的事项数。",
)
@option("--from", "since", default="2026-01-01", show_default=True, metavar="DATE",
        en="When the first comes.", zh="首个事项的日期。")  # fmt: skip
@option("--until", metavar="DATE", en="End of virtual time; else ten years on, or the log's end.",
        zh="虚拟时间的终点；不给时为十年后或日志结束。")  # fmt: skip
@option("--seed", type=int, default=1, show_default=True, metavar="N", en="Seed.", zh="随机种子。")
@option("--facts", "facts_text", metavar="JSON|@FILE", en="Facts that hold in every case.",
        zh="每个事项都成立的事实。")  # fmt: skip
@option("--organisation", type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE", en="People and their roles.", zh="人员及角色。")  # fmt: skip
@option(
    "--against",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    en="Another version of the policies, rehearsed on the same cases, side by side.",
    zh="另一版策略，用相同事项演练并列比较。",
)
@option("--entries", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
        en="Write every line of every case's log here, as JSON lines.",
        zh="把每个事项的全部记录写入该文件（每行一个 JSON）。")  # fmt: skip
@with_format()
@with_language()
@with_policies()
@click.pass_context
def rehearse(
    ctx: click.Context,
    /,
    plan_name: str,
    facts_text: str | None,
    organisation: Path | None,
    against: Path | None,
    entries: Path | None,
    seed: int,
    **source: Any,
) -> None:
    """Rehearse, count, show."""
    settings = settings_of(ctx)
    people = read_organisation(organisation) if organisation else NOBODY
    facts = read_facts(facts_text) if facts_text else {}
    behaviour = Behaviour(seed=seed, facts=facts)
    plan = only_plan(settings, plan_name, people)
    found = _run(plan, behaviour, entries, source)
    if against is None:
        _show_one(found, plan, settings)
        return
    other = only_plan(replace(settings, policies=against), plan_name, people)
    _show_both(found, _run(other, behaviour, None, source), plan, settings)


def _run(
    plan: CompiledPlan, behaviour: Behaviour, entries: Path | None, source: Mapping[str, Any]
) -> Figures:
    arrivals, until, number = _arrivals(plan, behaviour, source)
    with ExitStack() as opened:
        told = opened.enter_context(progress(plan.name))
        file = None
        if entries is not None:
            file = opened.enter_context(entries.open("w", encoding="utf-8", newline="\n"))
        tell = None if file is None else _Writer(file)
        return rehearse_plan(
            plan, arrivals, until, behaviour, tell, lambda done: told(done / max(number, 1))
        )


class _Writer:
    """Writes cases' logs as JSON lines."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __call__(self, case: str, entries: Sequence[Entry]) -> None:
        for each in entries:
            line = {"case": case, "at": each.at.isoformat(), "kind": each.kind, "step": each.step}
            self._file.write(to_json({**line, **each.data}) + "\n")


def _arrivals(
    plan: CompiledPlan, behaviour: Behaviour, source: Mapping[str, Any]
) -> tuple[Iterable[Arrival], datetime, int]:
    end = source["until"]
    if source["log"] is not None:
        formats = [source["time_format"]] if source["time_format"] else []
        written = log_format(parted(source["pairs"]), plan.zone, formats)
        events = list(read_log(source["log"], written))
        last = max((each.at for each in events), default=datetime.now(UTC))
        arrivals = logged(events)
        return arrivals, to_instant(end, plan.zone) if end else last, len(arrivals)
    since = to_instant(source["since"], plan.zone)
    until = to_instant(end, plan.zone) if end else since + _TEN_YEARS
    number = source["arrivals"]
    return generated(behaviour, number, since, until), until, number


def _show_one(found: Figures, plan: CompiledPlan, settings: Settings) -> None:
    plain = found.plain()
    if settings.json:
        streams.print_json(plain)
        return
    for table in _tables((plain,), plan, settings.language):
        console.show(console.output(), table)
        click.echo()


def _show_both(found: Figures, other: Figures, plan: CompiledPlan, settings: Settings) -> None:
    both = found.plain(), other.plain()
    if settings.json:
        streams.print_json({"this": both[0], "against": both[1]})
        return
    for table in _tables(both, plan, settings.language):
        console.show(console.output(), table)
        click.echo()


_PARTS = (
    ("cases", Text("cases", "事项")),
    ("steps", Text("step", "环节")),
    ("load", Text("load", "负荷")),
    ("approvals", Text("approvals", "审批")),
)


def _tables(
    plains: Sequence[Mapping[str, Any]], plan: CompiledPlan, language: Language
) -> Iterable[Table]:
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
