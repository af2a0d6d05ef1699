"""What the client gets, apart from how it travels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keyaccount.facts.json_reader import loads

_ENDED = frozenset({"done", "failed", "removed"})


class ServiceError(Exception):
    """The service refused. `problem` is its problem+json, with codes and JSON pointers."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        super().__init__(f"{status}: {problem.get('detail', '')}")

    @property
    def codes(self) -> tuple[str, ...]:
        """The stable codes of all that is wrong."""
        return tuple(each["code"] for each in self.problem.get("errors", ()))


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer. `entry` and `receipt` say where the log has it: keep them as proof.

    `decisions` is by name, each with value, rules, status, missing and possible;
    numbers are `Decimal`.
    """

    entry: int
    receipt: str
    policy: str
    version: str
    as_of: str
    decisions: Mapping[str, Mapping[str, Any]]
    explanation: Mapping[str, Any] | None = None

    def value(self, name: str) -> Any:
        """The value of one decision."""
        return self.decisions[name]["value"]


@dataclass(frozen=True, slots=True)
class Job:
    """A list that was uploaded.

    `state` is waiting, running, done, failed or removed; `progress` from 0 to 1;
    `told` are the counts of rows once it is done, or under `errors` why it failed.
    """

    id: str
    policy: str
    version: str
    as_of: str
    created_at: str
    state: str
    progress: float
    told: Mapping[str, Any] | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state in _ENDED


class ListFailedError(Exception):
    """A list that could not be decided; `job.told` says why."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__(f"the list `{job.id}` is `{job.state}`: {', '.join(self.codes)}")

    @property
    def codes(self) -> tuple[str, ...]:
        """The stable codes of all that is wrong."""
        return tuple(each["code"] for each in (self.job.told or {}).get("errors", ()))


def answer(status: int, text: str) -> Any:
    """The JSON of an answer.

    Raises:
        ServiceError: the service refused.
    """
    try:
        found = loads(text) if text else None
    except ValueError:
        found = {"detail": text[:200]}
    if not 200 <= status < 300:
        problem = found if isinstance(found, dict) else {}
        raise ServiceError(status, problem)
    return found


def decision(found: Mapping[str, Any]) -> Decision:
    """One answer of the service."""
    return Decision(
        int(found["entry"]),
        found["receipt"],
        found["policy"],
        found["version"],
        found["as_of"],
        found["decisions"],
        found.get("explanation"),
    )


def decision_or_error(found: Mapping[str, Any]) -> Decision | ServiceError:
    """One answer of a batch, where a case that was refused has its problem."""
    if "problem" in found:
        return ServiceError(int(found["problem"]["status"]), found["problem"])
    return decision(found)


def job(found: Mapping[str, Any]) -> Job:
    """A list's job."""
    return Job(
        found["job"],
        found["policy"],
        found["version"],
        found["as_of"],
        found["created_at"],
        found["state"],
        float(found["progress"]),
        found["told"],
    )


def done(found: Job) -> Job:
    """The same job, if its list was decided.

    Raises:
        ListFailedError: it was not, and will not be.
    """
    if found.state != "done":
        raise ListFailedError(found)
    return found
