"""Send what is in the outbox: signed, at least once, with longer and longer waits."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, Row, delete, func, insert, select, update

from keyaccount.cases.effects.failure import EffectError, FutileEffectError, RejectedEffectError
from keyaccount.cases.effects.webhook import post
from keyaccount.service.tables import WEBHOOK, WEBHOOK_DELIVERY
from keyaccount.storage.engine import reading, writing

_TOGETHER = 20
_LEASE = timedelta(minutes=2)
"""So long nobody else takes what one worker is sending."""
_LONGEST_WAIT = timedelta(hours=6)
_REST = timedelta(seconds=30)
"""So long a receiver that has failed is left alone: the others must not wait for it."""
_MOST_ATTEMPTS = 20
_SECONDS = 10.0
_SECRET_BYTES = 32
_SECRET_PREFIX = "whsec_"  # noqa: S105 -- the prefix is no secret


@dataclass(frozen=True, slots=True)
class Webhook:
    """A receiver, without its secret.

    `waiting` events are still to be sent, `given_up` ones never will be; `error` is the
    latest failure of any of them.
    """

    id: str
    url: str
    created_at: datetime
    waiting: int
    given_up: int
    error: str | None


def add(engine: Engine, tenant: str, url: str, now: datetime) -> tuple[str, str]:
    """Its id, and the secret by which it tells our events from others'."""
    id_ = secrets.token_hex(8)
    secret = _SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    row = {"id": id_, "tenant": tenant, "url": url, "secret": secret, "created_at": now}
    with writing(engine) as connection:
        connection.execute(insert(WEBHOOK).values(row))
    return id_, secret


def webhooks(engine: Engine, tenant: str) -> list[Webhook]:
    """Those of a tenant, the oldest first."""
    table, delivery = WEBHOOK.c, WEBHOOK_DELIVERY.c
    failed = WEBHOOK_DELIVERY.alias().c
    latest = (
        select(failed.error)
        .where(failed.webhook == table.id, failed.error.is_not(None))
        .order_by(failed.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    counts = (func.count(delivery.due_at), func.count(delivery.id) - func.count(delivery.due_at))
    query = (
        select(table.id, table.url, table.created_at, *counts, latest)
        .outerjoin(WEBHOOK_DELIVERY, delivery.webhook == table.id)
        .where(table.tenant == tenant)
        .group_by(table.id, table.url, table.created_at)
        .order_by(table.created_at, table.id)
    )
    with reading(engine) as connection:
        return [Webhook(*each) for each in connection.execute(query)]


def remove(engine: Engine, tenant: str, id_: str) -> bool:
    """Send it nothing more; False where the tenant has no such webhook."""
    with writing(engine) as connection:
        own = (WEBHOOK.c.id == id_) & (WEBHOOK.c.tenant == tenant)
        found = connection.execute(delete(WEBHOOK).where(own)).rowcount
        if found:
            pending = WEBHOOK_DELIVERY.c.webhook == id_
            connection.execute(delete(WEBHOOK_DELIVERY).where(pending))
    return found > 0


def send_due(engine: Engine, now: datetime, allowed: Collection[str]) -> int:
    """Send what is due.

    Args:
        engine: of the database.
        now: the instant.
        allowed: private hosts that may be reached all the same, by name.

    Returns:
        how many were tried.
    """
    claimed = _claimed(engine, now)
    failing: set[str] = set()
    for each in claimed:
        if each.webhook in failing:
            continue
        try:
            headers = signed_headers(each.secret, each.event_id, now, each.body.encode())
            post(each.url, each.body.encode(), headers, allowed=allowed, seconds=_SECONDS)
        except EffectError as error:
            never = isinstance(error, FutileEffectError)
            if never and not isinstance(error, RejectedEffectError):
                _failed(engine, each, None, str(error))
                continue
            failing.add(each.webhook)
            _failed(engine, each, now, str(error))
        else:
            with writing(engine) as connection:
                done = WEBHOOK_DELIVERY.c.id == each.id
                connection.execute(delete(WEBHOOK_DELIVERY).where(done))
    for webhook in failing:
        _let_rest(engine, webhook, [each.id for each in claimed], now)
    return len(claimed)


def signed_headers(secret: str, event_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers of a delivery, signed as Standard Webhooks has it.

    Source: https://www.standardwebhooks.com
    """
    key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX))
    stamp = str(int(now.timestamp()))
    signed = hmac.digest(key, f"{event_id}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/cloudevents+json",
        "User-Agent": "keyaccount",
        "Idempotency-Key": event_id,
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def _claimed(engine: Engine, now: datetime) -> list[Row[tuple[object, ...]]]:
    """Some of what is due, not due again to anybody until its lease ends."""
    table = WEBHOOK_DELIVERY.c
    query = (
        select(
            table.id,
            table.webhook,
            table.event_id,
            table.body,
            table.attempts,
            WEBHOOK.c.url,
            WEBHOOK.c.secret,
        )
        .join(WEBHOOK, WEBHOOK.c.id == table.webhook)
        .where(table.due_at <= now)
        .order_by(table.due_at)
        .limit(_TOGETHER)
        .with_for_update(skip_locked=True, of=WEBHOOK_DELIVERY)
    )
    with reading(engine) as connection:  # mostly there is nothing: then no lock is taken
        if connection.execute(select(table.id).where(table.due_at <= now).limit(1)).first() is None:
            return []
    with writing(engine) as connection:
        found: list[Row[tuple[object, ...]]] = list(connection.execute(query))
        if found:
            leased = table.id.in_([each.id for each in found])
            connection.execute(update(WEBHOOK_DELIVERY).where(leased).values(due_at=now + _LEASE))
    return found


def _failed(
    engine: Engine, delivery: Row[tuple[object, ...]], now: datetime | None, error: str
) -> None:
    """Try again later; `now` is None where that is of no use."""
    attempts = delivery.attempts + 1
    again = None
    if now is not None and attempts < _MOST_ATTEMPTS:
        again = now + min(timedelta(seconds=2**attempts), _LONGEST_WAIT)
    change = update(WEBHOOK_DELIVERY).where(WEBHOOK_DELIVERY.c.id == delivery.id)
    with writing(engine) as connection:
        connection.execute(change.values(attempts=attempts, due_at=again, error=error[:500]))


def _let_rest(engine: Engine, webhook: str, claimed: Sequence[int], now: datetime) -> None:
    """Send nothing more to a receiver for a while: what is due, and what was claimed unsent."""
    table = WEBHOOK_DELIVERY.c
    unsent = table.id.in_(claimed) & (table.due_at == now + _LEASE)
    own = (table.webhook == webhook) & ((table.due_at <= now) | unsent)
    with writing(engine) as connection:
        connection.execute(update(WEBHOOK_DELIVERY).where(own).values(due_at=now + _REST))
