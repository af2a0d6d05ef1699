"""`keyaccount dmn import`: a DMN model as a policy in YAML."""

from __future__ import annotations

from pathlib import Path

import click

from keyaccount.cli import streams
from keyaccount.cli.command import Command, option, with_format, with_language, with_limits
from keyaccount.cli.failures import WrongUsageError, report
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics import interchange_messages
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.diagnostics.render import as_json
from keyaccount.formats.dmn_xml.document_reader import read_document
from keyaccount.formats.yaml.reader import inspect_policy
from keyaccount.interchange.carrying import Imported
from keyaccount.interchange.updating import import_document
from keyaccount.source import Source


@click.command(
    "import",
    cls=Command,
    words=Text(
        en="Write MODEL, a file of DMN XML, as a policy in YAML. What a policy cannot carry is "
        "named and left out. A model that was a policy before becomes that policy again, with "
        "what was changed in it.",
        zh="把 MODEL（DMN XML 文件）写成 YAML 策略。策略无法表达的内容会逐一指明并略去。"
        "由策略导出的模型会还原成该策略，并带上其中的改动。",
    ),
)
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="The file to write; without it, standard output. A file that is there already is "
    "written over only if it is the same policy.",
    zh="要写入的文件；不给时写到标准输出。已有的文件只有是同名策略时才会被覆盖。",
)
@with_format()
@with_limits()
@with_language()
@click.pass_obj
def import_(settings: Settings, model: Path, output: Path | None) -> None:
    """Read, convert, write."""
    imported = import_document(read_document(model, settings.limits))
    if output is not None:
        _refuse_another(output, imported)
        for name, text in imported.beside.items():
            _write(output.parent / name, text)
        _write(output, imported.text)
    if settings.json:
        printed = {"policy": imported.text, "files": dict(imported.beside)}
        told = {"file": str(output)} if output is not None else printed
        left_out = {name: {"en": e.en, "zh": e.zh} for name, e in imported.left_out.items()}
        diagnostics = as_json(imported.warnings)
        streams.print_json({**told, "left_out": left_out, "diagnostics": diagnostics})
        return
    alone = output is None and imported.beside
    missing = [interchange_messages.files_beside(list(imported.beside))] if alone else []
    if imported.warnings or missing:
        report([*imported.warnings, *missing], settings)
    if output is None:
        click.echo(imported.text, nl=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def _refuse_another(output: Path, imported: Imported) -> None:
    """Raise a WrongUsageError where a file would be lost that is not of the same policy."""
    if not output.exists():
        taken = [path for name in imported.beside if (path := output.parent / name).exists()]
        if taken:
            raise WrongUsageError(interchange_messages.another_file(each) for each in taken)
        return
    there = inspect_policy(output).policies.keys()
    source = Source("policy.yaml", imported.text)
    if there != inspect_policy(source, beside=imported.beside).policies.keys():
        raise WrongUsageError([interchange_messages.another_file(output)])
