"""Read the cells of a fact in SQL, with the meaning of `cells`, and flag those left to it.

INVARIANT: where a cell is not flagged, SQL's value is the one `cells` reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from typing import Literal as OneOf

from keyaccount.backends.sql.kinds import (
    Boolean,
    Date,
    Enums,
    Kind,
    Label,
    Number,
    Text,
    kind_of_sql_type,
)
from keyaccount.batch.cells import FALSE_WORDS, TRUE_WORDS, MissingMarkers, titles_of
from keyaccount.batch.duck import literal, one_of
from keyaccount.feel import types
from keyaccount.ir.core import Fact

NumberForm = OneOf["double", "decimal"]
"""How numbers written as text are held: DOUBLE serves comparisons, DECIMAL arithmetic too."""

DIGITS: Final = 15
"""So many digits survive a DOUBLE unchanged."""

DECIMAL: Final = Number(18, 6)
_DOUBLE: Final = Number(DIGITS, 0, "double")
# Beyond these a DOUBLE is infinite, or loses digits.
_LEAST, _MOST = "1e-290", "1e290"


@dataclass(frozen=True, slots=True)
class SqlCells:
    """The cells of a fact: their value, and whether a row must be read by `cells`.

    `kind` is None where SQL reads none of them; `again` None where it reads all.
    """

    kind: Kind | None
    value: str
    again: str | None


def sql_cells(
    fact: Fact,
    column: str,
    sql_type: str,
    markers: MissingMarkers,
    form: NumberForm,
    enums: Enums,
) -> SqlCells:
    """How SQL reads a column.

    Args:
        fact: what the column holds.
        column: its name in SQL.
        sql_type: the database's name of its type.
        markers: texts that stand for an empty cell.
        form: how numbers in texts are held.
        enums: the types of declared values.
    """
    if sql_type != "VARCHAR":
        native = _native(fact, column, sql_type)
        if native is not None:
            return native
        column = f"CAST({column} AS VARCHAR)"
    missing = markers.for_fact(fact)
    match fact.type:
        case types.NUMBER:
            return _number(column, missing, form)
        case types.BOOLEAN:
            return _boolean(column, missing)
        case types.DATE:
            return _date(column, missing)
        case types.STRING:
            return SqlCells(Text(), _known(column, missing), None)
        case types.Enumeration(values):
            return _enumeration(fact, values, enums.name_of(values), column, missing)
        case _:
            return SqlCells(None, "NULL", f"({_known(column, missing)}) IS NOT NULL")


def as_text(column: str, sql_type: str) -> str:
    """The cell as the text that `cells` reads; a list as a JSON array of texts."""
    if sql_type == "VARCHAR":
        return column
    if sql_type.endswith("]"):
        return f"to_json(CAST({column} AS VARCHAR[]))::VARCHAR"
    return f"CAST({column} AS VARCHAR)"


def is_list(sql_type: str) -> bool:
    """Whether a column holds native lists."""
    return sql_type.endswith("]")


def _native(fact: Fact, column: str, sql_type: str) -> SqlCells | None:
    """A column whose own type is the fact's."""
    if fact.type == types.NUMBER and sql_type in {"DOUBLE", "FLOAT"}:
        # A FLOAT stands for its own shortest decimal, which as a DOUBLE is another number
        # than the FLOAT widened.
        wide = column if sql_type == "DOUBLE" else f"CAST(CAST({column} AS VARCHAR) AS DOUBLE)"
        finite = f"CASE WHEN isfinite({column}) THEN {wide} END"
        return SqlCells(_DOUBLE, finite, f"NOT isfinite({column})")
    kind = kind_of_sql_type(sql_type)
    match fact.type, kind:
        case types.NUMBER, Number(precision) if precision <= _MOST_DIGITS:
            return SqlCells(kind, column, None)
        case (types.BOOLEAN, Boolean()) | (types.DATE, Date()):
            return SqlCells(kind, column, None)
        case _:
            return None


def _number(column: str, missing: frozenset[str], form: NumberForm) -> SqlCells:
    double = f"TRY_CAST({column} AS DOUBLE)"
    # More digits than a DOUBLE keeps; texts of that length are rare, so looked at apart.
    long = (
        f"CASE WHEN strlen({column}) <= {DIGITS} THEN false "
        f"ELSE strlen(replace({column}, '.', '')) > {DIGITS} END"
    )
    # Near zero an exponent may hide that digits were lost; `+-5` passes for a DOUBLE.
    again = (
        f"CASE WHEN {double} IS NULL THEN {_given(column, missing)} "
        f"WHEN {double} < {_LEAST} AND contains({column}, '+-') THEN true "
        f"WHEN abs({double}) < {_LEAST} THEN {long} OR contains(lower({column}), 'e') "
        f"ELSE {long} OR abs({double}) > {_MOST} END"
    )
    if form == "double":
        return SqlCells(_DOUBLE, f"CASE WHEN isfinite({double}) THEN {double} END", again)
    exact = f"TRY_CAST({column} AS DECIMAL({DECIMAL.precision}, {DECIMAL.scale}))"
    differs = f"{double} IS NOT NULL AND CAST({exact} AS DOUBLE) IS DISTINCT FROM {double}"
    return SqlCells(DECIMAL, exact, f"({again}) OR ({differs})")


def _boolean(column: str, missing: frozenset[str]) -> SqlCells:
    cast = f"TRY_CAST({column} AS BOOLEAN)"
    value = (
        f"CASE WHEN {cast} IS NOT NULL THEN {cast} WHEN {column} IS NULL THEN NULL "
        f"WHEN {one_of(column, TRUE_WORDS)} THEN true "
        f"WHEN {one_of(column, FALSE_WORDS)} THEN false END"
    )
    return SqlCells(Boolean(), value, _unread(value, column, missing))


def _date(column: str, missing: frozenset[str]) -> SqlCells:
    # The year 0 has another name in SQL.
    shape = f"strlen({column}) = 10 AND {column} LIKE '____-__-__' AND {column} > '0001'"
    value = f"CASE WHEN {shape} THEN TRY_CAST({column} AS DATE) END"
    return SqlCells(Date(), value, _unread(value, column, missing))


def _enumeration(
    fact: Fact, values: tuple[str, ...], label: str, column: str, missing: frozenset[str]
) -> SqlCells:
    value = f"TRY_CAST({column} AS {label})"
    others = {
        text: found
        for text, found in titles_of(values, fact.value_titles).items()
        if text not in values
    }
    if others:
        arms = " ".join(f"WHEN {literal(text)} THEN {literal(to)}" for text, to in others.items())
        value = f"coalesce({value}, CAST(CASE {column} {arms} END AS {label}))"
    return SqlCells(Label(values), value, _unread(value, column, missing))


def _unread(value: str, column: str, missing: frozenset[str]) -> str:
    return f"CASE WHEN ({value}) IS NULL THEN {_given(column, missing)} ELSE false END"


def _known(column: str, missing: frozenset[str]) -> str:
    """The text, or NULL where the cell counts as empty."""
    if not missing:
        return f"CASE WHEN trim({column}) <> '' THEN {column} END"
    return f"CASE WHEN NOT {one_of(f'trim({column})', ['', *missing])} THEN {column} END"


def _given(column: str, missing: frozenset[str]) -> str:
    """Whether a cell that SQL could not read holds anything at all."""
    known = one_of(column, ["", *missing])
    return f"CASE WHEN {column} IS NULL THEN false ELSE NOT {known} END"


_MOST_DIGITS: Final = 38
