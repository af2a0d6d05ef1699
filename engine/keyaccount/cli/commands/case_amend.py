"""`keyaccount case amend`: open cases go over to a changed policy or calendar; shown first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import click
from rich.table import Table

from keyaccount.cases.desk import Desk
from keyaccount.cases.store import Change
from keyaccount.cli import console, log_words, streams
from keyaccount.cli.case_options import at_desk, local, moment_of, with_store
from keyaccount.cli.command import (
    DATA_ERROR,
    Command,
    option,
    with_format,
    with_language,
    with_policies,
)
from keyaccount.cli.failures import report
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.model.plans import PolicyChange


@click.command(
    "amend",
    cls=Command,
    words=Text(
        en="Show what the plan as it is now does to its cases that were opened under another "
        "version: which deadlines move, from when to when. With --apply it is done.",
        zh="显示流程现行版本对按其他版本立案的事项的影响：哪些时限变动、从何时到何时。"
        "加 --apply 时执行。",
    ),
)
@click.argument("plan")
@option(
    "--mode",
    type=click.Choice([each.value for each in PolicyChange]),
    en="Instead of what the plan says under `policy change`.",
    zh="代替流程中 `policy change` 的规定。",
)
@option("--apply", "write", is_flag=True, en="Do it.", zh="执行。")
@option("--by", metavar="PERSON", en="Who does it.", zh="由谁操作。")
@option(
    "--now",
    metavar="INSTANT",
    en="The instant it happens; without it, now.",
    zh="发生时间；不给时为现在。",
)
@with_store()
@with_format()
@with_language()
@with_policies()
@at_desk
def amend(
    desk: Desk,
    settings: Settings,
    plan: str,
    mode: str | None,
    write: bool,
    by: str | None,
    now: str | None,
) -> None:
    """A line a deadline that moves, and how many cases go over."""
    current = desk.current(plan)
    chosen = PolicyChange(mode or desk.plan(plan, current.version).policy_change)
    changes: Sequence[Change] = ()
    # A case that keeps its version goes on as it is: there is nothing to do.
    if chosen is not PolicyChange.KEEP:
        changes = list(_changes(desk, plan, chosen, by, moment_of(now), write=write))
    problems = [problem for each in changes if each.error for problem in each.error.diagnostics]
    _tell(settings, chosen, changes, write=write)
    if problems and not settings.json:
        report(problems, settings)
    if problems:
        click.get_current_context().exit(DATA_ERROR)


def _changes(
    desk: Desk, plan: str, mode: PolicyChange, by: str | None, now: datetime, *, write: bool
) -> Iterator[Change]:
    current, data = desk.current(plan), {"mode": mode.value}
    if not write:
        return desk.store.preview(current, data, by, now)
    desk.store.keep_plan(plan, current.version, desk.definition(), now)
    return desk.store.amend_all(current, data, by, now)


def _tell(
    settings: Settings, mode: PolicyChange, changes: Sequence[Change], *, write: bool
) -> None:
    going = [each for each in changes if each.error is None]
    moved = [(each, *line) for each in going for line in _moved(each)]
    if settings.json:
        streams.print_json(
            {
                "mode": mode.value,
                "applied": write,
                "cases": len(going),
                "refused": [each.case_id for each in changes if each.error is not None],
                "moved": [
                    {
                        "case": each.case_id,
                        "deadline": key,
                        "from": before and before.isoformat(),
                        "to": after and after.isoformat(),
                    }
                    for each, key, before, after in moved
                ],
            }
        )
        return
    if moved:
        table = Table(box=None, pad_edge=False)
        for words in _HEADINGS:
            table.add_column(words.in_language(settings.language), overflow="fold")
        for each, key, before, after in moved:
            which = log_words.deadline(key, settings.language)
            table.add_row(each.case_id, which, _shown(before), _shown(after))
        console.show(console.output(), table)
    words = _KEPT if mode is PolicyChange.KEEP else _moves(len(going), len(moved), write=write)
    click.echo(words.in_language(settings.language))


_HEADINGS = (
    Text("case", "事项"),
    Text("deadline", "时限"),
    Text("from", "原定"),
    Text("to", "改为"),
)
_KEPT = Text(
    "open cases stay under the version they were opened under", "进行中的事项沿用立案时的版本"
)


def _moves(cases: int, deadlines: int, *, write: bool) -> Text:
    if write:
        return Text(
            f"{counted(cases, 'case')} went over, {counted(deadlines, 'deadline')} moved",
            f"{cases} 个事项已改用新版本，{deadlines} 个时限已变动",
        )
    return Text(
        f"{counted(cases, 'case')} would go over, {counted(deadlines, 'deadline')} would move; "
        "add --apply to do it",
        f"将有 {cases} 个事项改用新版本、{deadlines} 个时限变动；加 --apply 执行",
    )


def _moved(change: Change) -> Iterator[tuple[str, datetime | None, datetime | None]]:
    for key in dict.fromkeys((*change.before, *change.after)):
        before, after = change.before.get(key), change.after.get(key)
        if before != after:
            yield key, before, after


def _shown(moment: datetime | None) -> str:
    return local(moment) if moment else "-"
