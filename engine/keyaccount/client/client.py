"""The client that waits for its answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from keyaccount.client import answers, asked
from keyaccount.client.answers import Decision, Job, ServiceError
from keyaccount.client.asked import Asked
from keyaccount.client.waits import AGAIN, Waits, looks, said


class Client:
    """A client that waits for its answers. Safe to share between threads.

    Args:
        url: of the service, such as `http://127.0.0.1:8000`.
        key: an API key or a bearer token; None where the service needs none.
        seconds: to wait for an answer.
        retries: further attempts where the service is busy or cannot be reached.
        first_wait: before the first of them, in seconds.

    Every method raises `ServiceError` where the service refuses or is busy to the
    last, and `httpx.TransportError` where it cannot be reached.

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
        self._http = httpx.Client(base_url=url, headers=headers(key), timeout=seconds)
        self._waits = Waits(retries, first_wait)

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
        """Decide one case."""
        wanted = asked.decide(policy, facts, as_of, version, decisions, reference, explain=explain)
        return answers.decision(self._ask(wanted))

    def decide_many(
        self, policy: str, cases: Sequence[Mapping[str, object]]
    ) -> list[Decision | ServiceError]:
        """Decide many cases, each given by its facts; a refused one has its error in its place."""
        found = self._ask(asked.decide_many(policy, cases))
        return [answers.decision_or_error(each) for each in found]

    def add_facts(
        self,
        account: str,
        facts: Mapping[str, object],
        *,
        scope: str | None = None,
        valid_from: str | None = None,
    ) -> Any:
        """Make facts known; the answer tells which decisions came out otherwise."""
        return self._ask(asked.add_facts(account, facts, scope, valid_from))

    def facts(
        self,
        account: str,
        *,
        scope: str | None = None,
        valid_at: datetime | None = None,
        known_at: datetime | None = None,
    ) -> Mapping[str, Any]:
        """What is known of an account, as valid at one instant and known at another."""
        found = self._ask(asked.facts(account, scope, valid_at, known_at))
        known: Mapping[str, Any] = found["facts"]
        return known

    def history(self, account: str, *, after: int = 0, limit: int = 100) -> Any:
        """The changes of an account's decisions, as CloudEvents, and the `last` one's number."""
        return self._ask(asked.history(account, after, limit))

    def add_list(
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
        """Upload a list (CSV, XLSX or Parquet, by its ending); the id of its job.

        A list that may have been taken is not sent again.

        Args:
            policy: that decides.
            file: where the list is.
            as_of: the date whose figures apply; today if left out.
            version: of the policies; the one that serves if left out.
            decisions: those wanted; all if left out.
            encoding: of a CSV file; found out if left out.
            reference: header of the column by which the log is to know the rows.
        """
        wanted = asked.add_list(policy, Path(file), as_of, version, decisions, encoding, reference)
        id_: str = self._ask(wanted)["job"]
        return id_

    def wait_for_list(self, id_: str, progress: Callable[[float], None] | None = None) -> Job:
        """Wait until a list is decided, however long that takes.

        Args:
            id_: of its job.
            progress: told now and then how much is done, from 0 to 1.

        Raises:
            ListFailedError: it cannot be decided.
        """
        for wait in looks():
            found = self.job(id_)
            if progress is not None:
                progress(found.progress)
            if found.has_ended:
                break
            time.sleep(wait)
        return answers.done(found)

    def job(self, id_: str) -> Job:
        """How far a list is."""
        return answers.job(self._ask(asked.job(id_)))

    def jobs(self, *, limit: int = 100) -> list[Job]:
        """Your lists, the newest first."""
        return [answers.job(each) for each in self._ask(asked.jobs(limit))["jobs"]]

    def fetch_result(self, id_: str, output: str | Path) -> None:
        """Write a decided list to a file, in the format in which it was uploaded."""
        self._fetch(asked.job(id_, "/result"), Path(output))

    def fetch_rejects(self, id_: str, output: str | Path) -> None:
        """Write the rows that could not be read to a CSV file."""
        self._fetch(asked.job(id_, "/rejects"), Path(output))

    def remove_list(self, id_: str) -> None:
        """Remove a list's files, and end its job if it still runs; decisions stay in the log."""
        self._ask(asked.remove_job(id_))

    def _ask(self, wanted: Asked) -> Any:
        for wait in self._waits:
            try:
                found = self._sent(wanted)
            except httpx.TransportError:
                if wanted.file is not None:
                    raise
                time.sleep(wait)
                continue
            if found.status_code not in AGAIN:
                return answers.answer(found.status_code, found.text)
            time.sleep(said(found, wait))
        found = self._sent(wanted)
        return answers.answer(found.status_code, found.text)

    def _sent(self, wanted: Asked) -> httpx.Response:
        target: dict[str, Any] = {"params": wanted.params, "headers": wanted.headers}
        if wanted.file is None:
            return self._http.request(wanted.method, wanted.path, content=wanted.body, **target)
        with wanted.file.open("rb") as file:
            return self._http.request(wanted.method, wanted.path, content=file, **target)

    def _fetch(self, wanted: Asked, output: Path) -> None:
        """The file appears when all of it is there."""
        with self._http.stream(wanted.method, wanted.path) as found:
            if found.status_code != httpx.codes.OK:
                found.read()
                answers.answer(found.status_code, found.text)
            growing = output.with_name(output.name + ".part")
            with growing.open("wb") as file:
                for part in found.iter_bytes():
                    file.write(part)
        growing.replace(output)


def headers(key: str | None) -> dict[str, str]:
    """Those of every request."""
    return {} if key is None else {"Authorization": f"Bearer {key}"}
