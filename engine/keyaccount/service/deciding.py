"""Decide one question and make what leaves: the answer, and the entry for the log."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from keyaccount.diagnostics.diagnostic import KeyaccountError, Language
from keyaccount.policy_set import PolicySet
from keyaccount.result import RawDecision, Result
from keyaccount.service.access.callers import Caller
from keyaccount.service.answers import encode, encoded, encoder_of
from keyaccount.service.bodies import Question
from keyaccount.service.log.chain import Head
from keyaccount.service.log.entry import MASKED, Entry, Shadow, entry_of


class Decided(msgspec.Struct, frozen=True, gc=False):
    """An answer without its receipt, as JSON bytes, and its entry."""

    answer: bytes
    entry: Entry


def decide(
    policies: PolicySet,
    policy: str,
    question: Question,
    now: datetime,
    caller: Caller,
    shadow: PolicySet | None = None,
    language: Language = Language.EN,
) -> Decided:
    """Decide.

    Raises:
        KeyaccountError: no such policy or decision, facts that will not do, nothing in force.
    """
    as_of = question.as_of or _today(policies, policy, now)
    wanted = question.decisions
    result = policies.decide(policy, question.facts, as_of=as_of, now=now, decisions=wanted)
    tail = answer_tail(result, policies)
    differing = None
    if shadow is not None:
        differing = _compared(shadow, policy, question, as_of, now, result)
    entry = entry_of(
        caller.tenant,
        now.isoformat(timespec="microseconds"),
        policy,
        result.version,
        tail,
        caller.name,
        masked(policies, question),
        question.reference,
        wanted,
        differing,
    )
    if question.explain:
        told = policies.explain(policy, question.facts, as_of=as_of, now=now, decisions=wanted)
        explanation = encoded(told.to_json_dict(language)["decisions"])
        tail = tail[:-1] + b',"explanation":' + explanation + b"}"
    return Decided(tail, entry)


def answer_tail(result: Result, policies: PolicySet) -> bytes:
    """Policy, version, date and decisions as a JSON object."""
    head = _head(result.policy, result.version)
    return b'%b"as_of":"%b","decisions":%b}' % (
        head,
        result.as_of.isoformat().encode(),
        encoder_of(result, policies.program).decisions(result),
    )


def with_receipt(answer: bytes, receipt: Head) -> bytes:
    """The answer as it leaves, with its place in the log."""
    return b'{"entry":%d,"receipt":"%b",' % (receipt.sequence, receipt.hash.encode()) + answer[1:]


def masked(policies: PolicySet, question: Question) -> bytes:
    """The facts' JSON without the values of those that are sensitive."""
    sensitive = sensitive_facts(policies)
    if not sensitive:
        return question.text
    facts = question.facts.items()
    return encode({name: MASKED if name in sensitive else value for name, value in facts})


@lru_cache(maxsize=64)
def sensitive_facts(policies: PolicySet) -> frozenset[str]:
    """The names of facts whose values must not be kept."""
    return frozenset(name for name, fact in policies.program.facts.items() if fact.sensitive)


@lru_cache(maxsize=256)
def _head(policy: str, version: str) -> bytes:
    return b'{"policy":%b,"version":"%b",' % (msgspec.json.encode(policy), version.encode())


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _today(policies: PolicySet, policy: str, now: datetime) -> date:
    found = policies.policies.get(policy)
    if found is None:
        return now.date()  # `decide` says that there is no such policy
    return now.astimezone(_zone(found.time_zone)).date()


def _compared(
    shadow: PolicySet,
    policy: str,
    question: Question,
    as_of: date,
    now: datetime,
    served: Result,
) -> Shadow | None:
    """Where the candidate decides otherwise; None where it does not."""
    try:
        other = shadow.decide(
            policy, question.facts, as_of=as_of, now=now, decisions=question.decisions
        )
    except KeyaccountError as error:
        codes = [each.code for each in error.diagnostics]
        return Shadow(shadow.version, encoded({"refused": codes}))
    others = _by_name(other)
    differences = {
        name: {"served": _plain(raw), "shadow": _plain(others.get(name))}
        for name, raw in _by_name(served).items()
        if raw != others.get(name)
    }
    if not differences:
        return None
    return Shadow(shadow.version, encoded({"decisions": differences}))


def _by_name(result: Result) -> dict[str, RawDecision]:
    return {name: result.outcomes[place] for name, place in result.frame.positions.items()}


def _plain(raw: RawDecision | None) -> object:
    """An outcome as it is told; null where the candidate has no such decision."""
    if raw is None:
        return None
    if isinstance(raw, tuple):
        return {"value": raw[0], "rules": raw[1]}
    return {"value": raw.value, "rules": raw.rules, "status": raw.status.value}
