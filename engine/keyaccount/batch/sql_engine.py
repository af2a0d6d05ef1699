"""A list in SQL: cells, allowed values and decisions as three queries, one over the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keyaccount.backends.sql.kinds import Column, Enums, Kind, Label, ListOf, Text
from keyaccount.backends.sql.plan import DECIDE_AGAIN, Plan, compile_program
from keyaccount.batch.account_list import ROW_NUMBER, AccountList, column_name
from keyaccount.batch.allowed_values import decision_of, with_allowed_tests
from keyaccount.batch.duck import identifier
from keyaccount.batch.feel_sql import is_writable
from keyaccount.batch.file_format import FileFormat
from keyaccount.batch.job import Job
from keyaccount.batch.sql_cells import NumberForm, SqlCells, sql_cells
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel import types

_CELLS, _CHECKED, _DECIDED = "cells", "checked", "decided"
_UNREAD = "unread#"


@dataclass(frozen=True, slots=True)
class SqlPlan:
    """The three steps in SQL.

    `cells` reads the facts. `allowed` has a boolean for each fact with allowed
    values, None where there is none. `decisions` has the outputs.
    `enums` are the types that must be created first.
    """

    facts: Mapping[str, SqlCells]
    allowed: Plan | None
    decisions: Plan
    enums: Enums

    def kind_of(self, header: str) -> Kind | None:
        """What an output column holds, of those with values."""
        return next(each.kind for each in self.decisions.columns if each.name == header)


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
    enums = Enums()
    facts = {
        name: sql_cells(
            job.program.facts[name],
            identifier(column_name(index)),
            accounts.types[index],
            job.markers,
            form,
            enums,
        )
        for name, index in job.columns.items()
    }
    columns = {
        name: Column(cells.kind, _fact(name))
        for name, cells in facts.items()
        if cells.kind is not None
    }
    # Numbered or not, the same statement serves: the row's number is kept where it is there.
    program = with_allowed_tests(job.program, columns)
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
            enums=enums,
            today=job.as_of,
        )
    decided = compile_program(
        program,
        columns,
        decisions=[each.name for each in job.decisions],
        relation=_CHECKED if tests else _CELLS,
        keep=[*passed, ROW_NUMBER, _UNREAD],
        lists="array" if job.target is FileFormat.PARQUET else "text",
        enums=enums,
        count=True,
        today=job.as_of,
    )
    _refuse_unwritable(decided, job)
    return SqlPlan(facts, allowed, decided, enums)


def relation(sql: SqlPlan, accounts: AccountList, *, numbered: bool) -> str:
    """What stands behind FROM: the list's columns, the row number, and the outputs by header.

    Args:
        sql: the compiled job.
        accounts: the list.
        numbered: whether the rows need their numbers, which take time.
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
    steps = {_CELLS: f"SELECT {', '.join(columns)} FROM {source}"}
    if sql.allowed is not None:
        steps[_CHECKED] = _checked(sql.allowed, [*passed, number])
    named = ", ".join(f"{name} AS NOT MATERIALIZED ({step})" for name, step in steps.items())
    return f"(WITH {named} SELECT * FROM ({sql.decisions.sql()}) AS {_DECIDED}) AS {_DECIDED}"


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


_FACT_PREFIX = "fact#"


def _fact(name: str) -> str:
    """The column that holds a fact's value as SQL read it; no header can be called that."""
    return _FACT_PREFIX + name


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
    """Whether values of a kind can be written; lists in lists are joined otherwise in SQL."""
    if isinstance(kind, ListOf):
        return isinstance(kind.item, Text | Label)
    return kind is not None and is_writable(kind)
