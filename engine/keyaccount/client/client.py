"""The two clients: the same methods, waiting or async."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx

from keyaccount.client.answers import (
    JSON,
    Decision,
    ServiceError,
    answer,
    body,
    decision,
    decision_or_error,
    question,
)

_AGAIN = frozenset({429, 502, 503, 504})
"""Answers that say: send it again. A decision sent twice is logged twice, and does no harm."""
_LONGEST_WAIT = 30.0


class _Waits:
    """How long to wait before each further attempt: longer each time, or as the service says."""

    def __init__(self, retries: int, first: float) -> None:
        self._retries = retries
        self._first = first

    def __iter__(self) -> Iterator[float]:
        for attempt in range(self._retries):
            # Spread, so that many clients do not come back at the same moment.
            spread = random.uniform(0.5, 1.0)  # noqa: S311 -- no secret
            yield float(min(_LONGEST_WAIT, self._first * 2**attempt)) * spread


def _said(response: httpx.Response, usual: float) -> float:
    said = response.headers.get("Retry-After", "")
    return min(_LONGEST_WAIT, max(usual, float(said))) if said.isdigit() else usual


def _part(name: str) -> str:
    """A name as one part of a path, whatever is in it."""
    return quote(name, safe="")


def _headers(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Authorization": f"Bearer {key}"}


class Client:
    """A client that waits for its answers. Safe to share between threads.

    Args:
        url: of the service, such as `http://127.0.0.1:8000`.
        key: an API key or a bearer token; None where the service needs none.
        seconds: to wait for an answer.
        retries: further attempts where the service is busy or cannot be reached.
        first_wait: before the first of them, in seconds.

    >>> with Client("http://127.0.0.1:8000", key) as client:        # doctest: +SKIP
    ...     client.decide("classification", {"monthly_tonnes": 20}).value("economic_account")
    True
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        seconds: float = 30,
        retries: int = 4,
        first_wait: float = 0.2,
    ) -> None:
        self._http = httpx.Client(base_url=url, headers=_headers(key), timeout=seconds)
        self._waits = _Waits(retries, first_wait)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def decide(
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
        """Decide one case.

        Raises:
            ServiceError: the service refused, or was busy to the last.
            httpx.TransportError: it could not be reached.
        """
        asked = question(facts, as_of, version, decisions, reference, explain=explain)
        return decision(self._post(f"/v1/decisions/{_part(policy)}", asked))

    def decide_many(
        self, policy: str, cases: Sequence[Mapping[str, object]]
    ) -> list[Decision | ServiceError]:
        """Decide many cases, each given by its facts; a refused one has its error in its place."""
        asked = [question(each) for each in cases]
        return [
            decision_or_error(each)
            for each in self._post(f"/v1/decisions/{_part(policy)}/batch", asked)
        ]

    def add_facts(
        self,
        account: str,
        facts: Mapping[str, object],
        *,
        scope: str | None = None,
        valid_from: str | None = None,
    ) -> Any:
        """Make facts known; the answer tells which decisions came out otherwise."""
        asked = {"facts": facts, "scope": scope, "valid_from": valid_from}
        given = {name: each for name, each in asked.items() if each is not None}
        return self._post(f"/v1/accounts/{_part(account)}/facts", given)

    def _post(self, path: str, asked: object) -> Any:
        sent = body(asked)
        for wait in self._waits:
            try:
                found = self._http.post(path, content=sent, headers=JSON)
            except httpx.TransportError:
                time.sleep(wait)
                continue
            if found.status_code not in _AGAIN:
                return answer(found.status_code, found.text)
            time.sleep(_said(found, wait))
        found = self._http.post(path, content=sent, headers=JSON)
        return answer(found.status_code, found.text)


class AsyncClient:
    """The same, for asyncio; see `Client`."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        seconds: float = 30,
        retries: int = 4,
        first_wait: float = 0.2,
    ) -> None:
        self._http = httpx.AsyncClient(base_url=url, headers=_headers(key), timeout=seconds)
        self._waits = _Waits(retries, first_wait)

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
        """Decide one case; raises as `Client.decide`."""
        asked = question(facts, as_of, version, decisions, reference, explain=explain)
        return decision(await self._post(f"/v1/decisions/{_part(policy)}", asked))

    async def decide_many(
        self, policy: str, cases: Sequence[Mapping[str, object]]
    ) -> list[Decision | ServiceError]:
        """Decide many cases, each given by its facts; a refused one has its error in its place."""
        asked = [question(each) for each in cases]
        found = await self._post(f"/v1/decisions/{_part(policy)}/batch", asked)
        return [decision_or_error(each) for each in found]

    async def add_facts(
        self,
        account: str,
        facts: Mapping[str, object],
        *,
        scope: str | None = None,
        valid_from: str | None = None,
    ) -> Any:
        """Make facts known; the answer tells which decisions came out otherwise."""
        asked = {"facts": facts, "scope": scope, "valid_from": valid_from}
        given = {name: each for name, each in asked.items() if each is not None}
        return await self._post(f"/v1/accounts/{_part(account)}/facts", given)

    async def _post(self, path: str, asked: object) -> Any:
        sent = body(asked)
        for wait in self._waits:
            try:
                found = await self._http.post(path, content=sent, headers=JSON)
            except httpx.TransportError:
                await asyncio.sleep(wait)
                continue
            if found.status_code not in _AGAIN:
                return answer(found.status_code, found.text)
            await asyncio.sleep(_said(found, wait))
        found = await self._http.post(path, content=sent, headers=JSON)
        return answer(found.status_code, found.text)
