"""Read the log back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import UnknownNameError
from keyaccount.service.log.chain import START, Head
from keyaccount.service.tables import DECISION_LOG, LOG_HEAD, SHADOW_DIFFERENCE
from keyaccount.storage.engine import POSTGRESQL, reading

_PAGE = 2000
_BEFORE_ALL = -(2**63)
"""Entries count from 1; whatever stands before it was put there."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry as it stands in the table; `entry` is None once it is erased."""

    tenant: str
    sequence: int
    at: str
    policy: str
    version: str
    reference: str | None
    entry: str | None
    digest: str
    hash: str


_COLUMNS = [DECISION_LOG.c[name] for name in Logged.__slots__]


def page(
    engine: Engine,
    tenant: str,
    after: int = 0,
    most: int = _PAGE,
    policy: str | None = None,
    reference: str | None = None,
) -> list[Logged]:
    """Entries behind a number, in their order."""
    with reading(engine) as connection:
        return _page(connection, tenant, after, most, policy, reference)


def _page(
    connection: Connection,
    tenant: str,
    after: int,
    most: int,
    policy: str | None = None,
    reference: str | None = None,
) -> list[Logged]:
    query = (
        select(*_COLUMNS)
        .where(DECISION_LOG.c.tenant == tenant, DECISION_LOG.c.sequence > after)
        .order_by(DECISION_LOG.c.sequence)
        .limit(most)
    )
    if policy is not None:
        query = query.where(DECISION_LOG.c.policy == policy)
    if reference is not None:
        query = query.where(DECISION_LOG.c.reference == reference)
    return [_logged(each) for each in connection.execute(query)]


def one(engine: Engine, tenant: str, sequence: int) -> Logged | None:
    """One entry."""
    query = select(*_COLUMNS).where(
        DECISION_LOG.c.tenant == tenant, DECISION_LOG.c.sequence == sequence
    )
    with reading(engine) as connection:
        found = connection.execute(query).one_or_none()
    return None if found is None else _logged(found)


def entries(engine: Engine, tenant: str) -> Iterator[Logged]:
    """All entries of a tenant, in their order, however many there are.

    On SQLite, where columns hold what they are given, one that was tampered with
    may come as bytes instead of text: `is_text` tells.
    """
    after = _BEFORE_ALL
    while True:
        with reading(engine) as connection, _bytes_allowed(connection):
            found = _page(connection, tenant, after, _PAGE)
        if not found:
            return
        yield from found
        after = found[-1].sequence


def is_text(logged: Logged) -> bool:
    """Whether all that is to be text is text."""
    texts = (logged.at, logged.policy, logged.version, logged.digest, logged.hash)
    whole = all(isinstance(each, str) for each in texts)
    return whole and all(isinstance(each, str | None) for each in (logged.reference, logged.entry))


@contextmanager
def _bytes_allowed(connection: Connection) -> Iterator[None]:
    """Whoever reads all of the log is not to stop at what is no text."""
    if connection.dialect.name == POSTGRESQL:
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.text_factory = _text_or_bytes
    try:
        yield
    finally:
        driver.text_factory = str


def _text_or_bytes(data: bytes) -> str | bytes:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


@dataclass(frozen=True, slots=True)
class Chain:
    """The end of a tenant's chain; up to `erased`, contents may be gone."""

    head: Head
    erased: int


def chains(engine: Engine) -> dict[str, Chain]:
    """The chains by tenant."""
    query = select(LOG_HEAD.c.tenant, LOG_HEAD.c.sequence, LOG_HEAD.c.hash, LOG_HEAD.c.erased)
    with reading(engine) as connection:
        found = {
            each.tenant: Chain(Head(each.sequence, each.hash), each.erased)
            for each in connection.execute(query.order_by(LOG_HEAD.c.tenant))
        }
        tenants = connection.execute(select(DECISION_LOG.c.tenant).distinct())
        for each in tenants:
            # A log without its head is not empty but tampered with: `verify` says so.
            found.setdefault(each.tenant, Chain(Head(0, START), 0))
    return found


def known_tenant(engine: Engine, tenant: str | None) -> None:
    """See that somebody's log is there.

    Raises:
        UnknownNameError: this tenant has none; None asks for nobody's.
    """
    known = chains(engine)
    if tenant is not None and tenant not in known:
        raise UnknownNameError([messages.unknown_tenant(tenant, known)])


def differences(engine: Engine, tenant: str, after: int, most: int) -> list[dict[str, object]]:
    """Where the shadow decided otherwise, in the order of the log; as plain data but the JSON."""
    query = (
        select(SHADOW_DIFFERENCE)
        .where(SHADOW_DIFFERENCE.c.tenant == tenant, SHADOW_DIFFERENCE.c.sequence > after)
        .order_by(SHADOW_DIFFERENCE.c.sequence)
        .limit(most)
    )
    with reading(engine) as connection:
        return [dict(each) for each in connection.execute(query).mappings()]


def _logged(row: Row[Any]) -> Logged:
    return Logged(**row._asdict())
