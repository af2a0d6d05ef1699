"""How the facts stand in the user's own table, for `keyaccount sql`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from keyaccount.backends.sql.kinds import (
    SQL_DIGITS,
    Boolean,
    Column,
    Date,
    Kind,
    Number,
    kind_of_sql_type,
)
from keyaccount.backends.sql.kinds import Text as TextColumn
from keyaccount.cli.failures import WrongUsageError
from keyaccount.diagnostics import cli_messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.feel import types
from keyaccount.ir.core import Fact

NUMBERS = Number(18, 4)
"""Numbers whose column is not described: fourteen digits before the point, four behind it."""

_KINDS: dict[types.Type, Kind] = {
    types.NUMBER: NUMBERS,
    types.BOOLEAN: Boolean(),
    types.STRING: TextColumn(),
    types.DATE: Date(),
}


def columns_of(facts: Mapping[str, Fact], described: Mapping[str, str]) -> dict[str, Column]:
    """The column of each fact: as described by an SQL type, else by the fact's own type.

    Raises: WrongUsageError for a name, a type or a fact that will not do.
    """
    problems: list[Diagnostic] = [
        cli_messages.unknown_column(name, facts) for name in described if name not in facts
    ]
    columns: dict[str, Column] = {}
    for name, fact in facts.items():
        kind = _kind(fact, described.get(name))
        if kind is None:
            problems.append(cli_messages.no_sql_type(name, described.get(name) or str(fact.type)))
        else:
            columns[name] = Column(kind)
    if problems:
        raise WrongUsageError(problems)
    return columns


def _kind(fact: Fact, sql_type: str | None) -> Kind | None:
    if sql_type is not None:
        kind = kind_of_sql_type(_canonical(sql_type))
        return None if isinstance(kind, Number) and kind.precision > SQL_DIGITS else kind
    if isinstance(fact.type, types.Enumeration):
        return TextColumn()
    return _KINDS.get(fact.type)


def _canonical(sql_type: str) -> str:
    """`decimal(18, 2)` as DuckDB writes it; the names that other engines use."""
    name = re.sub(r"\s", "", sql_type.upper())
    name = re.sub(r"^NUMERIC\(", "DECIMAL(", name)
    if name.startswith("DECIMAL(") and not re.fullmatch(r"DECIMAL\(\d+,\d+\)", name):
        return ""
    return {"STRING": "VARCHAR", "TEXT": "VARCHAR", "INT": "INTEGER", "BOOL": "BOOLEAN"}.get(
        name, name
    )
