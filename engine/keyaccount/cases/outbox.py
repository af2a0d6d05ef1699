"""Effects waiting to be done outside: taken on a lease, done at least once, retried, given up.

An effect is done after the transaction that ordered it, outside of any other. Who
dies in between leaves a lease that runs out; the next one does it again, by the
same key, so that the receiver can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, and_, func, select, tuple_, update

from keyaccount.cases.protocol import Data
from keyaccount.cases.tables import EFFECTS
from keyaccount.storage.engine import POSTGRESQL, reading, writing

PENDING, DONE, DEAD = "pending", "done", "dead"
_LONGEST_ERROR = 2000


@dataclass(frozen=True, slots=True)
class Retries:
    """How often an effect is tried, and how long it waits in between: twice as long each time."""

    most: int = 12
    first: timedelta = timedelta(seconds=10)
    longest: timedelta = timedelta(hours=1)
    lease: timedelta = timedelta(minutes=5)

    def wait(self, attempts: int) -> timedelta:
        """How long after so many failures, from 1."""
        doublings = min(attempts - 1, 20)
        return min(self.first * (1 << doublings), self.longest)


@dataclass(frozen=True, slots=True)
class Errand:
    """An effect to be done now. `attempt` counts from 1; `key` is unique for ever."""

    case_id: str
    effect: str
    kind: str
    data: Data
    created_at: datetime
    attempt: int

    @property
    def key(self) -> str:
        return f"{self.case_id}/{self.effect}"


@dataclass(frozen=True, slots=True)
class Letter:
    """An effect that was given up, with the last error."""

    case_id: str
    effect: str
    kind: str
    data: Data
    attempts: int
    error: str


class Outbox:
    """The effects of a database. Thread-safe."""

    def __init__(self, engine: Engine, retries: Retries | None = None) -> None:
        self.engine = engine
        self.retries = retries or Retries()

    def take(self, now: datetime, most: int = 20) -> list[Errand]:
        """Effects to be done now, on a lease: nobody else gets them until it runs out."""
        ready = and_(EFFECTS.c.status == PENDING, EFFECTS.c.wakes <= now)
        query = select(EFFECTS.c.case_id, EFFECTS.c.key).where(ready)
        query = query.order_by(EFFECTS.c.wakes).limit(most)
        with writing(self.engine) as connection:
            if connection.dialect.name == POSTGRESQL:
                query = query.with_for_update(skip_locked=True)
            keys = [tuple(row) for row in connection.execute(query)]
            if not keys:
                return []
            leased = (
                update(EFFECTS)
                .where(tuple_(EFFECTS.c.case_id, EFFECTS.c.key).in_(keys))
                .values(wakes=now + self.retries.lease, attempts=EFFECTS.c.attempts + 1)
                .returning(*_ERRAND)
            )
            return sorted(
                (Errand(*row) for row in connection.execute(leased)),
                key=lambda each: (each.created_at, each.case_id, each.effect),
            )

    def done(self, errands: Sequence[Errand], now: datetime) -> None:
        """They are done, for good."""
        if errands:
            self._settle(errands, {"status": DONE, "done_at": now, "error": None})

    def failed(self, errand: Errand, error: str, now: datetime, *, for_good: bool = False) -> None:
        """It failed: another try later, or none where that would not help."""
        error = error[:_LONGEST_ERROR]
        if for_good or errand.attempt >= self.retries.most:
            self._settle([errand], {"status": DEAD, "error": error})
        else:
            wakes = now + self.retries.wait(errand.attempt)
            self._settle([errand], {"wakes": wakes, "error": error})

    def give_back(self, errands: Sequence[Errand], now: datetime) -> None:
        """Effects taken and not begun: free for others at once."""
        if errands:
            self._settle(errands, {"wakes": now, "attempts": EFFECTS.c.attempts - 1})

    def dead_letters(self) -> Sequence[Letter]:
        """What was given up, the oldest first."""
        columns = (*_ERRAND[:4], EFFECTS.c.attempts, EFFECTS.c.error)
        query = select(*columns).where(EFFECTS.c.status == DEAD).order_by(EFFECTS.c.created_at)
        with reading(self.engine) as connection:
            return [Letter(*row) for row in connection.execute(query)]

    def try_again(self, case_id: str, effect: str, now: datetime) -> bool:
        """Let a dead letter be tried anew; whether there was one."""
        revived = (
            update(EFFECTS)
            .where(EFFECTS.c.case_id == case_id, EFFECTS.c.key == effect)
            .where(EFFECTS.c.status == DEAD)
            .values(status=PENDING, wakes=now, attempts=0)
            .returning(EFFECTS.c.key)
        )
        with writing(self.engine) as connection:
            return connection.execute(revived).scalar() is not None

    def counts(self) -> Mapping[str, int]:
        """How many effects are pending, done and dead."""
        query = select(EFFECTS.c.status, func.count()).group_by(EFFECTS.c.status)
        with reading(self.engine) as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def next_wake(self) -> datetime | None:
        """When there is next something to be done; None where nothing is pending."""
        query = select(EFFECTS.c.wakes).where(EFFECTS.c.status == PENDING)
        with reading(self.engine) as connection:
            found: datetime | None = connection.execute(
                query.order_by(EFFECTS.c.wakes).limit(1)
            ).scalar()
            return found

    def _settle(self, errands: Sequence[Errand], values: Mapping[str, object]) -> None:
        """INVARIANT: what is done stays done, whoever was slower."""
        keys = [(each.case_id, each.effect) for each in errands]
        mine = tuple_(EFFECTS.c.case_id, EFFECTS.c.key).in_(keys)
        settled = update(EFFECTS).where(mine, EFFECTS.c.status != DONE).values(dict(values))
        with writing(self.engine) as connection:
            connection.execute(settled)


_ERRAND = (
    EFFECTS.c.case_id,
    EFFECTS.c.key,
    EFFECTS.c.kind,
    EFFECTS.c.data,
    EFFECTS.c.created_at,
    EFFECTS.c.attempts,
)
