"""The thread that writes the log: a database that fails, one that hangs, one that comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from keyaccount.service.log.entry import Entry, entry_of
from keyaccount.service.log.verify import verify
from keyaccount.service.log.writer import LogWriter
from keyaccount.service.refusal import RefusalError
from keyaccount.storage.engine import open_engine, writing
from keyaccount.storage.migration import migrate

AT = "2026-01-01T00:00:00.000000+00:00"
TAIL = b'{"policy":"p","version":"v","as_of":"2026-01-01","decisions":{}}'


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_engine(f"sqlite:///{tmp_path / 'log.db'}")
    migrate(made)
    yield made
    made.dispose()


def entry(tenant: str = "default") -> Entry:
    return entry_of(tenant, AT, "p", "v", TAIL, "local", b"{}", None, None, None)


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 700])
def test_groups_of_every_size_are_written_whole(engine: Engine, count: int) -> None:
    async def write() -> list[int]:
        writer = LogWriter(engine, 30)
        waiting = [writer.append([entry(("a", "b")[each % 2])]) for each in range(count)]
        receipts = [(await each)[0] for each in waiting]
        await writer.close()
        return [each.sequence for each in receipts]

    assert asyncio.run(write()) == [each // 2 + 1 for each in range(count)]
    found = verify(engine)
    assert (found.entries, found.findings) == (count, ())


def test_who_waits_for_a_database_that_hangs_is_refused_until_it_answers(engine: Engine) -> None:
    async def write() -> None:
        writer = LogWriter(engine, 0.1)
        with writing(engine):  # nobody else writes meanwhile
            first = writer.append([entry()])
            second = writer.append([entry()])
            for each in (first, second):
                with pytest.raises(RefusalError):
                    await each
            with pytest.raises(RefusalError):
                writer.append([entry()])
        while True:
            try:
                await writer.append([entry()])
                break
            except RefusalError:
                await asyncio.sleep(0.01)
        await writer.close()

    asyncio.run(asyncio.wait_for(write(), 60))
    assert verify(engine).findings == ()


def test_what_cannot_be_written_is_refused_and_the_next_is_tried(engine: Engine) -> None:
    async def write() -> None:
        writer = LogWriter(engine, 30)
        _alter(engine, "ALTER TABLE decision_log RENAME TO gone")
        with pytest.raises(RefusalError):
            await writer.append([entry()])
        _alter(engine, "ALTER TABLE gone RENAME TO decision_log")
        await writer.append([entry()])
        await writer.close()

    asyncio.run(asyncio.wait_for(write(), 60))
    assert verify(engine).entries == 1


def _alter(engine: Engine, statement: str) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql(statement)
