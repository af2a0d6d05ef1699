"""`keyaccount case list` and `case due`: what a manager looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import click
from rich.table import Table

from keyaccount.cases import queries
from keyaccount.cases.desk import Desk
from keyaccount.cases.protocol import OpenStep
from keyaccount.cases.queries import CaseSummary
from keyaccount.cli import console, streams
from keyaccount.cli.case_options import (
    at_desk,
    in_words,
    local,
    moment_of,
    status_words,
    with_store,
)
from keyaccount.cli.command import Command, option, with_format, with_language, with_policies
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Language, Text
from keyaccount.explain.wording import in_language as titled

_PLAN = option("--plan", metavar="NAME", en="Only of this plan.", zh="只列该流程。")
_OWNER = option(
    "--owner", metavar="WHO", en="Only whose step is open there.", zh="只列该责任人的。"
)
_MOST = option(
    "--most",
    type=int,
    default=200,
    show_default=True,
    metavar="N",
    en="At most so many.",
    zh="最多列出。",
)


@click.command(
    "list",
    cls=Command,
    words=Text(en="List cases, the most urgent first.", zh="列出事项，紧急的在前。"),
)
@_PLAN
@_OWNER
@option(
    "--status",
    type=click.Choice(["open", "completed", "cancelled", "rejected", "all"]),
    default="open",
    show_default=True,
    en="How they stand.",
    zh="状态。",
)
@_MOST
@with_store()
@with_format()
@with_language()
@with_policies()
@at_desk
def list_cases(
    desk: Desk, settings: Settings, plan: str | None, owner: str | None, status: str, most: int
) -> None:
    """A line a case."""
    wanted = None if status == "all" else status
    found = queries.cases(desk.engine, plan=plan, status=wanted, owner=owner)
    summaries = list(islice(found, most))
    if settings.json:
        streams.print_json({"cases": [_plain(each) for each in summaries]})
        return
    console.show(console.output(), _table(desk, summaries, settings.language))


def _plain(case: CaseSummary) -> dict[str, object]:
    return {
        "case": case.id,
        "plan": case.plan,
        "title": case.standing.title,
        "status": case.standing.status,
        "opened": case.opened_at.isoformat(),
        "due": case.due and case.due.isoformat(),
        "open_steps": [{"step": s.step, "owner": s.owner} for s in case.standing.open_steps],
    }


def _table(desk: Desk, cases: Iterable[CaseSummary], language: Language) -> Table:
    table = _empty(language, _LIST)
    for each in cases:
        steps = "\n".join(
            f"{_step_title(desk, each, s.step, language)}: {s.owner or '-'}"
            for s in each.standing.open_steps
        )
        status = status_words(each.standing.status).in_language(language)
        due = local(each.due) if each.due else ""
        plan = desk.plans.get(each.plan)
        name = titled(plan.title, language) if plan and plan.title else each.plan
        table.add_row(each.id, name, each.standing.title, status, steps, due)
    return table


def _step_title(desk: Desk, case: CaseSummary, step: str, language: Language) -> str:
    """What a step is called in the plan as it is now; its name, where it is no longer there."""
    plan = desk.plans.get(case.plan)
    title = plan.step(step).title if plan is not None and plan.has(step) else {}
    return titled(title, language) if title else step


_LIST = (
    Text("case", "事项"),
    Text("plan", "流程"),
    Text("title", "名称"),
    Text("status", "状态"),
    Text("open steps", "进行中的环节"),
    Text("due", "到期"),
)
_DUE = (
    Text("case", "事项"),
    Text("title", "名称"),
    Text("step", "环节"),
    Text("whose", "责任人"),
    Text("due", "到期"),
    Text("", ""),
    Text("next rung", "下次升级"),
)


def _empty(language: Language, headings: Iterable[Text]) -> Table:
    table = Table(box=None, pad_edge=False)
    for each in headings:
        table.add_column(each.in_language(language), overflow="fold")
    return table


@dataclass(frozen=True, slots=True)
class _Due:
    case: CaseSummary
    step: OpenStep
    due: datetime


@click.command(
    "due",
    cls=Command,
    words=Text(
        en="What is overdue, whose, since when, and when it next escalates; with --within also "
        "what falls due soon.",
        zh="哪些已超时、属于谁、自何时起、下一次升级在何时；加 --within 时含即将到期的。",
    ),
)
@_PLAN
@_OWNER
@option(
    "--within", type=int, default=0, metavar="HOURS", en="Also what falls due in so many hours.",
    zh="含若干小时内到期的。",
)  # fmt: skip
@option("--now", metavar="INSTANT", en="As of this instant.", zh="截至该时刻。")
@_MOST
@with_store()
@with_format()
@with_language()
@with_policies()
@at_desk
def due(
    desk: Desk,
    settings: Settings,
    plan: str | None,
    owner: str | None,
    within: int,
    now: str | None,
    most: int,
) -> None:
    """A line an open step with a limit."""
    moment = moment_of(now)
    rows = list(islice(_due(desk, plan, owner, moment, within * 3600), most))
    if settings.json:
        streams.print_json({"due": [_plain_due(each, moment) for each in rows]})
        return
    language = settings.language
    table = _empty(language, _DUE)
    for each in rows:
        late = (moment - each.due).total_seconds()
        words = Text(f"{in_words(late, language)} late", f"已超 {in_words(late, language)}")
        left = Text(f"in {in_words(late, language)}", f"还有 {in_words(late, language)}")
        shown = (words if late > 0 else left).in_language(language)
        rung = _rung(each.step.next_rung, moment, language)
        step = _step_title(desk, each.case, each.step.step, language)
        names = each.case.id, each.case.standing.title, step, each.step.owner or "-"
        table.add_row(*names, local(each.due), shown, rung)
    console.show(console.output(), table)


def _rung(at: datetime | None, now: datetime, language: Language) -> str:
    """When the next rung comes; one that has passed waits for a worker."""
    if at is None:
        return ""
    waits = Text(" (overdue: no worker has run)", "（已过：尚无工作进程处理）")
    return local(at) + (waits.in_language(language) if at < now else "")


def _due(
    desk: Desk, plan: str | None, owner: str | None, now: datetime, ahead: int
) -> Iterator[_Due]:
    for case in queries.cases(desk.engine, plan=plan, owner=owner):
        for step in case.standing.open_steps:
            mine = owner is None or step.owner == owner
            if mine and step.due is not None and (step.due - now).total_seconds() < ahead:
                yield _Due(case, step, step.due)


def _plain_due(each: _Due, now: datetime) -> dict[str, object]:
    return {
        "case": each.case.id,
        "plan": each.case.plan,
        "title": each.case.standing.title,
        "step": each.step.step,
        "owner": each.step.owner,
        "since": each.step.since.isoformat(),
        "due": each.due.isoformat(),
        "overdue": each.due < now,
        "next_rung": each.step.next_rung and each.step.next_rung.isoformat(),
        "next_rung_overdue": each.step.next_rung is not None and each.step.next_rung < now,
    }
