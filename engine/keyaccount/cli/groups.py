"""A command that has commands of its own, with words in two languages."""

from __future__ import annotations

from typing import Any

import click

from keyaccount.cli.command import DATA_ERROR, WRONG_USAGE, settings_of
from keyaccount.cli.failures import WrongUsageError, report
from keyaccount.diagnostics import cli_messages
from keyaccount.diagnostics.diagnostic import KeyaccountError, Text


class Group(click.Group):
    """A group whose help is in two languages, and whose errors never show a traceback."""

    def __init__(self, name: str | None = None, *, words: Text, **attributes: Any) -> None:
        super().__init__(name, **attributes)
        self._words = words

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = self._words.in_language(settings_of(ctx).language)
        super().format_help_text(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = settings_of(ctx).language
        rows = []
        for name, each in self.commands.items():
            words: Text | None = getattr(each, "_words", None)
            rows.append((name, "" if words is None else words.in_language(language)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except WrongUsageError as error:
            report(error.diagnostics, settings_of(ctx))
            ctx.exit(WRONG_USAGE)
        except KeyaccountError as error:
            report(error.diagnostics, settings_of(ctx))
            ctx.exit(DATA_ERROR)
        except OSError as error:
            report([cli_messages.system_error(error)], settings_of(ctx))
            ctx.exit(DATA_ERROR)
