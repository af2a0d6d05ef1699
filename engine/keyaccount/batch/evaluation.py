"""Evaluate a list and write it: in one pass of SQL where nothing stands against it.

A row that SQL must not decide stops that pass at once. Then those rows alone
are decided by the Python backend, and a second pass writes all, each in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import duckdb

from keyaccount.backends.sql.tallies import Tally
from keyaccount.batch import sql_engine
from keyaccount.batch.account_list import ROW_NUMBER, AccountList, column_list, column_name
from keyaccount.batch.counters import Counters
from keyaccount.batch.duck import Database, identifier, literal
from keyaccount.batch.file_format import FileFormat
from keyaccount.batch.fixes import REJECTED, Fixes
from keyaccount.batch.job import Job
from keyaccount.batch.phases import Phases
from keyaccount.batch.rejects import RejectStage
from keyaccount.batch.result_sql import decided_value, merged_value
from keyaccount.batch.row_decider import BadCell, RowDecider
from keyaccount.batch.sql_cells import as_text, is_list
from keyaccount.batch.sql_engine import SqlPlan
from keyaccount.batch.summary import DecisionCounts
from keyaccount.batch.writing import Target, write

_CHUNK_ROWS: Final = 5_000
# The share of the whole at which a phase ends, if those before it took their time.
_ONE_PASS: Final = 0.95
_ROW_BY_ROW: Final = 0.8
_STOP: Final = "keyaccount: a row for the Python backend"


@dataclass(frozen=True, slots=True)
class Written:
    """What an evaluation came to: rows written, and of them those decided one by one."""

    rows: int
    redecided: int
    decisions: Mapping[str, DecisionCounts]


class Evaluation:
    """One reading of a list, evaluated and written.

    Args:
        database: does the work.
        job: what to decide.
        accounts: the list.
        target: the file to write.
        rejects: takes the cells that cannot be read.
        sql: the job in SQL; None has every row decided by the Python backend.
        phases: told how far it has come.
    """

    def __init__(
        self,
        database: Database,
        job: Job,
        accounts: AccountList,
        target: Target,
        rejects: RejectStage,
        sql: SqlPlan | None,
        phases: Phases,
    ) -> None:
        self._database = database
        self._job = job
        self._accounts = accounts
        self._target = target
        self._rejects = rejects
        self._sql = sql
        self._phases = phases

    def run(self) -> Written:
        """Evaluate and write.

        Raises:
            duckdb.Error: the list cannot be read.
        """
        written = None if self._sql is None else self._in_one_pass(self._sql)
        return written or self._in_two_passes()

    def _in_one_pass(self, sql: SqlPlan) -> Written | None:
        """All rows by SQL; None where some are not for SQL."""
        self._phases.begin(_ONE_PASS)
        source = sql_engine.relation(sql, self._accounts, numbered=False)
        again = sql_engine.again_flag(sql)
        guard = f"CASE WHEN {again} THEN error({literal(_STOP)}) ELSE true END"
        outputs = [
            f"{decided_value(column, sql.kind_of(column.header), self._job.target)} "
            f"AS {identifier(column.header)}"
            for column in self._job.outputs
        ]
        tallies = sql.decisions.tallies
        words = dict.fromkeys(each.column for each in tallies)
        others = map(identifier, words)
        counters = self._counters(tallies)
        try:
            select = f"SELECT {self._columns([*outputs, *others])} FROM {source} WHERE {guard}"
            return self._write(select, counters)
        except duckdb.Error as error:
            if _STOP in str(error):
                return None
            raise

    def _in_two_passes(self) -> Written:
        source = self._accounts.numbered
        if self._sql is not None:
            source = sql_engine.relation(self._sql, self._accounts, numbered=True)
        fixes = self._decide_row_by_row(source)
        written = self._merge(source, fixes)
        return replace(written, redecided=0 if self._sql is None else fixes.decided)

    def _decide_row_by_row(self, source: str) -> Fixes:
        """Decide the rows that are not for SQL; all of them where there is no SQL."""
        job, accounts = self._job, self._accounts
        types = job.fact_types(accounts)
        decider = RowDecider(
            job.program,
            {name: is_list(kind) for name, kind in types.items()},
            job.markers,
            job.as_of,
        )
        cells = [
            as_text(identifier(column_name(index)), accounts.types[index])
            for index in job.columns.values()
        ]
        again = "" if self._sql is None else f" WHERE {sql_engine.again_flag(self._sql)}"
        select = f"SELECT {', '.join([identifier(ROW_NUMBER), *cells])} FROM {source}{again}"
        fixes = Fixes(
            self._database.folder / "fixes.csv",
            job.outputs,
            lists_as_json=job.target is FileFormat.PARQUET,
        )
        self._phases.begin(_ROW_BY_ROW)
        rows_in = self._accounts.counted().rows_in
        try:
            for chunk in self._database.stream(select, _CHUNK_ROWS):
                self._phases.tell(int(str(chunk[0][0])) / max(rows_in, 1))
                for number, *texts in chunk:
                    self._decide_row(decider, fixes, number, cast(list[str | None], texts))
        finally:
            fixes.close()
        return fixes

    def _decide_row(
        self, decider: RowDecider, fixes: Fixes, number: object, texts: list[str | None]
    ) -> None:
        row_number = int(str(number))
        decided = decider.decide(texts)
        if not isinstance(decided, list):
            fixes.add(row_number, decided)
            return
        fixes.reject(row_number)
        row, line = self._accounts.place(row_number)
        for bad in sorted(decided, key=self._column_of):
            header = self._accounts.headers[self._column_of(bad)]
            self._rejects.add(row, line, header, bad.text, bad.reason)

    def _column_of(self, bad: BadCell) -> int:
        return self._job.columns[bad.fact]

    def _merge(self, source: str, fixes: Fixes) -> Written:
        """Write all rows in the order of the list, those with a fix as it says."""
        number = identifier(ROW_NUMBER)
        outputs = [
            f"{self._merged(index, fixes)} AS {identifier(column.header)}"
            for index, column in enumerate(self._job.outputs)
        ]
        joined = f"{source} LEFT JOIN {fixes.relation} AS fixes USING ({number})"
        kept = f"{identifier(REJECTED)} IS DISTINCT FROM true"
        select = f"SELECT {self._columns(outputs)}, {number} FROM {joined} WHERE {kept}"
        # A join gives rows in any order.
        self._phases.begin(1.0)
        return self._write(select, self._counters(()), f" ORDER BY {number}")

    def _merged(self, index: int, fixes: Fixes) -> str:
        column, sql = self._job.outputs[index], self._sql
        return merged_value(
            column,
            index,
            None if sql is None else sql.kind_of(column.header),
            self._job.target,
            fixes.widest,
            from_sql=sql is not None,
        )

    def _columns(self, outputs: list[str]) -> str:
        return ", ".join([column_list(len(self._accounts.headers)), *outputs])

    def _counters(self, tallies: Sequence[Tally]) -> Counters:
        facts = sorted(self._job.program.facts)
        return Counters(self._database, self._job.outputs, facts, self._job.target, tallies)

    def _write(self, select: str, counters: Counters, order: str = "") -> Written:
        """Write the rows of a query, and count what they come to."""
        counters.reset()
        names = [identifier(column.header) for column in self._job.outputs]
        counted = (
            f"SELECT {self._columns(names)} FROM ({select}) AS counted "
            f"WHERE {counters.condition()}{order}"
        )
        passed = len(self._accounts.headers)
        rows = write(self._database, self._target, counted, passed, self._phases.tell)
        return Written(rows, 0, counters.read(rows))
