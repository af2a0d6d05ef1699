"""`keyaccount case replay`: an event log against a plan."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import click

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.replay.event_log import read_log
from keyaccount.cases.replay.replay import Fate, Reckoned, Replayed
from keyaccount.cases.replay.replay import replay as replay_log
from keyaccount.cli import streams
from keyaccount.cli.arguments import pairs as parted
from keyaccount.cli.cases import only_plan, to_instant, to_zone
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
from keyaccount.diagnostics import replay_messages as messages
from keyaccount.diagnostics.diagnostic import Language, Text
from keyaccount.diagnostics.replay_messages import LogError

_COLUMNS = (
    *("case", "step", "round", "opened", "due", "closed", "fate", "late_seconds"),
    *("compared", "difference_seconds"),
)


@click.command(
    cls=Command,
    words=Text(
        en="Replay an event log (CSV or XES, also .gz) against a plan: each deadline that the plan "
        "would have set, and whether it was met, missed, cancelled or is pending.",
        zh="用流程回放事件日志（CSV 或 XES，可为 .gz）：列出流程会设定的每个时限，"
        "以及按时、超时、取消或未到期。",
    ),
)
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--plan",
    "plan_name",
    metavar="NAME",
    en="The plan; may be left out where the policies have only one.",
    zh="流程名；只有一个流程时可省略。",
)
@option(
    "--map",
    "pairs",
    multiple=True,
    metavar="NAME=COLUMN",
    en="Where the log has `case`, `event` and `time` (several columns joined by +; without it "
    "XES's own names), and further fields by the names the plan knows.",
    zh="日志中 `case`、`event`、`time` 所在的列（多列用 + 连接；不给时用 XES 的名称），"
    "以及流程所用的其他字段。",
)
@option(
    "--zone",
    metavar="ZONE",
    en="Time zone of instants that name none; without it the policy's.",
    zh="未写时区的时间所在的时区；不给时用策略的时区。",
)
@option(
    "--time-format",
    metavar="FORMAT",
    en="How instants are written, as strptime has it; without it ISO 8601.",
    zh="时间格式（strptime 写法）；不给时为 ISO 8601。",
)
@option(
    "--until",
    metavar="INSTANT",
    en="End of the replay; without it the log's last event.",
    zh="回放截止时间；不给时为日志的最后一个事件。",
)
@option(
    "--compare",
    metavar="EVENT",
    en="Hold each deadline against the first such event after the step opened.",
    zh="把每个时限与环节开始后的首个该事件作比较。",
)
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Write every deadline to this CSV file.",
    zh="把每个时限写入该 CSV 文件。",
)
@with_format()
@with_language()
@with_policies()
@click.pass_context
def replay(
    ctx: click.Context,
    log: Path,
    plan_name: str | None,
    pairs: tuple[str, ...],
    zone: str | None,
    time_format: str | None,
    until: str | None,
    compare: str | None,
    out: Path | None,
) -> None:
    """Read the log, replay it, show what became of the deadlines."""
    settings = settings_of(ctx)
    plan = only_plan(settings, plan_name)
    in_zone = to_zone(zone) if zone else plan.zone
    events = read_log(log, parted(pairs), in_zone, time_format)
    end = to_instant(until, in_zone) if until else None
    with progress(log.name) as told:
        found = replay_log(plan, events, end, compare, told)
    if not found.heard:
        raise LogError([messages.nothing_heard(sorted(plan.heard), found.unheard)])
    if out is not None:
        _write(out, found.deadlines)
    if settings.json:
        streams.print_json({**_counts(found), "deadlines": [_plain(d) for d in found.deadlines]})
    else:
        _show(plan, found, settings, compare)


def _write(path: Path, deadlines: Iterable[Reckoned]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        for each in deadlines:
            writer.writerow(_plain(each))


def _plain(each: Reckoned) -> dict[str, object]:
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


def _counts(found: Replayed) -> Mapping[str, object]:
    return {
        "cases": found.cases,
        "events": {"heard": found.heard, "unheard": dict(found.unheard)},
        "steps": {step: _of_step(deadlines) for step, deadlines in _by_step(found).items()},
    }


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
        "closed_to_the_second": sum(each.late == 0 and each.fate is Fate.MET for each in deadlines),
        "compared": sum(each.compared is not None for each in deadlines),
        "agree_to_the_second": sum(each.difference == 0 for each in deadlines),
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


def _show(plan: CompiledPlan, found: Replayed, settings: Settings, compare: str | None) -> None:
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
    cases, heard, unheard = found.cases, found.heard, sum(found.unheard.values())
    words = Text(
        f"{cases:,} cases, {heard:,} events of the plan, {unheard:,} others",
        f"{cases:,} 个事项，{heard:,} 个流程事件，{unheard:,} 个其他事件",
    )
    click.echo(words.in_language(language))


def _title(plan: CompiledPlan, step: str, language: Language) -> str:
    title = plan.step(step).title.get(language.value)
    return step if title is None else f"{title} ({step})"
