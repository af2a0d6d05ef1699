"""Click's command and option, with words in two languages and errors told as diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from keyaccount.cli import streams
from keyaccount.cli.failures import WrongUsageError, report
from keyaccount.cli.settings import Format, Settings
from keyaccount.diagnostics import cli_messages
from keyaccount.diagnostics.diagnostic import Diagnostic, KeyaccountError, Language, Text
from keyaccount.limits import Limits

DATA_ERROR = 1
WRONG_USAGE = 2

_DIGITS = 15
"""More than that is a mistake for a number of anything."""

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Decorator = Callable[[Decorated], Decorated]


class Option(click.Option):
    """An option whose help comes in the user's language."""

    def __init__(self, names: Sequence[str], *, words: Text, **attributes: Any) -> None:
        attributes["help"] = words.en
        super().__init__(names, **attributes)
        self._words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = self._words.in_language(settings_of(ctx).language)
        return super().get_help_record(ctx)


class NotADateError(click.BadParameter):
    """An option that takes a date was given something else."""


class LimitError(click.UsageError):
    """`--limit` was given what is no limit; `diagnostic` says so in both languages."""

    def __init__(self, diagnostic: Diagnostic, ctx: click.Context) -> None:
        super().__init__(diagnostic.message.en, ctx)
        self.diagnostic = diagnostic


class Command(click.Command):
    """A command whose help is in two languages, and whose errors never show a traceback."""

    def __init__(self, name: str | None, *, words: Text, **attributes: Any) -> None:
        super().__init__(name, **attributes)
        self._words = words

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = self._words.in_language(settings_of(ctx).language)
        super().format_help_text(ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyaccountError as error:
            report(error.diagnostics, settings_of(ctx))
            ctx.exit(WRONG_USAGE if isinstance(error, WrongUsageError) else DATA_ERROR)
        except BrokenPipeError:
            streams.drop_broken_pipe()
            ctx.exit(DATA_ERROR)
        except OSError as error:
            report([cli_messages.system_error(error)], settings_of(ctx))
            ctx.exit(DATA_ERROR)


def settings_of(ctx: click.Context) -> Settings:
    """The settings in force: a command's own options over those before its name."""
    settings = ctx.find_object(Settings)
    assert settings is not None, "main puts them there"  # noqa: S101  # an invariant of ours
    return settings


def option(*names: str, en: str, zh: str, **attributes: Any) -> Decorator[Any]:
    """An option with its help in both languages."""
    return click.option(*names, cls=Option, words=Text(en, zh), **attributes)


def with_language() -> Decorator[Any]:
    """`--lang`, before or after the command's name."""
    return option(
        "--lang",
        type=click.Choice([each.value for each in Language]),
        is_eager=True,  # so that `--help` after it already speaks the language
        expose_value=False,
        callback=_set_language,
        en="Language of messages; without it, that of your locale.",
        zh="消息所用的语言；不给时随系统的语言环境。",
    )


def with_policies(**attributes: Any) -> Decorator[Any]:
    """`--policies`, before or after the command's name."""
    return option(
        "--policies",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        expose_value=False,
        callback=_set_policies,
        en="Folder of the policies; without it ./policies, else those that come with keyaccount.",
        zh="策略所在的文件夹；不给时用 ./policies，再没有就用随 keyaccount 附带的策略。",
        **attributes,
    )


def with_format() -> Decorator[Any]:
    """`--format`: for people or for programs."""
    return option(
        "--format",
        type=click.Choice([each.value for each in Format]),
        expose_value=False,
        callback=_set_format,
        en="`text` for people (the default), `json` for programs.",
        zh="`text` 给人看（默认），`json` 给程序用。",
    )


def _set_language(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.obj = replace(settings_of(ctx), language=Language(value))


def _set_policies(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.obj = replace(settings_of(ctx), policies=value)


def with_limits() -> Decorator[Any]:
    """`--limit`, before or after the command's name."""
    return option(
        "--limit",
        multiple=True,
        metavar="NAME=NUMBER",
        expose_value=False,
        callback=_set_limits,
        en="Raise or lower a limit of files and evaluations, such as feel_steps=1000000.",
        zh="调整对文件或计算的上限，例如 feel_steps=1000000。",
    )


def _set_limits(ctx: click.Context, _: click.Parameter, values: tuple[str, ...]) -> None:
    settings = settings_of(ctx)
    known = [each.name for each in fields(Limits)]
    found: dict[str, int] = {}
    for value in values:
        name, _sign, number = value.partition("=")
        if name not in known:
            raise LimitError(cli_messages.unknown_limit(name, known), ctx)
        if not number.isdecimal() or len(number) > _DIGITS:
            raise LimitError(cli_messages.bad_limit(name, number), ctx)
        found[name] = int(number)
    if found:
        ctx.obj = replace(settings, limits=replace(settings.limits, **found))


def _set_format(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.obj = replace(settings_of(ctx), format=Format(value))
