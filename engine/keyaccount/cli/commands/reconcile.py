"""`keyaccount reconcile`: who carries a value that no version of the policies gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import click

from keyaccount.cli import streams
from keyaccount.cli.command import (
    DATA_ERROR,
    Command,
    option,
    settings_of,
    with_format,
    with_language,
)
from keyaccount.cli.databases import opened, with_database
from keyaccount.cli.progress import progress
from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.service.reconciling import Asked, Reconciled
from keyaccount.service.reconciling import reconcile as reconcile_list

_MOST_SHOWN = 50


@click.command(
    cls=Command,
    words=Text(
        en="Find the rows of LIST that carry a value of DECISION of POLICY which no stored version "
        "of the policies gives: changed by hand, or decided by other facts. CSV, XLSX or Parquet, "
        "by the file's ending, read as `keyaccount batch` does.",
        zh="找出清单 LIST 中这样的行：所带的 POLICY 的 DECISION 值没有任何已存版本会给出——"
        "被手工改过，或当时的事实不同。按扩展名识别 CSV、XLSX、Parquet，"
        "读法与 keyaccount batch 相同。",
    ),
)
@click.argument("source", metavar="LIST", type=click.Path(exists=True, path_type=Path))
@click.argument("policy")
@click.argument("decision")
@option(
    "--column",
    metavar="HEADER",
    en="The column that carries the value; without it the one called as the decision.",
    zh="带有该值的列；不给时为与决策同名的列。",
)
@option(
    "--as-of",
    "days",
    multiple=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    en="By what was in force on this date; may be given more than once; without it, today.",
    zh="按这一天有效的规则；可以给多次；不给时用今天。",
)
@option(
    "--encoding",
    metavar="NAME",
    en="Encoding of a CSV file; found out where left out.",
    zh="CSV 文件的编码；不给时自动识别。",
)
@with_database()
@with_format()
@with_language()
@click.pass_context
def reconcile(
    ctx: click.Context,
    source: Path,
    policy: str,
    decision: str,
    column: str | None,
    days: tuple[datetime, ...],
    encoding: str | None,
    database: str | None,
) -> None:
    """Reconcile, show, exit 1 where anything is unexplained."""
    dates: list[date | None] = [each.date() for each in days] or [None]
    asked = Asked(source, policy, decision, column or decision, dates, encoding)
    settings = settings_of(ctx)
    with progress(source.name) as tell:
        found = reconcile_list(opened(database), asked, tell)
    if settings.json:
        streams.print_json(_plain(found))
    else:
        for told in _lines(found):
            click.echo(told.in_language(settings.language))
    ctx.exit(DATA_ERROR if found.unexplained else 0)


def _lines(found: Reconciled) -> Iterator[Text]:
    for each in found.unexplained[:_MOST_SHOWN]:
        given = ", ".join(filter(None, each.given)) or "-"
        yield Text(
            f"line {each.line}: {each.carried}, but the versions give: {given}",
            f"第 {each.line} 行：{each.carried}，而各版本给出：{given}",
        )
    if (more := len(found.unexplained) - _MOST_SHOWN) > 0:
        yield Text(
            f"… and {more} more: --format json has all", f"……另有 {more} 行：--format json 列出全部"
        )
    if found.unreadable:
        yield Text(
            f"{counted(found.unreadable, 'row')} could not be read: passed over",
            f"{found.unreadable} 行无法读取，已略过",
        )
    yield Text(
        f"{counted(found.rows, 'row')} by {counted(found.versions, 'version')}: "
        f"{len(found.unexplained):,} unexplained",
        f"{found.rows} 行，{found.versions} 个版本：{len(found.unexplained)} 行无法解释",
    )


def _plain(found: Reconciled) -> dict[str, object]:
    return {
        "rows": found.rows,
        "unreadable": found.unreadable,
        "versions": found.versions,
        "unexplained": [
            {"line": each.line, "carried": each.carried, "given": each.given}
            for each in found.unexplained
        ],
    }
