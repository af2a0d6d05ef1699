"""The entry point: `keyaccount`, its commands loaded only when asked for."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import click

from keyaccount.cli import streams
from keyaccount.cli.command import (
    DATA_ERROR,
    WRONG_USAGE,
    with_language,
    with_limits,
    with_policies,
)
from keyaccount.cli.failures import report
from keyaccount.cli.lazy_group import LazyGroup
from keyaccount.cli.settings import POLICIES_VARIABLE, Format, Settings, language_of
from keyaccount.cli.usage import usage_mistake
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
    "dmn": Text("DMN XML: run models, exchange policies.", "DMN XML：运行模型，与策略互换。"),
    "case": Text(
        "Cases of a plan: open, follow, rehearse, replay.",
        "按流程办理的事项：立案、跟进、演练、回放。",
    ),
    "serve": Text("Serve the policies over HTTP.", "通过 HTTP 提供策略决策。"),
    "log": Text("Audit the decision log.", "审计决策日志。"),
    "reconcile": Text("Find values that no version gives.", "找出没有任何版本会给出的值。"),
    "sql": Text("Print a policy as SQL.", "把策略输出成 SQL。"),
}

HELP = Text(
    "Key-account policy as code: YAML policies with decision tables and FEEL.",
    "大客户策略即代码：用 YAML 写策略，带决策表和 FEEL 表达式。",
)


def _load(name: str) -> click.Command | None:  # noqa: C901 -- one arm a command, nothing else
    """Each import waits until its command is asked for: `--help` stays light."""
    command: click.Command
    match name:
        case "batch":
            from keyaccount.cli.commands.batch import batch as command
        case "case":
            from keyaccount.cli.commands.case import case as command
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
        case "log":
            from keyaccount.cli.commands.log import log as command
        case "reconcile":
            from keyaccount.cli.commands.reconcile import reconcile as command
        case "serve":
            from keyaccount.cli.commands.serve import serve as command
        case "sql":
            from keyaccount.cli.commands.sql import sql as command
        case "test":
            from keyaccount.cli.commands.test import test as command
        case _:
            return None
    return command


@click.group(
    cls=LazyGroup,
    words=HELP,
    summaries=SUMMARIES,
    load=_load,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@with_language()
@with_policies(envvar=POLICIES_VARIABLE, show_envvar=True)
@with_limits()
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
