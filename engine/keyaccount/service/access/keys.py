"""API keys: made once, shown once, kept as hashes."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Engine, insert, select, update

from keyaccount.service.access.callers import Caller, Role
from keyaccount.service.tables import API_KEY
from keyaccount.storage.engine import reading, writing

_FORM = re.compile(rb"ka_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_SECRET_BYTES = 32
_ID_BYTES = 6


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the table has it, without its secret."""

    id: str
    tenant: str
    name: str
    roles: frozenset[Role]
    rate: float | None
    created_at: datetime
    revoked: bool


def add_key(
    engine: Engine,
    name: str,
    tenant: str,
    roles: frozenset[Role],
    now: datetime,
    rate: float | None = None,
) -> str:
    """Make a key; the text that is handed back is to be seen nowhere else."""
    id_ = secrets.token_hex(_ID_BYTES)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with writing(engine) as connection:
        connection.execute(
            insert(API_KEY).values(
                id=id_,
                tenant=tenant,
                name=name,
                roles=" ".join(sorted(roles)),
                digest=_digest(secret.encode()),
                rate=rate,
                created_at=now,
                revoked=False,
            )
        )
    return f"ka_{id_}_{secret}"


def revoke_key(engine: Engine, id_: str, tenant: str | None = None) -> bool:
    """Let a key open nothing any more; False where there is none of this id (in the tenant)."""
    change = update(API_KEY).where(API_KEY.c.id == id_).values(revoked=True)
    if tenant is not None:
        change = change.where(API_KEY.c.tenant == tenant)
    with writing(engine) as connection:
        return connection.execute(change).rowcount > 0


def keys(engine: Engine, tenant: str | None = None) -> list[Key]:
    """All keys (of a tenant), the oldest first."""
    query = select(API_KEY).order_by(API_KEY.c.created_at, API_KEY.c.id)
    if tenant is not None:
        query = query.where(API_KEY.c.tenant == tenant)
    with reading(engine) as connection:
        return [
            Key(
                each.id,
                each.tenant,
                each.name,
                _roles(each.roles),
                each.rate,
                each.created_at,
                each.revoked,
            )
            for each in connection.execute(query)
        ]


def looks_like_key(token: bytes) -> bool:
    """Whether it has the form of an API key; a JSON Web Token has another."""
    return _FORM.fullmatch(token) is not None


def caller_of_key(engine: Engine, token: bytes) -> Caller | None:
    """Whose key it is; None where it opens nothing."""
    found = _FORM.fullmatch(token)
    if found is None:
        return None
    id_, secret = found[1].decode(), found[2]
    query = select(API_KEY).where(API_KEY.c.id == id_, API_KEY.c.revoked.is_(False))
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    if row is None or not hmac.compare_digest(row.digest, _digest(secret)):
        return None
    return Caller(f"key:{id_}", row.tenant, _roles(row.roles), row.rate)


def _digest(secret: bytes) -> str:
    return sha256(secret).hexdigest()


def _roles(text: str) -> frozenset[Role]:
    return frozenset(map(Role, text.split()))
