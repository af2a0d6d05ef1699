"""Let go of what need not be kept: contents are erased, the chain stays whole."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, func, select, update

from keyaccount.service.tables import DECISION_LOG, LOG_HEAD, SHADOW_DIFFERENCE
from keyaccount.storage.engine import writing


def erase(engine: Engine, before: datetime, tenant: str | None = None) -> int:
    """Erase the contents of entries older than an instant; what is left tells only that they were.

    Returns:
        how many entries were erased now.
    """
    instant = before.astimezone(UTC).isoformat(timespec="microseconds")
    count = 0
    with writing(engine) as connection:
        heads = connection.execute(select(LOG_HEAD.c.tenant, LOG_HEAD.c.erased).with_for_update())
        for name, erased in list(heads):
            if tenant is not None and name != tenant:
                continue
            own = DECISION_LOG.c.tenant == name
            # The entries of a tenant are in the order of their numbers, not quite of their
            # times: up to the first one that has to stay, so that the boundary is one number.
            first_to_stay = connection.execute(
                select(func.min(DECISION_LOG.c.sequence)).where(
                    own, DECISION_LOG.c.at >= instant, DECISION_LOG.c.sequence > erased
                )
            ).scalar_one()
            last = connection.execute(
                select(func.max(DECISION_LOG.c.sequence)).where(own)
            ).scalar_one()
            until = (first_to_stay - 1) if first_to_stay is not None else (last or 0)
            old = own & (DECISION_LOG.c.sequence <= until) & DECISION_LOG.c.entry.is_not(None)
            gone = connection.execute(
                update(DECISION_LOG).where(old).values(entry=None, reference=None)
            )
            connection.execute(
                SHADOW_DIFFERENCE.delete().where(
                    SHADOW_DIFFERENCE.c.tenant == name, SHADOW_DIFFERENCE.c.sequence <= until
                )
            )
            count += gone.rowcount
            connection.execute(
                update(LOG_HEAD)
                .where(LOG_HEAD.c.tenant == name, LOG_HEAD.c.erased < until)
                .values(erased=until)
            )
    return count
