"""Take facts in, and make the decisions again at once or when the facts become valid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from keyaccount.diagnostics import fact_messages
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.facts.check import MOST_TOLD
from keyaccount.policy_set import PolicySet
from keyaccount.service.access.callers import Caller
from keyaccount.service.bodies import Facts
from keyaccount.service.subjects.deciding import Change, decide_again, facts_of
from keyaccount.service.subjects.facts import Subject, history, lock, remember
from keyaccount.service.tables import SUBJECT_DUE, SUBJECT_EVENT
from keyaccount.storage.engine import POSTGRESQL, reading, writing

_TOGETHER = 50
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

    Returns:
        of how many subjects.
    """
    with reading(engine) as connection:  # mostly there is nothing: then no lock is taken
        due = select(SUBJECT_DUE.c.due).where(SUBJECT_DUE.c.due <= now).limit(1)
        if connection.execute(due).first() is None:
            return 0
    with writing(engine) as connection:
        query = (
            select(SUBJECT_DUE)
            .where(SUBJECT_DUE.c.due <= now)
            .order_by(SUBJECT_DUE.c.due)
            .limit(_TOGETHER)
            .with_for_update(skip_locked=True)
        )
        found = list(connection.execute(query))
        for each in found:
            subject = Subject(each.tenant, each.subject)
            caller = Caller(CLOCK, each.tenant, frozenset())
            lock(connection, subject)
            known = history(connection, subject)
            names = set(each.names.split("\n"))
            decide_again(connection, policies, subject, known, names, now, caller)
            connection.execute(
                delete(SUBJECT_DUE).where(
                    SUBJECT_DUE.c.tenant == each.tenant,
                    SUBJECT_DUE.c.subject == each.subject,
                    SUBJECT_DUE.c.due == each.due,
                )
            )
    return len(found)


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


def _wait(connection: Connection, subject: Subject, due: datetime, facts: Facts) -> None:
    """Note when to decide again; of two notes for the same instant one is made of both."""
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
