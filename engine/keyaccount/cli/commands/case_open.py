"""`keyaccount case open`."""

from __future__ import annotations

import click

from keyaccount.cases.desk import Desk
from keyaccount.cases.work import Applied
from keyaccount.cli.arguments import read_facts, with_facts
from keyaccount.cli.case_options import at_desk, moment_of, tell, with_actor, with_store
from keyaccount.cli.command import Command, option, with_format, with_language, with_policies
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Text


@click.command(
    "open",
    cls=Command,
    words=Text(en="Open a case of a plan, with the facts known.", zh="按流程立案，给出已知事实。"),
)
@click.argument("plan")
@with_facts(required=False)
@option(
    "--id",
    "case_id",
    metavar="ID",
    en="The case's id; else one is made.",
    zh="事项编号；不给时自动生成。",
)
@with_actor()
@with_store()
@with_format()
@with_language()
@with_policies()
@at_desk
def open_case(
    desk: Desk,
    settings: Settings,
    plan: str,
    facts_text: str | None,
    case_id: str | None,
    by: str | None,
    key: str | None,
    now: str | None,
) -> None:
    """Open, and show what is open."""
    facts = read_facts(facts_text) if facts_text else {}
    opened = desk.open(plan, facts, by, moment_of(now), case_id, key)
    # A case opens by its first command; any other is that of the case which has the subject.
    if opened.number > 1 and not settings.json:
        click.echo(_handed_over(opened).in_language(settings.language))
    tell(opened, settings)


def _handed_over(first: Applied) -> Text:
    title, case = first.standing.title, first.case_id
    return Text(
        f"no new case: `{title}` has one already, `{case}`, which was told of this filing",
        f"未立新案：`{title}` 已有事项 `{case}`，已告知该事项本次申请",
    )
