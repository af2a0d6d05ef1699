"""The client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from keyaccount.client import answers, asked
from keyaccount.client.answers import Decision, Job, ServiceError
from keyaccount.client.asked import Asked
from keyaccount.client.client import headers
from keyaccount.client.waits import AGAIN, Waits, looks, said

_PART = 1 << 18


class AsyncClient:
    """The same for asyncio: what each method takes, gives and raises is told at `Client`."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        seconds: float = 30,
        retries: int = 4,
        first_wait: float = 0.2,
    ) -> None:
        self._http = httpx.AsyncClient(base_url=url, headers=headers(key), timeout=seconds)
        self._waits = Waits(retries, first_wait)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def decide(
        self,
        policy: str,
        facts: Mapping[str, object],
        *,
        as_of: date | None = None,
        version: str | None = None,
        decisions: Sequence[str] | None = None,
        reference: str | None = None,
        explain: bool = False,
    ) -> Decision:
        """Decide one case."""
        wanted = asked.decide(policy, facts, as_of, version, decisions, reference, explain=explain)
        return answers.decision(await self._ask(wanted))

    async def decide_many(
        self, policy: str, cases: Sequence[Mapping[str, object]]
    ) -> list[Decision | ServiceError]:
        """Decide many cases, each given by its facts; a refused one has its error in its place."""
        found = await self._ask(asked.decide_many(policy, cases))
        return [answers.decision_or_error(each) for each in found]

    async def add_facts(
        self,
        account: str,
        facts: Mapping[str, object],
        *,
        scope: str | None = None,
        valid_from: str | None = None,
    ) -> Any:
        """Make facts known; the answer tells which decisions came out otherwise."""
        return await self._ask(asked.add_facts(account, facts, scope, valid_from))

    async def facts(
        self,
        account: str,
        *,
        scope: str | None = None,
        valid_at: datetime | None = None,
        known_at: datetime | None = None,
    ) -> Mapping[str, Any]:
        """What is known of an account, as valid at one instant and known at another."""
        found = await self._ask(asked.facts(account, scope, valid_at, known_at))
        known: Mapping[str, Any] = found["facts"]
        return known

    async def history(self, account: str, *, after: int = 0, limit: int = 100) -> Any:
        """The changes of an account's decisions, as CloudEvents, and the `last` one's number."""
        return await self._ask(asked.history(account, after, limit))

    async def add_list(
        self,
        policy: str,
        file: str | Path,
        *,
        as_of: date | None = None,
        version: str | None = None,
        decisions: Sequence[str] | None = None,
        encoding: str | None = None,
        reference: str | None = None,
    ) -> str:
        """Upload a list; the id of its job."""
        wanted = asked.add_list(policy, Path(file), as_of, version, decisions, encoding, reference)
        id_: str = (await self._ask(wanted))["job"]
        return id_

    async def wait_for_list(self, id_: str, progress: Callable[[float], None] | None = None) -> Job:
        """Wait until a list is decided."""
        for wait in looks():
            found = await self.job(id_)
            if progress is not None:
                progress(found.progress)
            if found.has_ended:
                break
            await asyncio.sleep(wait)
        return answers.done(found)

    async def job(self, id_: str) -> Job:
        """How far a list is."""
        return answers.job(await self._ask(asked.job(id_)))

    async def jobs(self, *, limit: int = 100) -> list[Job]:
        """Your lists, the newest first."""
        return [answers.job(each) for each in (await self._ask(asked.jobs(limit)))["jobs"]]

    async def fetch_result(self, id_: str, output: str | Path) -> None:
        """Write a decided list to a file, in the format in which it was uploaded."""
        await self._fetch(asked.job(id_, "/result"), Path(output))

    async def fetch_rejects(self, id_: str, output: str | Path) -> None:
        """Write the rows that could not be read to a CSV file."""
        await self._fetch(asked.job(id_, "/rejects"), Path(output))

    async def remove_list(self, id_: str) -> None:
        """Remove a list's files, and end its job if it still runs; decisions stay in the log."""
        await self._ask(asked.remove_job(id_))

    async def _ask(self, wanted: Asked) -> Any:
        for wait in self._waits:
            try:
                found = await self._sent(wanted)
            except httpx.TransportError:
                if wanted.file is not None:
                    raise
                await asyncio.sleep(wait)
                continue
            if found.status_code not in AGAIN:
                return answers.answer(found.status_code, found.text)
            await asyncio.sleep(said(found, wait))
        found = await self._sent(wanted)
        return answers.answer(found.status_code, found.text)

    async def _sent(self, wanted: Asked) -> httpx.Response:
        content = wanted.body if wanted.file is None else _parts(wanted.file)
        return await self._http.request(
            wanted.method,
            wanted.path,
            content=content,
            params=wanted.params,
            headers=wanted.headers,
        )

    async def _fetch(self, wanted: Asked, output: Path) -> None:
        async with self._http.stream(wanted.method, wanted.path) as found:
            if found.status_code != httpx.codes.OK:
                await found.aread()
                answers.answer(found.status_code, found.text)
            growing = output.with_name(output.name + ".part")
            with growing.open("wb") as file:
                async for part in found.aiter_bytes():
                    await asyncio.to_thread(file.write, part)
        growing.replace(output)


async def _parts(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while part := await asyncio.to_thread(opened.read, _PART):
            yield part
