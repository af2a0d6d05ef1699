"""A policy's own text, to go along in a DMN file: the author's, comments and all."""

from __future__ import annotations

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.formats.yaml.writer import write_policy
from keyaccount.interchange.patching import with_decisions_written
from keyaccount.model.content import content
from keyaccount.model.policy import DecisionTable, Policy
from keyaccount.source import Source


def source_text(policy: Policy) -> str:
    """The text that reads back as the policy."""
    author = with_decisions_written(policy, with_rules_beside(policy))
    return author if author is not None and _reads_as(author, policy) else write_policy(policy)


def with_rules_beside(policy: Policy) -> list[str]:
    """The decisions of which the rules lie in a file of their own."""
    return [
        name
        for name, each in policy.decisions.items()
        if isinstance(each.logic, DecisionTable)
        and any(rule.id.source is not policy.span.source for rule in each.logic.rules)
    ]


def _reads_as(text: str, policy: Policy) -> bool:
    try:
        return content(read_policy(Source("policy.yaml", text))) == content(policy)
    except PolicyError:
        return False
