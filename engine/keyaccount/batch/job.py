"""What a batch is to do: the same for every engine and every kind of file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from keyaccount.batch.account_list import AccountList
from keyaccount.batch.cells import MissingMarkers
from keyaccount.batch.file_format import FileFormat
from keyaccount.batch.outputs import OutputColumn
from keyaccount.ir import core


@dataclass(frozen=True, slots=True)
class Job:
    """The decisions to make, and where their facts come from.

    `program` is bound, cut down to what is needed, constants filled in.
    `columns` has the index of each fact's column; `outputs` are the columns to
    be added, five for each decision, in order.
    """

    program: core.Program
    columns: Mapping[str, int]
    outputs: tuple[OutputColumn, ...]
    markers: MissingMarkers
    as_of: date
    target: FileFormat

    @property
    def decisions(self) -> tuple[core.Decision, ...]:
        """The decisions asked for, in order."""
        return tuple({each.decision.name: each.decision for each in self.outputs}.values())

    def fact_types(self, accounts: AccountList) -> dict[str, str]:
        """The SQL type of each fact's column."""
        return {name: accounts.types[index] for name, index in self.columns.items()}
