"""Make the decisions again that use what changed; tell which results are others now."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import uuid4

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from keyaccount.ir.requirements import select as select_needed
from keyaccount.policy_set import PolicySet
from keyaccount.service.access.callers import Caller
from keyaccount.service.answers import encode
from keyaccount.service.bodies import Facts, Question
from keyaccount.service.deciding import decide
from keyaccount.service.log.store import append_within
from keyaccount.service.subjects.facts import Known, Subject, at, scopes
from keyaccount.service.tables import SUBJECT_DECISION, SUBJECT_EVENT, WEBHOOK, WEBHOOK_DELIVERY
from keyaccount.storage.engine import POSTGRESQL

EVENT_TYPE = "keyaccount.decision.changed"

Outcomes = Mapping[str, str]
"""What decisions came to, as JSON text, by name."""


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that came to something else than before; `before` is None the first time."""

    scope: str
    policy: str
    decision: str
    version: str
    before: str | None
    after: str
    entry: int


def decide_again(
    connection: Connection,
    policies: PolicySet,
    subject: Subject,
    known: list[Known],
    changed: Collection[str],
    now: datetime,
    caller: Caller,
) -> list[Change]:
    """Decide in every scope by all policies that use any of the changed facts.

    The decisions, their entries in the log, the events and what webhooks are to
    send are written in the caller's transaction: all or none.

    Raises:
        FactError: the facts will not do.
    """
    changes: list[Change] = []
    for scope in scopes(known):
        facts = at(known, scope, now, now)
        for policy in policies.policies:
            used = facts_of(policies, policy)
            if used.isdisjoint(changed):
                continue
            own = {name: value for name, value in facts.items() if name in used}
            changes += _decide_one(connection, policies, subject, scope, policy, own, now, caller)
    for change in changes:
        _tell(connection, subject, change, now)
    return changes


@lru_cache(maxsize=256)
def facts_of(policies: PolicySet, policy: str) -> frozenset[str]:
    """The facts that a policy's decisions use."""
    needed = select_needed(policies.program, policies.full_names(policy), reasons=True)
    return frozenset(needed.facts)


def _decide_one(
    connection: Connection,
    policies: PolicySet,
    subject: Subject,
    scope: str,
    policy: str,
    facts: Facts,
    now: datetime,
    caller: Caller,
) -> list[Change]:
    question = Question(facts, encode(facts), reference=subject.name)
    made = decide(policies, policy, question, now, caller)
    [receipt] = append_within(connection, [made.entry])
    outcomes = _outcomes(made.answer)
    before = _before(connection, subject, scope, policy)
    changed = {name: each for name, each in outcomes.items() if before.get(name) != each}
    _keep(connection, subject, scope, policy, changed, receipt.sequence)
    return [
        Change(scope, policy, name, policies.version, before.get(name), each, receipt.sequence)
        for name, each in changed.items()
        if name in before or '"status":"decided"' in each
    ]


def _outcomes(answer: bytes) -> Outcomes:
    """Value, status and rules of each decision; what else stands there is no result."""
    decisions = json.loads(answer, parse_float=_Exact, parse_int=_Exact)["decisions"]
    return {
        name: _text({part: each[part] for part in ("value", "status", "rules")})
        for name, each in decisions.items()
    }


class _Exact(str):
    """A number by its own characters: it is compared and told, not reckoned with."""

    __slots__ = ()


def _text(value: object) -> str:
    match value:
        case _Exact():
            return str(value)
        case dict():
            inner = ",".join(f"{json.dumps(str(k))}:{_text(v)}" for k, v in value.items())
            return f"{{{inner}}}"
        case list():
            return f"[{','.join(map(_text, value))}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _before(connection: Connection, subject: Subject, scope: str, policy: str) -> Outcomes:
    table = SUBJECT_DECISION.c
    query = select(table.decision, table.outcome).where(
        table.tenant == subject.tenant,
        table.subject == subject.name,
        table.scope == scope,
        table.policy == policy,
    )
    return {each.decision: each.outcome for each in connection.execute(query)}


def _keep(
    connection: Connection,
    subject: Subject,
    scope: str,
    policy: str,
    outcomes: Outcomes,
    entry: int,
) -> None:
    if not outcomes:
        return
    dialect = postgresql if connection.dialect.name == POSTGRESQL else sqlite
    statement = dialect.insert(SUBJECT_DECISION)
    statement = statement.on_conflict_do_update(
        index_elements=list(SUBJECT_DECISION.primary_key.columns),
        set_={"outcome": statement.excluded.outcome, "entry": statement.excluded.entry},
    )
    rows = [
        {
            "tenant": subject.tenant,
            "subject": subject.name,
            "scope": scope,
            "policy": policy,
            "decision": name,
            "outcome": each,
            "entry": entry,
        }
        for name, each in outcomes.items()
    ]
    connection.execute(statement, rows)


def _tell(connection: Connection, subject: Subject, change: Change, now: datetime) -> None:
    """Keep the change in the history, and in the outbox of every webhook of the tenant."""
    id_ = str(uuid4())
    text = cloud_event(id_, subject, change, now)
    connection.execute(
        insert(SUBJECT_EVENT).values(tenant=subject.tenant, subject=subject.name, event=text)
    )
    hooks = connection.execute(select(WEBHOOK.c.id).where(WEBHOOK.c.tenant == subject.tenant))
    rows = [
        {"webhook": each.id, "event_id": id_, "body": text, "attempts": 0, "due_at": now}
        for each in hooks
    ]
    if rows:
        connection.execute(insert(WEBHOOK_DELIVERY), rows)


def cloud_event(id_: str, subject: Subject, change: Change, now: datetime) -> str:
    """The change as CloudEvent 1.0, as JSON text; numbers exact."""
    head = {
        "specversion": "1.0",
        "id": id_,
        "source": "/v1/accounts",
        "type": EVENT_TYPE,
        "subject": subject.name,
        "time": now.isoformat(),
        "datacontenttype": "application/json",
    }
    data = {
        "scope": change.scope or None,
        "policy": change.policy,
        "decision": change.decision,
        "version": change.version,
        "entry": change.entry,
    }
    inner = f'{_text(data)[:-1]},"before":{change.before or "null"},"after":{change.after}}}'
    return f'{_text(head)[:-1]},"data":{inner}}}'
