"""`keyaccount case timeline`: a case as a picture, in the terminal or as HTML."""

from __future__ import annotations

from pathlib import Path

import click

from keyaccount.cases import queries
from keyaccount.cases.desk import Desk
from keyaccount.cases.timeline import timeline as picture_of
from keyaccount.cli import console
from keyaccount.cli.case_options import at_desk, moment_of, status_words, with_store
from keyaccount.cli.command import Command, option, with_language, with_policies
from keyaccount.cli.settings import Settings
from keyaccount.cli.timeline_html import page
from keyaccount.cli.timeline_text import LEGEND, as_table
from keyaccount.diagnostics.diagnostic import Language, Text


@click.command(
    cls=Command,
    words=Text(
        en="One case as a picture of time, in the terminal or as a page.",
        zh="一个事项的时间线，显示在终端或写成网页。",
    ),
)
@click.argument("case")
@option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Write it as a page of its own.",
    zh="写成独立的网页文件。",
)
@option("--now", metavar="INSTANT", en="As of this instant.", zh="截至该时刻。")
@with_store()
@with_language()
@with_policies()
@at_desk
def timeline(desk: Desk, settings: Settings, case: str, html: Path | None, now: str | None) -> None:
    """Read the log, draw it."""
    record = queries.show(desk.engine, case)
    summary, language = record.summary, settings.language
    plan = desk.plan(summary.plan, summary.version)
    titles = {name: _title(each.title, name, language) for name, each in plan.steps.items()}
    titles[plan.whole.name] = _title(plan.title, plan.name, language)
    ends = {each.at for each in record.entries}
    is_over = summary.standing.status != "open"
    picture = picture_of(record.entries, max(ends) if is_over and ends else moment_of(now))
    heading = f"{_title(plan.title, plan.name, language)}: {summary.standing.title}"
    status = status_words(summary.standing.status).in_language(language)
    subtitle = f"{summary.id} · {status}"
    if html is not None:
        html.write_text(page(heading, subtitle, picture, titles, language), encoding="utf-8")
        click.echo(str(html))
        return
    click.echo(f"{heading}  {subtitle}")
    screen = console.output()
    console.show(screen, as_table(picture, titles, language, screen.width))
    click.echo(LEGEND.in_language(language))


def _title(titles: object, name: str, language: Language) -> str:
    found = titles.get(language.value) if isinstance(titles, dict) else None
    return name if found is None else str(found)
