"""A policy's own text, to go along in a DMN file: the author's, comments and all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.holiday_tables import TABLES
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.limits import DEFAULT_LIMITS
from keyaccount.model.content import content
from keyaccount.model.policy import DecisionTable, Policy
from keyaccount.source import Source


def tables_beside(policy: Policy) -> dict[str, str]:
    """The texts of the files beside a policy that it names, by the names that it uses."""
    folder = Path(policy.span.source.name).parent
    found: dict[str, str] = {}
    for source in _sources(policy):
        path = Path(source.name)
        name = path.relative_to(folder) if path.is_relative_to(folder) else path
        found[name.as_posix()] = source.text
    return found


def _sources(policy: Policy) -> list[Source]:
    """The files that tables of rules and of holidays were read from, each once."""
    tables = [e.logic for e in policy.decisions.values() if isinstance(e.logic, DecisionTable)]
    rules = (rule.id.source for table in tables for rule in table.rules)
    known = [e.holidays for e in policy.calendars.values() if e.holidays is not None]
    # the first source of a table that comes with the program is the program's own
    holidays = (source for each in known for source in each.sources[each.name in TABLES :])
    own = policy.span.source
    return [each for each in dict.fromkeys((*rules, *holidays)) if each is not own]


def reads_as(text: str, beside: Mapping[str, str], policy: Policy) -> bool:
    """Whether a text, with the tables beside it, is the policy."""
    try:
        found = read_policy(Source("policy.yaml", text), DEFAULT_LIMITS, beside)
    except PolicyError:
        return False
    return content(found) == content(policy)
