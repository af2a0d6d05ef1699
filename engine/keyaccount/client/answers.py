"""What the client sends and gets, apart from how it travels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from keyaccount.facts.json_reader import loads
from keyaccount.result.json_text import to_json

JSON = {"Content-Type": "application/json"}


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


def question(
    facts: Mapping[str, object],
    as_of: date | None = None,
    version: str | None = None,
    decisions: Sequence[str] | None = None,
    reference: str | None = None,
    *,
    explain: bool = False,
) -> dict[str, object]:
    """The body of a request, what is left out not in it."""
    given: dict[str, object] = {
        "facts": facts,
        "as_of": None if as_of is None else as_of.isoformat(),
        "version": version,
        "decisions": None if decisions is None else list(decisions),
        "reference": reference,
        "explain": explain or None,
    }
    return {name: each for name, each in given.items() if each is not None}


def body(value: object) -> bytes:
    """JSON with exact numbers."""
    return to_json(value).encode()


def answer(status: int, text: str) -> Any:
    """The JSON of an answer.

    Raises:
        ServiceError: the service refused.
    """
    try:
        found = loads(text)
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
