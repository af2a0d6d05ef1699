"""Rich consoles: as wide as the terminal, or wide enough for a file."""

from __future__ import annotations

import os
import sys

from rich.console import Console, RenderableType

_WIDTH_OF_FILES = 120


def output() -> Console:
    """Standard output, for people."""
    return _console(stderr=False)


def side() -> Console:
    """Standard error: progress, and what is said on the way."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    width = None if terminal or "COLUMNS" in os.environ else _WIDTH_OF_FILES
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


def show(console: Console, what: RenderableType) -> None:
    """Print; in files without the blanks that pad a table's lines."""
    if console.is_terminal:
        console.print(what)
        return
    with console.capture() as captured:
        console.print(what)
    console.out("\n".join(line.rstrip() for line in captured.get().splitlines()))
