"""How the service runs: what the command line says, handed to every worker."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from json import dumps, loads
from typing import Any

VARIABLE = "KEYACCOUNT_SERVICE"
"""The environment variable by which a worker process gets its settings."""

DEFAULT_TENANT = "default"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of requests.

    `body_bytes` and `batch_bytes` of one body, `batch_cases` of one batch,
    `line_bytes` of one JSON line, `list_bytes` and `list_rows` of an uploaded
    list (a small Parquet file may hold billions of rows), `seconds` for a request to be read and
    answered, `waiting` requests and `streams` of JSON lines at once in one worker; one more is
    refused, a request after `shed_seconds`.
    """

    body_bytes: int = 1_000_000
    batch_bytes: int = 16_000_000
    batch_cases: int = 10_000
    line_bytes: int = 1_000_000
    list_bytes: int = 500_000_000
    list_rows: int = 5_000_000
    seconds: float = 30.0
    waiting: int = 48
    streams: int = 8
    shed_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Oidc:
    """Whose bearer tokens are taken.

    `jwks` is a file, or an HTTPS URL. The claims name the caller's roles (a
    list, or words) and tenant; without a claim for it all are of the default one.
    """

    issuer: str
    audience: str
    jwks: str
    roles_claim: str = "roles"
    tenant_claim: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """`policies` is the folder, `database` a URL, `data` the folder of uploaded lists.

    `keep_lists_days`: so long their files are kept once they are decided.

    `open_local`: no keys, loopback only.
    `allowed_hosts`: private hosts that webhooks may go to, by name.
    """

    policies: str
    database: str
    data: str
    open_local: bool = False
    workers: int = 1
    oidc: Oidc | None = None
    allowed_hosts: tuple[str, ...] = ()
    keep_lists_days: float = 7.0
    bounds: Bounds = field(default_factory=Bounds)

    def to_text(self) -> str:
        """All of it, for another process."""
        return dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Settings:
        """The settings as `to_text` wrote them."""
        given: dict[str, Any] = loads(text)
        bounds, oidc = given.pop("bounds"), given.pop("oidc")
        hosts = tuple(given.pop("allowed_hosts"))
        return cls(
            **given,
            bounds=Bounds(**bounds),
            oidc=None if oidc is None else Oidc(**oidc),
            allowed_hosts=hosts,
        )
