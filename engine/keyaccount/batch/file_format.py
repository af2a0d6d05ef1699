"""Which kind of file a path names, by its ending."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import FactError


class FileFormat(StrEnum):
    """The kinds of file that hold account lists; the value is the ending."""

    CSV = ".csv"
    PARQUET = ".parquet"
    XLSX = ".xlsx"


def format_of(path: Path) -> FileFormat:
    """The format that a file's ending names.

    Raises:
        FactError: the ending names none.
    """
    try:
        return FileFormat(path.suffix.lower())
    except ValueError:
        raise FactError([batch_messages.unknown_ending(str(path))]) from None
