"""Tell what went wrong, to people on standard error or to programs as JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from keyaccount.cli import streams
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Diagnostic, KeyaccountError
from keyaccount.diagnostics.render import as_json, render


class WrongUsageError(KeyaccountError):
    """The command line itself is wrong, not a policy or the data."""


def report(diagnostics: Sequence[Diagnostic], settings: Settings) -> None:
    """People read them on standard error; programs take the JSON from standard output."""
    if settings.json:
        streams.print_json({"diagnostics": as_json(diagnostics)})
    else:
        color = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        sys.stderr.write(render(diagnostics, settings.language, color) + "\n")
