"""The log on PostgreSQL: the end of the chain and all rows in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from struct import Struct
from typing import Any

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

from keyaccount.service.log.appending import (
    COLUMNS,
    MOVE,
    NAMES,
    Row,
    insert_differences,
    read_end,
)
from keyaccount.service.log.chain import Head

_TEXTS = COLUMNS[2:]
"""All but the tenant and the sequence, which follow from where the chain ended."""
_LIST = ", ".join(_TEXTS)
_MOVE_AND_INSERT = f"""
WITH moved AS ({MOVE.format("%s")} RETURNING 1)
INSERT INTO {NAMES} SELECT %s, %s + place, {_LIST}
FROM unnest({", ".join(["%b"] * len(_TEXTS))}) WITH ORDINALITY AS linked ({_LIST}, place), moved
"""  # noqa: S608 -- our own names
_ARRAY = Struct("!iiIii").pack
_LENGTH = Struct("!i").pack
_NULL = _LENGTH(-1)
_TEXT, _TEXT_ARRAY = 25, 1009
"""The numbers of these types in PostgreSQL."""


class PostgresqlLog:
    """Over a connection of `psycopg`."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        driver.adapters.register_dumper(_Texts, _TextsDumper)
        self._driver = driver
        self._cursor = driver.cursor()

    def end(self, tenant: str) -> Head:
        """Where a tenant's chain ends, and will until the transaction ends, if there is one."""
        return read_end(self._driver, tenant, "%s", " FOR UPDATE")

    def write(self, tenant: str, before: Head, after: Head, rows: Sequence[Row]) -> bool:
        """As `Log.write`; one statement, as each costs a journey there and back."""
        moved = (after.sequence, after.hash, tenant, before.sequence, before.hash)
        texts = [_Texts(each) for each in zip(*rows, strict=True)][2:]
        self._cursor.execute(_MOVE_AND_INSERT, (*moved, tenant, before.sequence, *texts))
        return self._cursor.rowcount > 0

    def note_differences(self, rows: Sequence[Row]) -> None:
        """As `Log.note_differences`."""
        self._cursor.executemany(insert_differences("%s"), rows)

    def transaction(self, *, alone: bool) -> AbstractContextManager[object]:
        """As `Log.transaction`; the driver commits a statement that stands alone."""
        return nullcontext() if alone else self._driver.transaction()


class _Texts(tuple[Any, ...]):
    """Texts and nulls, as an array; the driver's own way asks for each item how to write it."""

    __slots__ = ()


class _TextsDumper(Dumper):
    """By the binary form of arrays (PostgreSQL, `array_send`)."""

    format = Format.BINARY
    oid = _TEXT_ARRAY

    def dump(self, obj: _Texts) -> bytes:
        """One dimension, counted from 1, of texts that may be null."""
        parts = [_ARRAY(1, 1, _TEXT, len(obj), 1)]
        for each in obj:
            if each is None:
                parts.append(_NULL)
                continue
            text = each.encode()
            parts += (_LENGTH(len(text)), text)
        return b"".join(parts)
