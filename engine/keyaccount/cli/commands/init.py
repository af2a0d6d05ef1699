"""`keyaccount init`: write the policies and schemas out, to start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from keyaccount.cli.command import Command, with_language
from keyaccount.cli.failures import WrongUsageError
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics import cli_messages
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.resources import policies_folder, schemas_folder


@click.command(
    cls=Command,
    words=Text(
        en="Write the policies and the schemas into DIR, to start from. "
        "Nothing that is there already is touched.",
        zh="把策略和模式文件写进 DIR，作为起点。已有的文件不会被改动。",
    ),
)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@with_language()
@click.pass_obj
def init(settings: Settings, folder: Path) -> None:
    """Look whether the place is free, then copy."""
    templates = {
        folder / "policies": policies_folder(),
        folder / "schemas": schemas_folder(),
    }
    taken = [target for target in templates if target.exists()]
    if taken:
        raise WrongUsageError(cli_messages.already_there(each) for each in taken)
    for target, template in templates.items():
        shutil.copytree(template, target)
    click.echo(_done(folder).in_language(settings.language))


def _done(folder: Path) -> Text:
    policies = folder / "policies"
    written = [*sorted(policies.glob("*.yaml")), policies / "tests", folder / "schemas"]
    names = "\n".join(f"  {each}" for each in written)
    # In the working directory the policies are found without being named.
    command = "keyaccount check" if folder == Path() else f"keyaccount check {policies}"
    return Text(f"{names}\ntry: {command}", f"{names}\n试试：{command}")
