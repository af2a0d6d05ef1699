"""What a batch came to, for people and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.ir.outcome import Status


class Engine(StrEnum):
    """What evaluates a list.

    `AUTO`: SQL where it can, and where it pays: few rows are done sooner row by row.
    `SQL`: SQL or nothing. `PYTHON`: row by row.
    """

    AUTO = "auto"
    SQL = "sql"
    PYTHON = "python"


@dataclass(frozen=True, slots=True)
class DecisionCounts:
    """How often a decision came out how.

    `values` counts the rows that have a value, for booleans and declared
    values (by their text; for lists, the rows whose list holds it), and is
    None for decisions with values of any other kind. `missing` counts, by
    fact, the rows that wait for it.
    """

    statuses: Mapping[Status, int]
    values: Mapping[str, int] | None
    missing: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a batch came to.

    `rows_in`, counted apart from the evaluation, is `rows_out` and
    `rows_rejected` together; `blank_rows` are none of them. `rejected_cells`
    are the lines of the rejects file. `redecided` rows were left by SQL to
    the Python backend. `columns` has the header of each fact that had one,
    `facts_without_column` those needed ones that had neither a column nor a
    value for all rows. `refusals` say why SQL could not be used, `doubts` what
    in the list deserves a second look.
    """

    rows_in: int
    rows_out: int
    rows_rejected: int
    rejected_cells: int
    blank_rows: int
    decisions: Mapping[str, DecisionCounts]
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    facts_without_column: tuple[str, ...]
    engine: Engine
    redecided: int
    refusals: tuple[Diagnostic, ...]
    output: Path
    rejects: Path | None
    doubts: tuple[Diagnostic, ...]
