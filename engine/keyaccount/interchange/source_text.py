"""A policy's own text, to go along in a DMN file: the author's, comments and all."""

from __future__ import annotations

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.formats.yaml.writer import write_policy
from keyaccount.model.content import content
from keyaccount.model.policy import Policy
from keyaccount.source import Source


def source_text(policy: Policy) -> str:
    """The text that reads back as the policy."""
    author = policy.span.source.text
    return author if _reads_as(author, policy) else write_policy(policy)


def _reads_as(text: str, policy: Policy) -> bool:
    try:
        return content(read_policy(Source("policy.yaml", text))) == content(policy)
    except PolicyError:
        return False
