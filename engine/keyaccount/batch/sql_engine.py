"""A list in SQL: cells, allowed values and decisions as three views, one over the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from keyaccount.backends.sql.kinds import (
    Boolean,
    Column,
    Date,
    Kind,
    Label,
    ListOf,
    Nothing,
    Number,
    Text,
)
from keyaccount.backends.sql.plan import DECIDE_AGAIN, Plan, compile_program
from keyaccount.batch.account_list import ROW_NUMBER, AccountList, column_name
from keyaccount.batch.allowed_values import decision_of, with_allowed_tests
from keyaccount.batch.duck import Database, identifier
from keyaccount.batch.file_format import FileFormat
from keyaccount.batch.job import Job
from keyaccount.batch.sql_cells import NumberForm, SqlCells, sql_cells
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel import types
from keyaccount.feel.values.python import from_python
from keyaccount.ir import core
from keyaccount.ir.rewrite import rebuild

_CELLS, _CHECKED, _DECIDED = "cells", "checked", "decided"
_UNREAD = "unread#"


@dataclass(frozen=True, slots=True)
class SqlPlan:
    """The three steps in SQL.

    `cells` reads the facts. `allowed` has a boolean for each fact with allowed
    values, None where there is none. `decisions` has the outputs.
    """

    facts: Mapping[str, SqlCells]
    allowed: Plan | None
    decisions: Plan

    def kind_of(self, name: str) -> Kind | None:
        """The kind of an output column that holds a value."""
        return next(each.kind for each in self.decisions.columns if each.name == name)


def plan(job: Job, accounts: AccountList) -> SqlPlan:
    """Compile a job.

    Raises:
        PolicyError: something in the policy has no exact equal in SQL, and what.
    """
    numeric = any(_has_numbers(each.type) for each in job.decisions)
    forms: tuple[NumberForm, ...] = ("decimal",) if numeric else ("double", "decimal")
    for form in forms[:-1]:
        try:
            return _plan(job, accounts, form)
        except PolicyError:
            # Arithmetic on a DOUBLE is not exact: it may be on a DECIMAL.
            continue
    return _plan(job, accounts, forms[-1])


def _plan(job: Job, accounts: AccountList, form: NumberForm) -> SqlPlan:
    facts = {
        name: sql_cells(
            job.program.facts[name],
            identifier(column_name(index)),
            accounts.types[index],
            job.markers,
            form,
        )
        for name, index in job.columns.items()
    }
    columns = {
        name: Column(cells.kind, _fact(name))
        for name, cells in facts.items()
        if cells.kind is not None
    }
    # Numbered or not, the same statement serves: the row's number is kept where it is there.
    program = _with_today(with_allowed_tests(job.program, columns), job)
    passed = [column_name(index) for index in range(len(accounts.headers))]
    tests = [name for name in columns if program.facts[name].allowed is not None]
    allowed = None
    if tests:
        allowed = compile_program(
            program,
            columns,
            decisions=[decision_of(name) for name in tests],
            relation=_CELLS,
            keep=[*passed, ROW_NUMBER, _UNREAD, *map(_fact, columns)],
            details=("value",),
        )
    decided = compile_program(
        program,
        columns,
        decisions=[each.name for each in job.decisions],
        relation=_CHECKED if tests else _CELLS,
        keep=[*passed, ROW_NUMBER, _UNREAD],
        lists="array" if job.target is FileFormat.PARQUET else "text",
        count=True,
    )
    _refuse_unwritable(decided, job)
    return SqlPlan(facts, allowed, decided)


def create_views(database: Database, sql: SqlPlan, accounts: AccountList, *, numbered: bool) -> str:
    """Create the views over a list.

    Args:
        database: where they are created, in the place of earlier ones.
        sql: the compiled job.
        accounts: the list.
        numbered: whether the rows need their numbers, which take time.

    Returns:
        SQL for what stands behind FROM: the list's columns, the row number,
        and the outputs by their headers.
    """
    passed = [identifier(column_name(index)) for index in range(len(accounts.headers))]
    number = identifier(ROW_NUMBER)
    facts = [f"{cells.value} AS {identifier(_fact(name))}" for name, cells in sql.facts.items()]
    flags = [f"coalesce({cells.again}, false)" for cells in sql.facts.values() if cells.again]
    columns = [
        *passed,
        number if numbered else f"CAST(NULL AS BIGINT) AS {number}",
        *facts,
        f"{' OR '.join(flags) or 'false'} AS {identifier(_UNREAD)}",
    ]
    source = accounts.numbered if numbered else accounts.relation
    _create(database, _CELLS, f"SELECT {', '.join(columns)} FROM {source}")
    if sql.allowed is not None:
        _create(database, _CHECKED, _checked(sql.allowed, [*passed, number]))
    _create(database, _DECIDED, sql.decisions.sql())
    return _DECIDED


def again_flag(sql: SqlPlan) -> str:
    """The condition under which a row must be decided by the Python backend."""
    unread = identifier(_UNREAD)
    return unread if sql.decisions.decides_all else f"({unread} OR {identifier(DECIDE_AGAIN)})"


def _checked(allowed: Plan, passed: list[str]) -> str:
    """The cells, with values that are not allowed flagged like those that could not be read."""
    flags = [identifier(_UNREAD)]
    for column in allowed.columns:
        fact = identifier(_fact(column.name))
        flags.append(f"({fact} IS NOT NULL AND NOT coalesce({identifier(column.name)}, false))")
    facts = [identifier(each) for each in allowed.kept if each.startswith(_FACT_PREFIX)]
    columns = [*passed, *facts, f"{' OR '.join(flags)} AS {identifier(_UNREAD)}"]
    return f"SELECT {', '.join(columns)} FROM ({allowed.sql()}) AS allowed"


def _create(database: Database, name: str, statement: str) -> None:
    database.run(f"CREATE OR REPLACE VIEW {name} AS {statement}")


_FACT_PREFIX = "fact#"


def _fact(name: str) -> str:
    """The column that holds a fact's value as SQL read it; no header can be called that."""
    return _FACT_PREFIX + name


def _with_today(program: core.Program, job: Job) -> core.Program:
    """The program with `today()` as the constant it is."""
    today = from_python(job.as_of)

    def change(node: core.Expression) -> core.Expression:
        if isinstance(node, core.Moment) and node.which == "today":
            return core.Literal(types.DATE, node.span, today)
        return rebuild(node, change)

    decisions = {
        name: replace(each, logic=change(each.logic)) for name, each in program.decisions.items()
    }
    return replace(program, decisions=decisions)


def _has_numbers(of: types.Type) -> bool:
    match of:
        case types.ListType(item):
            return _has_numbers(item)
        case types.ContextType(entries):
            return any(_has_numbers(each) for _, each in entries)
        case _:
            return of in {types.NUMBER, types.ANY}


def _refuse_unwritable(decided: Plan, job: Job) -> None:
    """Refuse values that SQL works out but would write otherwise than the Python backend."""
    refused = [
        batch_messages.unwritable_value(job.program.decisions[each.decision].span)
        for each in decided.columns
        if each.detail == "value" and not _is_writable(each.kind)
    ]
    if refused:
        raise PolicyError(refused)


def _is_writable(kind: Kind | None) -> bool:
    match kind:
        case Boolean() | Text() | Label() | Date() | Nothing():
            return True
        case Number(form=form):
            return form != "double"
        case ListOf(item):
            return isinstance(item, Text | Label)
        case _:
            return False
