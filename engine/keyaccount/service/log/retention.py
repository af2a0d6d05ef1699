"""Let go of what need not be kept: contents are erased, the chain stays whole.

An erasure is an entry of the chain itself, or else whoever can write to the
database could pass off contents that he removed as erased.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, func, select, update

from keyaccount.service.answers import encode
from keyaccount.service.log.entry import Entry
from keyaccount.service.log.store import append_within
from keyaccount.service.tables import DECISION_LOG, LOG_HEAD, SHADOW_DIFFERENCE
from keyaccount.storage.engine import writing

NO_POLICY = ""
"""What an entry names as policy and version that is no decision."""


def erase(
    engine: Engine, before: datetime, now: datetime, caller: str, tenant: str | None = None
) -> int:
    """Erase the contents of entries older than an instant; what is left tells only that they were.

    Args:
        engine: of the database.
        before: entries of this instant and later stay.
        now: the instant of the erasure.
        caller: who erases; it stands in the log.
        tenant: only this one's entries.

    Returns:
        how many entries were erased now.
    """
    instant = _text(before)
    count = 0
    with writing(engine) as connection:
        heads = connection.execute(select(LOG_HEAD.c.tenant, LOG_HEAD.c.erased).with_for_update())
        for name, erased in list(heads):
            if tenant is not None and name != tenant:
                continue
            until = _last_to_go(connection, name, instant, erased)
            if until > erased:
                count += _erase(connection, name, until)
                entry = _entry(name, until, instant, _text(now), caller)
                append_within(connection, [entry])
    return count


def _last_to_go(connection: Connection, tenant: str, instant: str, erased: int) -> int:
    """The last entry of those to be erased.

    The entries of a tenant are in the order of their numbers, not quite of their times: it is
    the one before the first that has to stay, so that the boundary is one number.
    """
    own = DECISION_LOG.c.tenant == tenant
    stays = own & (DECISION_LOG.c.at >= instant) & (DECISION_LOG.c.sequence > erased)
    query = select(func.min(DECISION_LOG.c.sequence)).where(stays)
    first_to_stay = connection.execute(query).scalar_one()
    if first_to_stay is not None:
        return int(first_to_stay) - 1
    last = connection.execute(select(func.max(DECISION_LOG.c.sequence)).where(own)).scalar_one()
    return last or 0


def _erase(connection: Connection, tenant: str, until: int) -> int:
    log, shadow, head = DECISION_LOG.c, SHADOW_DIFFERENCE.c, LOG_HEAD.c
    old = (log.tenant == tenant) & (log.sequence <= until) & log.entry.is_not(None)
    gone = connection.execute(update(DECISION_LOG).where(old).values(entry=None, reference=None))
    differing = (shadow.tenant == tenant) & (shadow.sequence <= until)
    connection.execute(SHADOW_DIFFERENCE.delete().where(differing))
    connection.execute(update(LOG_HEAD).where(head.tenant == tenant).values(erased=until))
    return gone.rowcount


def _entry(tenant: str, until: int, before: str, now: str, caller: str) -> Entry:
    content = {
        "at": now,
        "caller": caller,
        "erased": {"until": until, "before": before},
        "policy": NO_POLICY,
        "version": NO_POLICY,
    }
    text = encode(content)
    return Entry(tenant, now, NO_POLICY, NO_POLICY, None, text)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
