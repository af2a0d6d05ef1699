"""`keyaccount case rehearse`: a plan in virtual time, over a log or generated arrivals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import click

from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.cases.plan.loading import plan_named, plans_of
from keyaccount.cases.protocol import Entry
from keyaccount.cases.rehearsal.arrivals import Arrival, generated, logged
from keyaccount.cases.rehearsal.behaviour import Behaviour
from keyaccount.cases.rehearsal.figures import Figures
from keyaccount.cases.rehearsal.rehearse import rehearse as rehearse_plan
from keyaccount.cases.replay.event_log import log_format, read_log
from keyaccount.cli.arguments import pairs as parted
from keyaccount.cli.arguments import read_facts
from keyaccount.cli.cases import to_instant
from keyaccount.cli.command import (
    DATA_ERROR,
    Command,
    option,
    settings_of,
    with_format,
    with_language,
    with_policies,
)
from keyaccount.cli.opening import open_policies
from keyaccount.cli.progress import progress
from keyaccount.cli.rehearsed import show_rehearsed
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.organisation import read_organisation
from keyaccount.organisation.organisation import NOBODY
from keyaccount.result.json_text import to_json

_TEN_YEARS = timedelta(days=3652)


@click.command(
    cls=Command,
    words=Text(
        en="Rehearse a plan in virtual time, over an event log or generated arrivals: what would "
        "be due, escalated, approved; throughput, share on time, load. Cases run side by side, as "
        "they would live: second filings are found, split requests add up, one case opens another. "
        "The same seed gives the same run, byte for byte.",
        zh="在虚拟时间中演练流程，可用事件日志或生成的事项：到期、升级、审批情况，吞吐量、按时率、负荷。"
        "各事项并行推进，与实际运行一致：查出重复立案，拆分的申请合并计算，一事项可引发另一事项。"
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
@option(
    "--again",
    type=click.IntRange(0, 100),
    default=5,
    show_default=True,
    metavar="PERCENT",
    en="So many of a hundred generated cases are about what was filed shortly before: second "
    "filings, requests that count together.",
    zh="模拟事项中与不久前已立案的对象相同的百分比（重复立案、合并计算的申请）。",
)
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
        en="Write every line of every case's log here, as JSON lines in order of time.",
        zh="把每个事项的全部记录按时间顺序写入该文件（每行一个 JSON）。")  # fmt: skip
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
    again: int,
    **source: Any,
) -> None:
    """Rehearse, count, show."""
    settings = settings_of(ctx)
    people = read_organisation(organisation) if organisation else NOBODY
    facts = read_facts(facts_text) if facts_text else {}
    behaviour = Behaviour(seed=seed, facts=facts, again=again / 100)
    plans = plans_of(open_policies(settings), people)
    plan = plan_named(plans, plan_name)
    found = [_run(plans, plan, behaviour, entries, source)]
    if against is not None:
        others = plans_of(open_policies(replace(settings, policies=against)), people)
        found.append(_run(others, plan_named(others, plan_name), behaviour, None, source))
    show_rehearsed(found, plan, settings)
    ctx.exit(DATA_ERROR if any(each.has_errors for each in found) else 0)


def _run(
    plans: Mapping[str, CompiledPlan],
    plan: CompiledPlan,
    behaviour: Behaviour,
    entries: Path | None,
    source: Mapping[str, Any],
) -> Figures:
    arrivals, until, number = _arrivals(plan, behaviour, source)
    with ExitStack() as opened:
        told = opened.enter_context(progress(plan.name))
        file = None
        if entries is not None:
            file = opened.enter_context(entries.open("w", encoding="utf-8", newline="\n"))
        tell = _forget if file is None else _Writer(file)
        return rehearse_plan(
            plans,
            plan.name,
            arrivals,
            until,
            behaviour,
            tell,
            lambda done: told(done / max(number, 1)),
        )


def _forget(case: str, entries: Sequence[Entry]) -> None:
    """Nobody wants the logs."""


class _Writer:
    """Writes the cases' logs as JSON lines."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __call__(self, case: str, entries: Sequence[Entry]) -> None:
        for each in entries:
            line = {"case": case, "at": each.at.isoformat(), "kind": each.kind, "step": each.step}
            self._file.write(to_json({**line, "data": each.data}) + "\n")


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
