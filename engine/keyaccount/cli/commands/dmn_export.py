"""`keyaccount dmn export`: a policy as DMN XML."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from keyaccount.cli import streams
from keyaccount.cli.arguments import with_as_of
from keyaccount.cli.command import Command, option, with_format, with_language, with_policies
from keyaccount.cli.failures import WrongUsageError, report
from keyaccount.cli.opening import chosen_decisions, open_policies
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics import interchange_messages
from keyaccount.diagnostics.diagnostic import PolicyError, Text
from keyaccount.diagnostics.render import as_json
from keyaccount.formats.dmn_xml.document import Diagram
from keyaccount.formats.dmn_xml.document_reader import read_document
from keyaccount.formats.dmn_xml.versions import VERSIONS
from keyaccount.formats.dmn_xml.writer import write_document
from keyaccount.interchange.to_dmn import VERSION, export_policy


@click.command(
    "export",
    cls=Command,
    words=Text(
        en="Write POLICY as a DMN model that other tools open and run. What DMN has no place for "
        "goes along in the file; where FILE is there already, its diagram keeps its positions.",
        zh="把策略 POLICY 写成其他工具能打开并运行的 DMN 模型。DMN 无法表达的内容随文件保存；"
        "若 FILE 已存在，图中各元素保持原位。",
    ),
)
@click.argument("policy")
@option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="The file to write; without it, standard output.",
    zh="要写入的文件；不给时写到标准输出。",
)
@option(
    "--dmn-version",
    "version",
    type=click.Choice(sorted(VERSIONS.values())),
    default=VERSION,
    show_default=True,
    en="The version of DMN.",
    zh="DMN 的版本。",
)
@with_as_of()
@with_format()
@with_language()
@with_policies()
@click.pass_obj
def export(
    settings: Settings, policy: str, output: Path | None, version: str, as_of: date | None
) -> None:
    """Load, convert, write."""
    policies = open_policies(settings)
    chosen_decisions(policies, policy, ())
    drawn = None if output is None else _drawn(output)
    day = as_of or policies.today(policy)
    exported = export_policy(policies.policies, policies.program, policy, day, drawn, version)
    text = write_document(exported.document, version)
    if output is not None:
        output.write_text(text, encoding="utf-8", newline="\n")
    if settings.json:
        told = {"file": str(output)} if output is not None else {"model": text}
        streams.print_json({**told, "diagnostics": as_json(exported.warnings)})
        return
    if exported.warnings:
        report(exported.warnings, settings)
    if output is None:
        click.echo(text, nl=False)


def _drawn(output: Path) -> Diagram | None:
    """The diagram of a model that is written anew; a file that is none is left alone.

    Raises: WrongUsageError.
    """
    if not output.exists():
        return None
    try:
        return read_document(output).diagram
    except PolicyError:
        raise WrongUsageError([interchange_messages.not_a_model(output)]) from None
