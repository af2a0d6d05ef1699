"""`keyaccount case show`: one case with its facts, deadlines and log."""

from __future__ import annotations

from collections.abc import Mapping

import click
from rich.table import Table

from keyaccount.cases import queries
from keyaccount.cases.desk import Desk
from keyaccount.cases.plan.compiled import CompiledPlan, CompiledStep
from keyaccount.cases.queries import CaseRecord
from keyaccount.cli import console, log_words, streams
from keyaccount.cli.case_options import at_desk, local, status_words, with_store
from keyaccount.cli.command import Command, option, with_format, with_language, with_policies
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Language, Text
from keyaccount.explain.wording import in_language as titled


@click.command(
    cls=Command,
    words=Text(
        en="One case: facts, open steps, deadlines, log.", zh="一个事项：事实、环节、时限、记录。"
    ),
)
@click.argument("case")
@option("--log", "last", type=int, default=20, show_default=True, metavar="N",
        en="How many lines of the log.", zh="显示的记录条数。")  # fmt: skip
@with_store()
@with_format()
@with_language()
@with_policies()
@at_desk
def show(desk: Desk, settings: Settings, case: str, last: int) -> None:
    """All that is kept of it."""
    record = queries.show(desk.engine, case)
    if settings.json:
        streams.print_json(_plain(record, desk.plan(record.summary.plan, record.summary.version)))
        return
    language = settings.language
    summary = record.summary
    status = status_words(summary.standing.status).in_language(language)
    click.echo(f"{summary.id}  {summary.plan}  {summary.standing.title}  {status}")
    facts = record.state.get("facts")
    for name, value in facts.items() if isinstance(facts, Mapping) else ():
        click.echo(f"  {name} = {log_words.fact_in_words(value, language)}")
    plan = desk.plan(summary.plan, summary.version)
    for each in summary.standing.open_steps:
        due = local(each.due) if each.due else "-"
        click.echo(f"  ▸ {each.step}  {each.owner or '-'}  {due}")
        if plan.has(each.step) and (told := _asked(plan.step(each.step), language)):
            click.echo(f"      {told}")
    for deadline in record.deadlines:
        click.echo(f"  ⏱ {local(deadline.due)}  {log_words.deadline(deadline.key, language)}")
    table = Table(box=None, pad_edge=False, show_header=False)
    for is_short in (True, True, False, False):
        table.add_column(no_wrap=is_short, overflow="fold")
    for entry in record.entries[-last:]:
        kind = log_words.kind(entry.kind, language)
        table.add_row(local(entry.at), kind, entry.step or "", log_words.told(entry, language))
    click.echo(Text("log", "记录").in_language(language))
    console.show(console.output(), table)


def _asked(step: CompiledStep, language: Language) -> str:
    """What a step is, on which form, and what comes out of it; empty where the plan is silent."""
    parts = [titled(step.title, language)] if step.title else []
    if step.form is not None:
        parts.append(f"{Text('form', '表单').in_language(language)}: {step.form}")
    if step.output:
        output = titled(step.output, language)
        parts.append(f"{Text('comes out', '成果').in_language(language)}: {output}")
    return "; ".join(parts)


def _step(step: CompiledStep) -> dict[str, object]:
    return {"title": step.title, "form": step.form, "output": step.output}


def _plain(record: CaseRecord, plan: CompiledPlan) -> dict[str, object]:
    summary = record.summary
    return {
        "case": summary.id,
        "plan": summary.plan,
        "version": summary.version,
        "title": summary.standing.title,
        "status": summary.standing.status,
        "opened": summary.opened_at.isoformat(),
        "open_steps": [
            {
                "step": each.step,
                "owner": each.owner,
                "due": each.due and each.due.isoformat(),
                **(_step(plan.step(each.step)) if plan.has(each.step) else {}),
            }
            for each in summary.standing.open_steps
        ],
        "state": record.state,
        "deadlines": [{"key": d.key, "due": d.due.isoformat()} for d in record.deadlines],
        "log": [
            {"at": e.at.isoformat(), "kind": e.kind, "step": e.step, "data": e.data}
            for e in record.entries
        ],
    }
