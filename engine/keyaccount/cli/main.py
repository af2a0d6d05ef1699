"""The entry point: `keyaccount`, its commands loaded only when asked for."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Any

import click

from keyaccount.cli import streams
from keyaccount.cli.command import (
    DATA_ERROR,
    WRONG_USAGE,
    settings_of,
    with_language,
    with_policies,
)
from keyaccount.cli.failures import WrongUsageError, report
from keyaccount.cli.settings import POLICIES_VARIABLE, Format, Settings, language_of
from keyaccount.cli.usage import usage_mistake
from keyaccount.diagnostics import cli_messages
from keyaccount.diagnostics.diagnostic import Text

INTERRUPTED = 130
"""What shells expect of a program that Ctrl-C ended: 128 + SIGINT."""

INTERRUPTION = Text("interrupted", "已中断")

SUMMARIES = {
    "init": Text(
        "Write the policies and schemas out, to start from.", "写出策略和模式文件，作为起点。"
    ),
    "check": Text("Find every mistake in the policies.", "找出策略里的所有错误。"),
    "test": Text("Run the policies' own tests.", "运行策略自带的测试。"),
    "decide": Text("Decide one case.", "对一个对象作出决策。"),
    "explain": Text("Decide one case; say why, and why not.", "作出决策，并说明为什么、为什么不。"),
    "batch": Text(
        "Decide a whole list: CSV, XLSX or Parquet.", "对整张清单作决策：CSV、XLSX 或 Parquet。"
    ),
    "dmn": Text("Run models in DMN XML.", "运行 DMN XML 模型。"),
    "sql": Text("Print a policy as SQL.", "把策略输出成 SQL。"),
}

HELP = Text(
    "Key-account policy as code: YAML policies with decision tables and FEEL.",
    "大客户策略即代码：用 YAML 写策略，带决策表和 FEEL 表达式。",
)


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUMMARIES)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except WrongUsageError as error:
            report(error.diagnostics, settings_of(ctx))
            ctx.exit(WRONG_USAGE)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in SUMMARIES and not args[0].startswith("-"):
            raise WrongUsageError([cli_messages.unknown_command(args[0], SUMMARIES)])
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _load(cmd_name)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = HELP.in_language(settings_of(ctx).language)
        super().format_help_text(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = settings_of(ctx).language
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, words.in_language(language)) for name, words in SUMMARIES.items()]
            )


def _load(name: str) -> click.Command | None:
    """Each import waits until its command is asked for: `--help` stays light."""
    command: click.Command
    match name:
        case "batch":
            from keyaccount.cli.commands.batch import batch as command
        case "check":
            from keyaccount.cli.commands.check import check as command
        case "decide":
            from keyaccount.cli.commands.decide import decide as command
        case "dmn":
            from keyaccount.cli.commands.dmn import dmn as command
        case "explain":
            from keyaccount.cli.commands.explain import explain as command
        case "init":
            from keyaccount.cli.commands.init import init as command
        case "sql":
            from keyaccount.cli.commands.sql import sql as command
        case "test":
            from keyaccount.cli.commands.test import test as command
        case _:
            return None
    return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@with_language()
@with_policies(envvar=POLICIES_VARIABLE, show_envvar=True)
@click.version_option(package_name="keyaccount", message="keyaccount %(version)s")
def cli() -> None:
    """Entry of all commands; its options hold for each of them."""


def main() -> None:
    """Run the command line of this process and exit by its code."""
    streams.use_utf8()
    code = run(sys.argv[1:])
    sys.exit(code if streams.flushed() else DATA_ERROR)


def run(arguments: list[str]) -> int:
    """Run one command line.

    Returns:
        0 fine; 1 a policy or the data has errors; 2 wrong usage; 130 interrupted.
    """
    settings = Settings(language_of(os.environ))
    try:
        code = cli.main(arguments, prog_name="keyaccount", standalone_mode=False, obj=settings)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.UsageError as error:
        found = error.ctx.find_object(Settings) if error.ctx is not None else None
        report([usage_mistake(error)], replace(found or settings, format=Format.TEXT))
        return WRONG_USAGE
    except click.Abort:
        click.echo(INTERRUPTION.in_language(settings.language), err=True)
        return INTERRUPTED
    return code if isinstance(code, int) else 0
