"""Random policies on random accounts: reference, Python and SQL give the same."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from differential.backends import AS_OF, Backend, Python, Sql, told
from differential.layouts import MIXED, forms_of
from differential.shards import accounts_of, seeded
from differential.size import PROGRAMS
from generators.comparing import canonical_outcomes
from generators.policies import programs
from keyaccount.backends.python import compile_program
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.ir import core
from relations import Account

ACCOUNTS = 40
COLUMNS = ("money", "integer", MIXED)
"""Kinds of columns; those of many digits and DOUBLE are refused wherever there is arithmetic."""

LEAST_SHARE = 0.6
"""So many programs at least SQL must take: random ones hold much that no author would write."""


def assert_agrees(backend: Backend, accounts: list[Account]) -> int:
    """Compare; the number of accounts that the backend leaves to another."""
    left = 0
    for account, found in zip(accounts, backend.answers(accounts), strict=True):
        expected = canonical_outcomes(evaluate(backend.program, account, AS_OF))
        difference = backend.difference(expected, found)
        assert difference is None, told(backend, account, difference)
        left += found is None
    return left


def test_backends_agree(figures: list[str]) -> None:
    counts: Counter[str] = Counter()

    @settings(max_examples=PROGRAMS, deadline=None, suppress_health_check=list(HealthCheck))
    @given(programs(), st.sampled_from(COLUMNS), st.integers(0, 2**32))
    def agree(program: core.Program, layout: str, seed: int) -> None:
        random = seeded(str(seed))
        forms = forms_of(layout, program, random)
        accounts = accounts_of(program, forms, random, ACCOUNTS)
        assert_agrees(Python(compile_program(program)), accounts)
        counts["programs"] += 1
        try:
            counts["accounts left"] += assert_agrees(Sql(program, forms), accounts)
            counts["accounts"] += len(accounts)
        except PolicyError as error:
            counts["refused"] += 1
            counts.update({each.code for each in error.diagnostics})

    agree()
    figures.append(f"random policies: {dict(counts)}")
    assert counts["refused"] <= (1 - LEAST_SHARE) * counts["programs"]
