"""Tell what went wrong, to people on standard error or to programs as JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from keyaccount.cli import streams
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Diagnostic, KeyaccountError, Language
from keyaccount.diagnostics.render import render


class WrongUsageError(KeyaccountError):
    """The command line itself is wrong, not a policy or the data."""


def report(diagnostics: Sequence[Diagnostic], settings: Settings) -> None:
    """People read them on standard error; programs take the JSON from standard output."""
    if settings.json:
        plain = [to_json_dict(each, settings.language) for each in diagnostics]
        streams.print_json({"diagnostics": plain})
    else:
        sys.stderr.write(render(diagnostics, settings.language) + "\n")


def to_json_dict(diagnostic: Diagnostic, language: Language) -> dict[str, object]:
    """A diagnostic for programs: lines and columns from 1, columns in characters."""
    plain: dict[str, object] = {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message.in_language(language),
        "help": diagnostic.help.in_language(language) if diagnostic.help else None,
    }
    if diagnostic.span is not None:
        span = diagnostic.span
        start, end = span.position, span.source.position(span.end)
        plain |= {
            "file": span.source.name,
            "line": start.line,
            "column": start.column,
            "end_line": end.line,
            "end_column": end.column,
        }
    return plain
