"""The process that writes the log: databases that fail, hang and come back; itself killed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from keyaccount.service.log import appending
from keyaccount.service.log.entry import Entry, Shadow, entry_of
from keyaccount.service.log.messages import Messages, framed
from keyaccount.service.log.store import append
from keyaccount.service.log.verify import verify
from keyaccount.service.log.writer import LogWriter
from keyaccount.service.refusal import RefusalError
from keyaccount.service.tables import DECISION_LOG, SHADOW_DIFFERENCE
from keyaccount.storage.engine import open_engine, reading, writing
from keyaccount.storage.migration import migrate

AT = "2026-01-01T00:00:00.000000+00:00"
TAIL = b'{"policy":"p","version":"v","as_of":"2026-01-01","decisions":{}}'


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    yield from _opened(f"sqlite:///{tmp_path / 'log.db'}")


@pytest.fixture
def any_engine(database_url: str) -> Iterator[Engine]:
    yield from _opened(database_url)


def _opened(url: str) -> Iterator[Engine]:
    made = open_engine(url)
    migrate(made)
    yield made
    made.dispose()


def entry(tenant: str = "default", shadow: Shadow | None = None) -> Entry:
    return entry_of(tenant, AT, "p", "v", TAIL, "local", b"{}", None, None, shadow)


def test_the_columns_are_those_of_the_table() -> None:
    assert tuple(each.name for each in DECISION_LOG.columns) == appending.COLUMNS


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 700])
def test_groups_of_every_size_are_written_whole(any_engine: Engine, count: int) -> None:
    async def write() -> list[int]:
        writer = LogWriter(any_engine, 30)
        waiting = [writer.append([entry(("a", "b")[each % 2])]) for each in range(count)]
        receipts = [(await each)[0] for each in waiting]
        await writer.close()
        return [each.sequence for each in receipts]

    assert asyncio.run(write()) == [each // 2 + 1 for each in range(count)]
    found = verify(any_engine)
    assert (found.entries, found.findings) == (count, ())


def test_a_chain_that_others_move_on_too_stays_whole(any_engine: Engine) -> None:
    async def write() -> list[int]:
        writers = [LogWriter(any_engine, 30), LogWriter(any_engine, 30)]
        sequences = []
        for _ in range(20):
            waiting = [each.append([entry(), entry()]) for each in writers]
            [own] = await asyncio.to_thread(append, any_engine, [entry()])
            sequences += [own.sequence]
            sequences += [head.sequence for each in waiting for head in await each]
        for each in writers:
            await each.close()
        return sequences

    assert sorted(asyncio.run(write())) == list(range(1, 101))
    assert verify(any_engine).findings == ()


def test_where_a_shadow_differs_is_written_with_the_entry(any_engine: Engine) -> None:
    async def write() -> None:
        writer = LogWriter(any_engine, 30)
        shadow = Shadow("w", '{"值":1}'.encode())
        await writer.append([entry(), entry(shadow=shadow), entry("other", shadow)])
        await writer.close()

    asyncio.run(write())
    columns = [SHADOW_DIFFERENCE.c[each] for each in ("tenant", "sequence", "differences")]
    with reading(any_engine) as connection:
        found = [tuple(each) for each in connection.execute(select(*columns))]
    assert sorted(found) == [("default", 2, '{"值":1}'), ("other", 1, '{"值":1}')]


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
                await writer.append([entry()])
        await _until_it_writes(writer)
        await writer.close()

    asyncio.run(asyncio.wait_for(write(), 60))
    assert verify(engine).findings == ()


def test_what_cannot_be_written_is_refused_and_the_next_is_tried(any_engine: Engine) -> None:
    async def write() -> None:
        writer = LogWriter(any_engine, 30)
        _alter(any_engine, "ALTER TABLE decision_log RENAME TO gone")
        with pytest.raises(RefusalError):
            await writer.append([entry()])
        _alter(any_engine, "ALTER TABLE gone RENAME TO decision_log")
        await writer.append([entry()])
        await writer.close()

    asyncio.run(asyncio.wait_for(write(), 60))
    assert verify(any_engine).entries == 1


def test_a_process_that_dies_is_followed_by_another(
    any_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def write() -> list[int]:
        writer = LogWriter(any_engine, 30)
        [first] = await writer.append([entry()])
        _kill(writer)
        with pytest.raises(RefusalError):
            await writer.append([entry()])
        await _until_it_writes(writer)
        [last] = await writer.append([entry()])
        await writer.close()
        return [first.sequence, last.sequence]

    assert asyncio.run(asyncio.wait_for(write(), 60)) == [1, 3]
    assert verify(any_engine).findings == ()


def test_a_process_that_cannot_start_refuses(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def write() -> None:
        writer = LogWriter(engine, 30)
        with pytest.raises(RefusalError):
            await writer.append([entry()])
        await writer.close()

    monkeypatch.setattr("keyaccount.service.log.writer._PROCESS", ("/nowhere/python",))
    asyncio.run(asyncio.wait_for(write(), 60))


def test_messages_are_cut_wherever_the_pipe_cuts_them() -> None:
    sent = [b"", b"a" * 3, b"b" * 70_000]
    stream = b"".join(framed(each) for each in sent)
    for size in (1, 3, 5, 4096, len(stream)):
        messages = Messages()
        parts = [stream[start : start + size] for start in range(0, len(stream), size)]
        found = [framed_again for part in parts for framed_again in messages.whole(part)]
        assert b"".join(framed_prefix(each) + each for each in found) == stream


def framed_prefix(message: bytes) -> bytes:
    return len(message).to_bytes(4, "little")


def _kill(writer: LogWriter) -> None:
    process = writer._process
    assert process is not None
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)


async def _until_it_writes(writer: LogWriter) -> None:
    while True:
        try:
            await writer.append([entry()])
            return
        except RefusalError:
            await asyncio.sleep(0.01)


def _alter(engine: Engine, statement: str) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql(statement)
