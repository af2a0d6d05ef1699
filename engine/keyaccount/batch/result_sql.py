"""The columns of the result in SQL, from what SQL decided and from what was decided row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from keyaccount.backends.sql.kinds import Kind, Label, ListOf, Number, Record, Text
from keyaccount.batch.duck import identifier
from keyaccount.batch.feel_sql import feel_text
from keyaccount.batch.file_format import FileFormat
from keyaccount.batch.fixes import fix_name
from keyaccount.batch.outputs import OutputColumn, Part
from keyaccount.feel import types

_MOST_DIGITS: Final = 38
_COMMON_SCALE: Final = 10


def decided_value(column: OutputColumn, kind: Kind | None, target: FileFormat) -> str:
    """An output column as the SQL backend made it, in the form of the file.

    Args:
        column: the column.
        kind: what SQL holds in it, of columns with values.
        target: the file.
    """
    name = identifier(column.header)
    if _is_list(column):
        return _array(column, name, kind) if target is FileFormat.PARQUET else _no_empty_text(name)
    if column.part is Part.STATUS or isinstance(kind, Text | Label):
        return name
    return _in_type(name, kind, _sql_type(column, kind, target, None))


def merged_value(
    column: OutputColumn,
    index: int,
    kind: Kind | None,
    target: FileFormat,
    widest: Mapping[int, tuple[int, int]],
    *,
    from_sql: bool,
) -> str:
    """An output column, from the table of fixes where the row has a fix, else as SQL made it.

    Args:
        column: the column.
        index: its place among the outputs.
        kind: what SQL holds its values in.
        target: the file to be written.
        widest: digits before and behind the point of numbers decided row by row.
        from_sql: whether SQL decided any row.
    """
    type_ = _sql_type(column, kind if from_sql else None, target, widest.get(index))
    fixed = _cast_text(identifier(fix_name(index)), type_)
    if not from_sql:
        return fixed
    decided = decided_value(column, kind, target)
    if not _is_list(column) and column.part is Part.VALUE:
        decided = _in_type(identifier(column.header), kind, type_)
    return f"CASE WHEN {FIXED} THEN {fixed} ELSE CAST({decided} AS {type_}) END"


FIXED: Final = '"rejected#" IS NOT NULL'
"""Whether a row has an entry in the table of fixes that stands beside it."""


def _sql_type(
    column: OutputColumn, kind: Kind | None, target: FileFormat, widest: tuple[int, int] | None
) -> str:
    if _is_list(column):
        return "VARCHAR[]" if target is FileFormat.PARQUET else "VARCHAR"
    if column.part is not Part.VALUE or _as_text(column, target):
        return "VARCHAR"
    match column.decision.type:
        case types.BOOLEAN:
            return "BOOLEAN"
        case types.DATE:
            return "DATE"
        case types.NUMBER:
            return _decimal(kind, widest)
        case _:
            return "VARCHAR"


def _decimal(kind: Kind | None, widest: tuple[int, int] | None) -> str:
    """The DECIMAL that holds all numbers of a column; text where there is none.

    Its scale is a common one where that is enough, so that the columns of one
    list after another are of one type.
    """
    before, behind = widest or (1, 0)
    if isinstance(kind, Number):
        before, behind = max(before, kind.integer_digits), max(behind, kind.scale)
    if before + behind > _MOST_DIGITS:
        return "VARCHAR"
    common = max(behind, _COMMON_SCALE)
    return f"DECIMAL({_MOST_DIGITS}, {common if before + common <= _MOST_DIGITS else behind})"


def _in_type(name: str, kind: Kind | None, type_: str) -> str:
    """A value that SQL decided, in the type of the file; numbers and contexts as FEEL does."""
    if type_ == "VARCHAR" and isinstance(kind, Number | Record):
        return feel_text(name, kind)
    return f"CAST({name} AS {type_})"


def _cast_text(text: str, type_: str) -> str:
    if type_ == "VARCHAR":
        return text
    if type_ == "VARCHAR[]":
        return f"CAST(CAST({text} AS JSON) AS VARCHAR[])"
    return f"CAST({text} AS {type_})"


def _is_list(column: OutputColumn) -> bool:
    if column.part is Part.VALUE:
        return isinstance(column.decision.type, types.ListType)
    return column.part is not Part.STATUS


def _as_text(column: OutputColumn, target: FileFormat) -> bool:
    """Whether values go out as text: in CSV all do, elsewhere those of no simple type."""
    return target is FileFormat.CSV or column.decision.type == types.ANY


def _array(column: OutputColumn, name: str, kind: Kind | None) -> str:
    """A list of texts: possible values of every type are written alike."""
    if isinstance(kind, ListOf) and isinstance(kind.item, Number | Record):
        return f"list_transform({name}, lambda item: {feel_text('item', kind.item)})"
    return f"CAST({name} AS VARCHAR[])"


def _no_empty_text(name: str) -> str:
    """A joined list, or nothing where it is empty; an ENUM stays one."""
    return f"CASE WHEN {name} = '' THEN NULL ELSE {name} END"
