"""What click says of a wrong command line, in our words and both languages."""

from __future__ import annotations

import click

from keyaccount.cli.command import LimitError, NotADateError
from keyaccount.diagnostics import cli_messages
from keyaccount.diagnostics.diagnostic import Diagnostic


def usage_mistake(error: click.UsageError) -> Diagnostic:
    """The diagnostic of a wrong command line; its help names the command that tells more."""
    path = error.ctx.command_path if error.ctx is not None else "keyaccount"
    match error:
        case LimitError():
            return error.diagnostic
        case click.NoSuchOption():
            return cli_messages.unknown_option(error.option_name, _options(error.ctx), path)
        case click.MissingParameter():
            return cli_messages.missing_argument(_name(error.param), path)
        case click.BadParameter():
            return cli_messages.bad_value(_name(error.param), *_wanted(error), path)
        case _:
            return cli_messages.wrong_usage(error.format_message(), path)


def _options(context: click.Context | None) -> list[str]:
    if context is None:
        return []
    return [name for each in context.command.params for name in each.opts if name.startswith("-")]


def _name(parameter: click.Parameter | None) -> str:
    """An option as it is typed, an argument as the help names it."""
    if parameter is None:
        return ""
    if isinstance(parameter, click.Option):
        return parameter.opts[0]
    return parameter.human_readable_name.strip("[].")


def _wanted(error: click.BadParameter) -> tuple[str, str]:
    """What click found wrong, and in a few words what would be right."""
    kind = error.param.type if error.param is not None else None
    if isinstance(error, NotADateError):
        right = "YYYY-MM-DD"
    elif isinstance(kind, click.Choice):
        right = " | ".join(map(str, kind.choices))
    else:
        right = ""
    return error.message, right
