"""The way in: evaluate an account list through a policy."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

import duckdb

from keyaccount.batch import sql_engine
from keyaccount.batch.account_list import AccountList, CountedRows
from keyaccount.batch.cells import MissingMarkers
from keyaccount.batch.csv_list import UntrustedFileError, look_at, open_cleaned, open_directly
from keyaccount.batch.doubts import doubts
from keyaccount.batch.duck import Database, Resources, database
from keyaccount.batch.evaluation import Evaluation, Written
from keyaccount.batch.file_format import FileFormat, format_of
from keyaccount.batch.job import Job
from keyaccount.batch.mapping import Columns, fact_headers, map_columns
from keyaccount.batch.outputs import output_columns
from keyaccount.batch.parquet_list import open_parquet
from keyaccount.batch.phases import Phases, Tell
from keyaccount.batch.rejects import RejectLog
from keyaccount.batch.request import Paths, Task, checked_paths, task_of
from keyaccount.batch.sql_engine import SqlPlan
from keyaccount.batch.summary import Engine, Summary
from keyaccount.batch.writing import Target, check_headers, place
from keyaccount.batch.xlsx_list import open_xlsx
from keyaccount.batch.xlsx_write import MOST_ROWS
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError, PolicyError
from keyaccount.ir import core
from keyaccount.policy_set import PolicySet

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_DEFAULT_MARKERS: Final = MissingMarkers()
_DEFAULT_RESOURCES: Final = Resources()
_DISK_FULL: Final = ("No space left on device", "failed to offload data block")
"""What the database says where the disk is full, or the room that it may take there."""
# Cleaning a file is told as this share of the whole.
_CLEANING: Final = 0.5


def run_batch(
    policies: PolicySet | core.Program,
    policy: str,
    input_path: str | Path,
    output_path: str | Path,
    *,
    decisions: Sequence[str] | None = None,
    mapping: Mapping[str, str] = _NONE,
    constants: Mapping[str, str] = _NONE,
    rejects: str | Path | None = None,
    as_of: date | None = None,
    engine: Engine | str = Engine.AUTO,
    encoding: str | None = None,
    missing: MissingMarkers = _DEFAULT_MARKERS,
    resources: Resources = _DEFAULT_RESOURCES,
    progress: Tell | None = None,
) -> Summary:
    """Evaluate an account list of any size, and write it with the decisions beside its columns.

    Nothing is ever half written: the files appear when all is done.

    Args:
        policies: the policies, or a program of their decisions.
        policy: the name of the policy.
        input_path: CSV, Parquet or XLSX, by its ending.
        output_path: the same; must be another file.
        decisions: local names of the policy's decisions; all where left out.
        mapping: facts by header; other columns are known by the facts' names,
            aliases and titles.
        constants: texts by fact, a value for all rows.
        rejects: where rows that cannot be read go, as CSV; beside the output,
            with `.rejects.csv` behind its name, where left out. Written only
            if there are some, unless it is given.
        as_of: the date whose figures and rules apply; today where left out.
        engine: `auto` is SQL where it can, and row by row where there are few
            rows; `sql` is SQL or nothing; `python` is row by row.
        encoding: of a CSV file; found out where left out.
        missing: texts that stand for an empty cell.
        resources: memory and threads.
        progress: told the share that is done, from 0 to 1, now and then.

    Raises:
        FactError: the files, headers, mapping or constants are not as they should be.
        PolicyError: the policy cannot be compiled for the date, or not to SQL
            where SQL is asked for.
    """
    paths = checked_paths(
        Path(input_path), Path(output_path), None if rejects is None else Path(rejects)
    )
    task = task_of(policies, policy, decisions, constants, as_of, missing)
    with database(paths.output, resources) as db:
        phases = Phases(progress)
        batch = _Batch(db, paths, task, mapping, constants, missing, Engine(engine), phases)
        try:
            summary = batch.run(encoding)
        except duckdb.Error as error:
            raise FactError([_failure(str(error), paths.output.parent)]) from None
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise FactError([batch_messages.disk_full(str(paths.output.parent))]) from None
        phases.begin(1.0)
        phases.tell(1.0)
        return summary


def _failure(reason: str, folder: Path) -> Diagnostic:
    if any(each in reason for each in _DISK_FULL):
        return batch_messages.disk_full(str(folder))
    return batch_messages.cannot_compute(reason)


class _Batch:
    """One run: opens the list, has it evaluated, puts the files in their places."""

    def __init__(
        self,
        db: Database,
        paths: Paths,
        task: Task,
        mapping: Mapping[str, str],
        constants: Mapping[str, str],
        markers: MissingMarkers,
        engine: Engine,
        phases: Phases,
    ) -> None:
        self._db = db
        self._paths = paths
        self._task = task
        self._mapping = mapping
        self._constants = constants
        self._markers = markers
        self._engine = engine
        self._phases = phases
        self._rejects = RejectLog(db.folder)

    def run(self, encoding: str | None) -> Summary:
        path = self._paths.input
        match format_of(path):
            case FileFormat.PARQUET:
                return self._evaluated(open_parquet(path, self._db))
            case FileFormat.XLSX:
                names = fact_headers(self._task.facts, self._mapping)
                return self._evaluated(open_xlsx(path, self._db, names))
            case FileFormat.CSV:
                return self._run_csv(encoding)

    def _run_csv(self, encoding: str | None) -> Summary:
        """Read the file as it stands; where that cannot be trusted, by way of a clean copy."""
        file = look_at(self._paths.input, encoding, self._db.folder)
        if file.simple:
            with suppress(UntrustedFileError, duckdb.InvalidInputException):
                return self._evaluated(open_directly(file), trusted=False)
            self._rejects.discard()
        stage = self._rejects.stage()
        self._phases.begin(_CLEANING)
        accounts = open_cleaned(file, self._db.folder, stage.add_row, self._phases.tell)
        return self._evaluated(accounts)

    def _evaluated(self, accounts: AccountList, *, trusted: bool = True) -> Summary:
        task = self._task
        self._db.make_room(len(accounts.headers))
        columns = map_columns(
            accounts.headers,
            task.facts,
            self._mapping,
            self._constants,
            tuple(task.program.facts),
        )
        outputs = tuple(output_columns(task.decisions, accounts.headers))
        headers = (*accounts.headers, *(each.header for each in outputs))
        kind = format_of(self._paths.output)
        check_headers(headers, kind)
        if kind is FileFormat.XLSX and accounts.counted().rows_in > MOST_ROWS:
            limit = f"{MOST_ROWS} rows"
            raise FactError([batch_messages.too_large(str(self._paths.output), limit)])
        job = Job(task.program, columns.by_fact, outputs, self._markers, task.as_of, kind)
        sql, refusals = self._compiled(job, accounts)
        grown = self._db.folder / f"output{kind.value}"
        target = Target(grown, kind, headers, accounts.delimiter, accounts.bom)
        evaluation = Evaluation(
            self._db, job, accounts, target, self._rejects.stage(), sql, self._phases
        )
        written = evaluation.run()
        counted = accounts.counted()
        if written.rows + self._rejects.rows != counted.rows_in:
            if not trusted:
                raise UntrustedFileError
            raise FactError(
                [batch_messages.miscounted(counted.rows_in, written.rows, self._rejects.rows)]
            )
        self._finish(grown)
        engine = Engine.PYTHON if sql is None else Engine.SQL
        return self._summary(accounts, columns, counted, written, engine, refusals)

    def _compiled(
        self, job: Job, accounts: AccountList
    ) -> tuple[SqlPlan | None, tuple[Diagnostic, ...]]:
        """The job in SQL; or none, and why."""
        if self._engine is Engine.PYTHON or (self._engine is Engine.AUTO and accounts.few):
            return None, ()
        try:
            plan = sql_engine.plan(job, accounts)
        except PolicyError as error:
            if self._engine is Engine.SQL:
                raise
            return None, error.diagnostics
        if definitions := plan.enums.definitions():
            self._db.run("; ".join(definitions))
        return plan, ()

    def _finish(self, grown: Path) -> None:
        """Put the files in their places: the rejects first, so that the output stands for all."""
        rejects = self._paths.rejects
        try:
            if self._rejects.rows or self._paths.asked_rejects is not None:
                written = self._db.folder / "rejects.csv"
                self._rejects.write(written)
                place(written, rejects)
            place(grown, self._paths.output)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FactError([batch_messages.unwritable_file(str(error.filename), reason)]) from None

    def _summary(
        self,
        accounts: AccountList,
        columns: Columns,
        counted: CountedRows,
        written: Written,
        engine: Engine,
        refusals: tuple[Diagnostic, ...],
    ) -> Summary:
        rejected = self._rejects.rows
        has_rejects = rejected > 0 or self._paths.asked_rejects is not None
        return Summary(
            rows_in=counted.rows_in,
            rows_out=written.rows,
            rows_rejected=rejected,
            rejected_cells=self._rejects.cells,
            blank_rows=counted.blank,
            decisions=written.decisions,
            columns={name: accounts.headers[index] for name, index in columns.by_fact.items()},
            constants=dict(self._constants),
            facts_without_column=columns.absent,
            engine=engine,
            redecided=written.redecided,
            refusals=refusals,
            output=self._paths.output,
            rejects=self._paths.rejects if has_rejects else None,
            doubts=(*accounts.doubts, *doubts(accounts.headers, self._task.facts, columns)),
        )
