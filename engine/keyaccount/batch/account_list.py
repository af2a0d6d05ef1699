"""An account list as the rest of the batch sees it, whatever file it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keyaccount.batch.duck import identifier
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError

ROW_NUMBER: Final = "row#"
"""The name of a numbered relation's last column, from 1. No FEEL name holds a `#`."""


FEW_ROWS: Final = 10_000
FEW_BYTES: Final = 1_000_000


def column_name(index: int) -> str:
    """The name under which a column goes in SQL, whatever its header."""
    return f"in#{index}"


def column_list(count: int) -> str:
    """The names of that many columns, for SQL."""
    return ", ".join(identifier(column_name(index)) for index in range(count))


@dataclass(frozen=True, slots=True)
class CountedRows:
    """Rows of the file as counted without the database's help; `blank` ones are none of them.

    `structural_rejects` are those that could not be taken apart.
    """

    rows_in: int
    blank: int
    structural_rejects: int


@dataclass(frozen=True, slots=True)
class AccountList:
    """A list that is ready to be read.

    `types` are the database's names of the columns' types. `relation` and
    `numbered` are SQL for what stands behind FROM, with the columns
    `column_name(i)`; the latter has `ROW_NUMBER` besides. `place` gives, for
    such a number, the row's number in the list and its line in the file.
    `counted` waits for the count to be there. `few`: so few rows that to
    compile SQL takes longer than to decide them one by one.
    """

    headers: tuple[str, ...]
    types: tuple[str, ...]
    relation: str
    numbered: str
    place: Callable[[int], tuple[int, int]]
    counted: Callable[[], CountedRows]
    few: bool
    delimiter: str = ","
    bom: bool = False
    doubts: tuple[Diagnostic, ...] = ()


def existing_file(path: Path) -> Path:
    """The path of a file that is there.

    Raises:
        FactError: there is none, or it is a directory.
    """
    if path.is_dir():
        raise FactError([batch_messages.is_a_directory(str(path))])
    if not path.exists():
        raise FactError([batch_messages.not_found(str(path))])
    if not path.is_file():
        raise FactError([batch_messages.not_a_file(str(path))])
    return path
