"""Take facts in, and make the decisions again at once or when the facts become valid."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from keyaccount.diagnostics import fact_messages
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.facts.check import MOST_TOLD
from keyaccount.policy_set import PolicySet
from keyaccount.service.access.callers import Caller
from keyaccount.service.bodies import Facts
from keyaccount.service.subjects.deciding import Change, decide_again, facts_of
from keyaccount.service.subjects.facts import Subject, history, lock, remember
from keyaccount.service.tables import SUBJECT_DUE, SUBJECT_EVENT
from keyaccount.storage.engine import POSTGRESQL, StorageError, reading, writing

_LOG = logging.getLogger("keyaccount.service")
_TOGETHER = 50
_AGAIN = timedelta(minutes=10)
"""So long a subject waits whose facts the policies that serve do not take."""
CLOCK = "clock"
"""Who asks for decisions that are made again because time has come."""


def record(
    engine: Engine,
    policies: PolicySet,
    subject: Subject,
    scope: str,
    facts: Facts,
    valid_from: datetime,
    now: datetime,
    caller: Caller,
) -> list[Change]:
    """Keep facts and make the decisions again that use them.

    Raises:
        FactError: a fact that no policy has, or a value that will not do.
    """
    _check(policies, facts)
    with writing(engine) as connection:
        lock(connection, subject)
        remember(connection, subject, scope, facts, valid_from, now, caller.name)
        if valid_from > now:
            _wait(connection, subject, valid_from, facts)
            return []
        known = history(connection, subject)
        return decide_again(connection, policies, subject, known, facts.keys(), now, caller)


def decide_due(engine: Engine, policies: PolicySet, now: datetime) -> int:
    """Make the decisions again whose facts have become valid.

    Each subject is a transaction of its own, so that one whose facts will not do
    (newer policies may not take them) holds up no other: it is tried again later.

    Returns:
        of how many subjects, at most some at once.

    Raises:
        StorageError: the database cannot be reached.
        SQLAlchemyError: it cannot write.
    """
    table = SUBJECT_DUE.c
    query = select(table.tenant, table.subject, table.due).where(table.due <= now)
    with reading(engine) as connection:  # mostly there is nothing: then no lock is taken
        found = list(connection.execute(query.order_by(table.due).limit(_TOGETHER)))
    for tenant, name, due in found:
        subject = Subject(tenant, name)
        try:
            with writing(engine) as connection:
                names = _taken(connection, subject, due)
                _decide_due(connection, policies, subject, names, now)
        except (SQLAlchemyError, StorageError):
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, the others must not wait for it
            _LOG.warning("facts that became valid cannot be decided on: %s", type(error).__name__)
            with writing(engine) as connection:
                _wait(connection, subject, now + _AGAIN, _taken(connection, subject, due))
    return len(found)


def _taken(connection: Connection, subject: Subject, due: datetime) -> Sequence[str]:
    """Take a note out: the names of its facts; none where another worker was faster."""
    table = SUBJECT_DUE.c
    own = and_(table.tenant == subject.tenant, table.subject == subject.name, table.due == due)
    query = select(table.names).where(own).with_for_update(skip_locked=True)
    names = connection.execute(query).scalar_one_or_none()
    if names is None:
        return ()
    connection.execute(delete(SUBJECT_DUE).where(own))
    return list(dict.fromkeys(names.split("\n")))


def _decide_due(
    connection: Connection,
    policies: PolicySet,
    subject: Subject,
    names: Collection[str],
    now: datetime,
) -> None:
    if not names:
        return
    lock(connection, subject)
    known = history(connection, subject)
    caller = Caller(CLOCK, subject.tenant, frozenset())
    decide_again(connection, policies, subject, known, names, now, caller)


def events(engine: Engine, subject: Subject, after: int, most: int) -> Sequence[tuple[int, str]]:
    """The changes of a subject's decisions, as CloudEvents, behind a number."""
    table = SUBJECT_EVENT.c
    query = (
        select(table.id, table.event)
        .where(table.tenant == subject.tenant, table.subject == subject.name, table.id > after)
        .order_by(table.id)
        .limit(most)
    )
    with reading(engine) as connection:
        return [(each.id, each.event) for each in connection.execute(query)]


def _check(policies: PolicySet, facts: Facts) -> None:
    """Every fact must be some policy's, and its value one that the fact takes."""
    declared = policies.program.facts
    unknown = [each for each in facts if each not in declared]
    if unknown:
        known = tuple(declared)
        raise FactError(fact_messages.unknown_name(each, known) for each in unknown[:MOST_TOLD])
    for policy in policies.policies:
        own = facts_of(policies, policy) & facts.keys()
        if own:
            policies.decide(policy, {name: facts[name] for name in own})


def _wait(connection: Connection, subject: Subject, due: datetime, facts: Collection[str]) -> None:
    """Note when to decide again; of two notes for the same instant one is made of both."""
    if not facts:
        return
    dialect = postgresql if connection.dialect.name == POSTGRESQL else sqlite
    statement = dialect.insert(SUBJECT_DUE).values(
        tenant=subject.tenant, subject=subject.name, due=due, names="\n".join(facts)
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(SUBJECT_DUE.primary_key.columns),
            set_={"names": SUBJECT_DUE.c.names + "\n" + statement.excluded.names},
        )
    )
