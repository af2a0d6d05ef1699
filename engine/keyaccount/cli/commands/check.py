"""`keyaccount check`: every mistake in the policies."""

from __future__ import annotations

from pathlib import Path

import click

from keyaccount.cli import streams
from keyaccount.cli.command import (
    DATA_ERROR,
    Command,
    settings_of,
    with_format,
    with_language,
    with_policies,
)
from keyaccount.cli.failures import report
from keyaccount.cli.opening import policies_folder
from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Severity, Text
from keyaccount.diagnostics.render import as_json
from keyaccount.verify.files import check as verify_check


@click.command(
    cls=Command,
    words=Text(
        en="Find every mistake in the policies, with file, line and column. "
        "PATH are files or folders; without any, the folder of --policies.",
        zh="找出策略里的所有错误，给出文件、行、列。PATH 是文件或文件夹；"
        "不给时检查 --policies 的文件夹。",
    ),
)
@click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]..."
)
@with_format()
@with_language()
@with_policies()
@click.pass_context
def check(ctx: click.Context, paths: tuple[Path, ...]) -> None:
    """Check, show, count."""
    settings = settings_of(ctx)
    found = verify_check(paths or (policies_folder(settings),))
    errors = sum(each.severity is Severity.ERROR for each in found)
    warnings = len(found) - errors
    if settings.json:
        counts = {"errors": errors, "warnings": warnings}
        streams.print_json(counts | {"diagnostics": as_json(found)})
    else:
        if found:
            report(found, settings)
        click.echo(_summary(errors, warnings).in_language(settings.language))
    ctx.exit(DATA_ERROR if errors else 0)


def _summary(errors: int, warnings: int) -> Text:
    if not errors and not warnings:
        return Text("no mistakes found", "没有发现错误")
    return Text(
        f"{counted(errors, 'error')}, {counted(warnings, 'warning')}",
        f"{errors} 个错误，{warnings} 个警告",
    )
