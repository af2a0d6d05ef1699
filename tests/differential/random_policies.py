"""Random policies on random accounts, some of them in one process: as programs, and as texts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import hypothesis
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from differential.backends import AS_OF, Python, Sql, assert_agrees
from differential.layouts import MIXED, forms_of
from differential.shards import accounts_of, seeded
from generators.policies import programs
from generators.policy_texts import policies
from keyaccount import PolicySet
from keyaccount.backends.python import compile_program
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.ir import core
from keyaccount.source import Source

ACCOUNTS = 40
COLUMNS = ("money", "integer", MIXED)
"""Kinds of columns; those of many digits and DOUBLE are refused wherever there is arithmetic."""


@dataclass(frozen=True, slots=True)
class Part:
    """So many random policies, the same ones for the same seed."""

    seed: int
    examples: int


def compare_programs(part: Part) -> Counter[str]:
    """Programs drawn node by node.

    Raises:
        AssertionError: backends differ, with the smallest case found.
    """
    counts: Counter[str] = Counter()

    @_thorough(part)
    @given(programs(), st.sampled_from(COLUMNS), st.integers(0, 2**32))
    def agree(program: core.Program, layout: str, seed: int) -> None:
        _assert_agree(program, layout, seed, counts)

    agree()
    return counts


def compare_texts(part: Part) -> Counter[str]:
    """Policies written as YAML: read, checked, lowered, bound.

    Raises:
        AssertionError: backends differ, with the smallest case found.
    """
    counts: Counter[str] = Counter()

    @_thorough(part)
    @given(policies(), st.integers(0, 2**32))
    def agree(text: str, seed: int) -> None:
        read = policy_set(text)
        counts["with warnings"] += bool(read.warnings)
        _assert_agree(read.bound("p", AS_OF), MIXED, seed, counts)

    agree()
    return counts


def policy_set(text: str) -> PolicySet:
    """The one policy `p` of a text."""
    return PolicySet({"p": read_policy(Source("p.yaml", text))})


def _thorough(part: Part):
    """As many examples as asked for, the same ones each time."""

    def decorate(test):
        configured = hypothesis.settings(
            max_examples=part.examples,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        return configured(hypothesis.seed(part.seed)(test))

    return decorate


def _assert_agree(program: core.Program, layout: str, seed: int, counts: Counter[str]) -> None:
    random = seeded(str(seed))
    forms = forms_of(layout, program, random)
    accounts = accounts_of(program, forms, random, ACCOUNTS)
    counts["policies"] += 1
    assert_agrees(Python(compile_program(program)), accounts)
    try:
        counts["accounts left"] += assert_agrees(Sql(program, forms), accounts)
        counts["accounts"] += len(accounts)
    except PolicyError as error:
        counts["refused"] += 1
        counts.update({each.code for each in error.diagnostics})
