"""A group of commands whose modules are imported only when a command is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from keyaccount.cli.command import WRONG_USAGE, settings_of
from keyaccount.cli.failures import WrongUsageError, report
from keyaccount.diagnostics import cli_messages
from keyaccount.diagnostics.diagnostic import Text

Load = Callable[[str], click.Command | None]


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is named."""

    def __init__(
        self,
        name: str | None = None,
        *,
        words: Text,
        summaries: Mapping[str, Text],
        load: Load,
        **attributes: Any,
    ) -> None:
        super().__init__(name, **attributes)
        self._words = words
        self._summaries = summaries
        self._load = load

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._summaries)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except WrongUsageError as error:
            report(error.diagnostics, settings_of(ctx))
            ctx.exit(WRONG_USAGE)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self._summaries and not args[0].startswith("-"):
            raise WrongUsageError([cli_messages.unknown_command(args[0], self._summaries)])
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._load(cmd_name)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = self._words.in_language(settings_of(ctx).language)
        super().format_help_text(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = settings_of(ctx).language
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, words.in_language(language)) for name, words in self._summaries.items()]
            )
