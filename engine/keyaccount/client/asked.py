"""What the client asks for, apart from how it travels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote

from keyaccount.result.json_text import to_json

_LIST_TYPES = {
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; `file` is a list that is sent as its body instead of `body`."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None


def decide(
    policy: str,
    facts: Mapping[str, object],
    as_of: date | None,
    version: str | None,
    decisions: Sequence[str] | None,
    reference: str | None,
    *,
    explain: bool,
) -> Asked:
    """One case."""
    told = {
        "facts": facts,
        "as_of": None if as_of is None else as_of.isoformat(),
        "version": version,
        "decisions": None if decisions is None else list(decisions),
        "reference": reference,
        "explain": explain or None,
    }
    return _post(f"/v1/decisions/{_part(policy)}", _given(told))


def decide_many(policy: str, cases: Sequence[Mapping[str, object]]) -> Asked:
    """Many cases, each by its facts."""
    return _post(f"/v1/decisions/{_part(policy)}/batch", [{"facts": each} for each in cases])


def add_facts(
    account: str, facts: Mapping[str, object], scope: str | None, valid_from: str | None
) -> Asked:
    """Facts over time."""
    told = {"facts": facts, "scope": scope, "valid_from": valid_from}
    return _post(f"/v1/accounts/{_part(account)}/facts", _given(told))


def facts(
    account: str, scope: str | None, valid_at: datetime | None, known_at: datetime | None
) -> Asked:
    """What is known of an account."""
    told = {"scope": scope, "valid_at": _instant(valid_at), "known_at": _instant(known_at)}
    return Asked("GET", f"/v1/accounts/{_part(account)}/facts", _texts(told))


def history(account: str, after: int, limit: int) -> Asked:
    """The changes of an account's decisions."""
    told = {"after": after, "limit": limit}
    return Asked("GET", f"/v1/accounts/{_part(account)}/history", _texts(told))


def add_list(
    policy: str,
    file: Path,
    as_of: date | None,
    version: str | None,
    decisions: Sequence[str] | None,
    encoding: str | None,
    reference: str | None,
) -> Asked:
    """A whole list.

    Raises:
        ValueError: the file's ending is none of those that the service takes.
    """
    kind = _LIST_TYPES.get(file.suffix.lower())
    if kind is None:
        raise ValueError(f"`{file.name}` ends in none of {', '.join(_LIST_TYPES)}")
    told = {
        "as_of": None if as_of is None else as_of.isoformat(),
        "version": version,
        "decisions": None if decisions is None else ",".join(decisions),
        "encoding": encoding,
        "reference": reference,
    }
    headers = {"Content-Type": kind, "Content-Length": str(file.stat().st_size)}
    return Asked("POST", f"/v1/lists/{_part(policy)}", _texts(told), headers=headers, file=file)


def jobs(limit: int) -> Asked:
    """The lists that were uploaded."""
    return Asked("GET", "/v1/jobs", {"limit": str(limit)})


def job(id_: str, part: str = "") -> Asked:
    """One list's job, or its `/result` or `/rejects`."""
    return Asked("GET", f"/v1/jobs/{_part(id_)}{part}")


def remove_job(id_: str) -> Asked:
    """Remove a list's files."""
    return Asked("DELETE", f"/v1/jobs/{_part(id_)}")


def _post(path: str, told: object) -> Asked:
    return Asked("POST", path, body=to_json(told).encode(), headers=_JSON)


def _part(name: str) -> str:
    """A name as one part of a path, whatever is in it."""
    return quote(name, safe="")


def _given(told: Mapping[str, object]) -> dict[str, object]:
    return {name: each for name, each in told.items() if each is not None}


def _texts(told: Mapping[str, object]) -> dict[str, str]:
    return {name: str(each) for name, each in _given(told).items()}


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
