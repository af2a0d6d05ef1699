"""The log as a Parquet file, for whoever analyses it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine

from keyaccount.service.log.reading import Logged, chains, entries

_SCHEMA = pa.schema(
    [
        ("tenant", pa.string()),
        ("sequence", pa.int64()),
        ("at", pa.string()),
        ("policy", pa.string()),
        ("version", pa.string()),
        ("reference", pa.string()),
        ("entry", pa.string()),
        ("digest", pa.string()),
        ("hash", pa.string()),
    ]
)
_TOGETHER = 10_000


def export(engine: Engine, output: Path, tenant: str | None = None) -> int:
    """Write the log, the content of each entry as its JSON text.

    The file appears when all of it is written.

    Returns:
        how many entries it has.
    """
    growing = output.with_name(output.name + ".part")
    count = 0
    try:
        with pq.ParquetWriter(growing, _SCHEMA, compression="zstd") as writer:
            rows = _all(engine, tenant)
            while some := list(islice(rows, _TOGETHER)):
                columns = {name: [getattr(each, name) for each in some] for name in _SCHEMA.names}
                writer.write_table(pa.table(columns, schema=_SCHEMA))
                count += len(some)
        growing.replace(output)
    finally:
        growing.unlink(missing_ok=True)
    return count


def _all(engine: Engine, tenant: str | None) -> Iterator[Logged]:
    for name in chains(engine):
        if tenant is None or name == tenant:
            yield from entries(engine, name)
