"""`keyaccount case show`: one case with its facts, deadlines and log."""

from __future__ import annotations

from collections.abc import Mapping

import click
from rich.table import Table

from keyaccount.cases import queries
from keyaccount.cases.desk import Desk
from keyaccount.cases.queries import CaseRecord
from keyaccount.cli import console, log_words, streams
from keyaccount.cli.case_options import at_desk, local, status_words, with_store
from keyaccount.cli.command import Command, option, with_format, with_language, with_policies
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Text


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
        streams.print_json(_plain(record))
        return
    language = settings.language
    summary = record.summary
    status = status_words(summary.standing.status).in_language(language)
    click.echo(f"{summary.id}  {summary.plan}  {summary.standing.title}  {status}")
    facts = record.state.get("facts")
    for name, value in facts.items() if isinstance(facts, Mapping) else ():
        click.echo(f"  {name} = {log_words.fact_in_words(value, language)}")
    for each in summary.standing.open_steps:
        due = local(each.due) if each.due else "-"
        click.echo(f"  ▸ {each.step}  {each.owner or '-'}  {due}")
    for deadline in record.deadlines:
        click.echo(f"  ⏱ {local(deadline.due)}  {log_words.deadline(deadline.key, language)}")
    table = Table(box=None, pad_edge=False, show_header=False)
    for entry in record.entries[-last:]:
        kind = log_words.kind(entry.kind, language)
        table.add_row(local(entry.at), kind, entry.step or "", log_words.told(entry, language))
    click.echo(Text("log", "记录").in_language(language))
    console.show(console.output(), table)


def _plain(record: CaseRecord) -> dict[str, object]:
    summary = record.summary
    return {
        "case": summary.id,
        "plan": summary.plan,
        "version": summary.version,
        "title": summary.standing.title,
        "status": summary.standing.status,
        "opened": summary.opened_at.isoformat(),
        "state": record.state,
        "deadlines": [{"key": d.key, "due": d.due.isoformat()} for d in record.deadlines],
        "log": [
            {"at": e.at.isoformat(), "kind": e.kind, "step": e.step, "data": e.data}
            for e in record.entries
        ],
    }
