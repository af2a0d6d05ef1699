"""Decide a single row, cell by cell: the careful way, for whatever SQL leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from keyaccount.backends.python import compile_program
from keyaccount.batch.allowed_values import decision_of, with_allowed_tests
from keyaccount.batch.cells import MISSING, CellError, MissingMarkers, Reader, cell_reader
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.ir import core
from keyaccount.ir.outcome import Outcome


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that cannot be used: the fact it was to give, its text, and why not."""

    fact: str
    text: str
    reason: Diagnostic


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row's facts and the texts that they were read from; `bad` are the cells that give none."""

    facts: dict[str, object]
    texts: dict[str, str]
    bad: list[BadCell]


class RowReader:
    """Reads the cells of rows.

    Args:
        program: bound; its facts include those of `columns`.
        columns: the facts that have a column, in the order in which cells come;
            the value says whether lists come as JSON.
        markers: texts that stand for an empty cell.
    """

    def __init__(
        self, program: core.Program, columns: Mapping[str, bool], markers: MissingMarkers
    ) -> None:
        self._readers: list[tuple[str, Reader]] = [
            (name, cell_reader(program.facts[name], markers, items_as_json=as_json))
            for name, as_json in columns.items()
        ]

    def read(self, cells: Sequence[str | None]) -> ReadRow:
        """The facts of a row; an empty cell is unknown."""
        row = ReadRow({}, {}, [])
        for (name, read), text in zip(self._readers, cells, strict=True):
            if text is None:
                continue
            try:
                value = read(text)
            except CellError as error:
                row.bad.append(BadCell(name, text, error.diagnostic))
                continue
            if value is not MISSING:
                row.facts[name] = value
                row.texts[name] = text
        return row


class RowDecider:
    """Decides rows by the Python backend.

    Args:
        program: bound; its facts include those of `columns`.
        columns: as `RowReader` has them.
        markers: texts that stand for an empty cell.
        as_of: what `today()` gives.
    """

    def __init__(
        self,
        program: core.Program,
        columns: Mapping[str, bool],
        markers: MissingMarkers,
        as_of: date,
    ) -> None:
        self._compiled = compile_program(with_allowed_tests(program, columns))
        self._reader = RowReader(program, columns, markers)
        self._allowed = {
            name: allowed.span.text
            for name in columns
            if (allowed := program.facts[name].allowed) is not None
        }
        self._as_of = as_of

    def decide(self, cells: Sequence[str | None]) -> Mapping[str, Outcome] | list[BadCell]:
        """The outcomes by full name of the decision, or all bad cells of the row."""
        row = self._reader.read(cells)
        outcomes = self._compiled.decide(row.facts, self._as_of)
        for name, tests in self._allowed.items():
            if name in row.facts and outcomes[decision_of(name)].value is not True:
                reason = batch_messages.not_allowed(row.texts[name], tests)
                row.bad.append(BadCell(name, row.texts[name], reason))
        return row.bad or outcomes
