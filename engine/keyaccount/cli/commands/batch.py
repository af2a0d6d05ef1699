"""`keyaccount batch`: a whole list through one policy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from keyaccount.batch import run_batch
from keyaccount.batch.summary import Engine, Summary
from keyaccount.cli import console, streams
from keyaccount.cli.answers import heading
from keyaccount.cli.arguments import headers, pairs, with_as_of, with_decisions
from keyaccount.cli.command import (
    DATA_ERROR,
    Command,
    option,
    settings_of,
    with_format,
    with_language,
    with_policies,
)
from keyaccount.cli.failures import report
from keyaccount.cli.glossary import Glossary
from keyaccount.cli.opening import chosen_decisions, open_policies
from keyaccount.cli.progress import progress
from keyaccount.cli.show_summary import show_summary
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.diagnostics.render import as_json

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    cls=Command,
    words=Text(
        en="Decide every row of INPUT by POLICY: CSV, XLSX or Parquet, by the file's ending. "
        "The output holds the columns of the input and, for each decision, its value, its rules "
        "and its status. Rows that cannot be read go to the rejects; where there are some and "
        "no --rejects is given, the exit code is 1.",
        zh="用策略 POLICY 对 INPUT 的每一行作决策；按扩展名识别 CSV、XLSX、Parquet。"
        "输出保留原有的列，并为每个决策加上值、规则和状态。读不懂的行写进 --rejects；"
        "有这样的行而没有给 --rejects 时，退出码为 1。",
    ),
)
@click.argument("policy")
@click.argument("source", metavar="INPUT", type=click.Path(exists=True, path_type=Path))
@option(
    "--output",
    required=True,
    type=_FILE,
    metavar="FILE",
    en="Where the decided rows go: .csv, .xlsx or .parquet.",
    zh="结果写到哪里：.csv、.xlsx 或 .parquet。",
)
@option(
    "--rejects",
    type=_FILE,
    metavar="FILE",
    en="Where rows that cannot be read go, as CSV: row number, column, text, reason.",
    zh="读不懂的行写到哪里（CSV）：行号、列、原文、原因。",
)
@option(
    "--map",
    "mapping",
    multiple=True,
    metavar="HEADER=FACT",
    en="This column holds that fact; may be given more than once.",
    zh="这一列就是那个事实；可以给多次。",
)
@option(
    "--set",
    "constants",
    multiple=True,
    metavar="FACT=VALUE",
    en="One value of a fact for all rows; may be given more than once.",
    zh="所有行的这个事实都取这个值；可以给多次。",
)
@with_decisions()
@with_as_of()
@option(
    "--encoding",
    metavar="NAME",
    en="Of a CSV file, such as gb18030; without it, found by looking.",
    zh="CSV 文件的编码，例如 gb18030；不给时自动识别。",
)
@option(
    "--engine",
    type=click.Choice([each.value for each in Engine]),
    default=Engine.AUTO.value,
    show_default=True,
    en="`sql`: on DuckDB or not at all; `python`: row by row; `auto`: SQL where it can.",
    zh="`sql`：只用 DuckDB；`python`：逐行；`auto`：能用 SQL 就用 SQL。",
)
@with_format()
@with_language()
@with_policies()
@click.pass_context
def batch(
    ctx: click.Context,
    policy: str,
    source: Path,
    output: Path,
    rejects: Path | None,
    mapping: tuple[str, ...],
    constants: tuple[str, ...],
    decisions: tuple[str, ...],
    as_of: date | None,
    encoding: str | None,
    engine: str,
) -> None:
    """Decide all rows with a progress bar, then sum up."""
    settings = settings_of(ctx)
    policies = open_policies(settings)
    wanted = chosen_decisions(policies, policy, decisions)
    day = as_of or policies.today(policy)
    with progress(source.name) as tell:
        summary = run_batch(
            policies,
            policy,
            source,
            output,
            rejects=rejects,
            mapping=headers(mapping),
            constants=pairs(constants),
            decisions=wanted,
            as_of=day,
            encoding=encoding,
            engine=Engine(engine),
            progress=tell,
        )
    if settings.json:
        told = {"policy": policy, "version": policies.version, "as_of": day.isoformat()}
        streams.print_json(told | _plain(summary))
    else:
        console.show(console.output(), heading(policy, day, policies.version, settings.language))
        show_summary(summary, Glossary(policies.program, settings.language, policy))
        if summary.doubts:
            report(summary.doubts, settings)
    ctx.exit(DATA_ERROR if summary.rows_rejected and rejects is None else 0)


def _plain(summary: Summary) -> dict[str, object]:
    return {
        "rows_in": summary.rows_in,
        "rows_out": summary.rows_out,
        "rows_rejected": summary.rows_rejected,
        "rejected_cells": summary.rejected_cells,
        "blank_rows": summary.blank_rows,
        "redecided": summary.redecided,
        "decisions": {
            name: {
                "statuses": {status.value: count for status, count in each.statuses.items()},
                "values": each.values,
                "missing": each.missing,
            }
            for name, each in summary.decisions.items()
        },
        "columns": summary.columns,
        "constants": summary.constants,
        "facts_without_column": list(summary.facts_without_column),
        "engine": summary.engine.value,
        "refusals": as_json(summary.refusals),
        "doubts": as_json(summary.doubts),
        "output": str(summary.output),
        "rejects": None if summary.rejects is None else str(summary.rejects),
    }
