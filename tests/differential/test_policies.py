"""The policies that ship: every backend gives what the reference gives, on random accounts.

Values lie on and beside the figures that a policy compares with; some facts
are not given, some are null. The number of accounts for each policy is in
`KEYACCOUNT_DIFFERENTIAL_ROWS`; the large one is run by `make differential`.
"""

import os
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random

import pytest

import sql_on_duckdb
from generators.accounts import random_accounts
from generators.comparing import canonical_outcomes
from keyaccount import PolicySet
from keyaccount.backends.python import CompiledProgram, compile_program
from keyaccount.backends.python.hits import outcome_of
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.ir import core
from keyaccount.ir.binding import bind
from keyaccount.ir.outcome import Outcome
from keyaccount.ir.requirements import select

FOLDER = Path(__file__).parents[2] / "policies"
POLICIES = sorted(each.stem for each in FOLDER.glob("*.yaml"))
ROWS = int(os.environ.get("KEYACCOUNT_DIFFERENTIAL_ROWS", "400"))
CHUNK = 5000
AS_OF = date(2026, 1, 31)

Account = dict[str, object]


@pytest.fixture(scope="module")
def policies() -> PolicySet:
    return PolicySet.load(FOLDER)


def bound(policies: PolicySet, policy: str) -> core.Program:
    names = [f"{policy}.{each}" for each in policies.policies[policy].decisions]
    return bind(select(policies.program, names), AS_OF)


def allowed_accounts(compiled: CompiledProgram) -> Iterator[Account]:
    """Random accounts that pass the checks of facts, as FEEL values."""

    def accepts(name: str, value: object) -> bool:
        try:
            compiled.check({name: value}, AS_OF)
        except FactError:
            return False
        return True

    random = Random(ROWS)  # noqa: S311 -- for the same accounts each time
    return random_accounts(compiled.program, random, ROWS, accepts=accepts)


@pytest.mark.parametrize("policy", POLICIES)
def test_python_agrees(policies: PolicySet, policy: str) -> None:
    program = bound(policies, policy)
    compiled = compile_program(program, policy)
    for account in allowed_accounts(compiled):
        expected = canonical_outcomes(evaluate(program, account, AS_OF))
        raw, _ = compiled.decide_raw(account, AS_OF, None)
        found = dict(zip(compiled.decisions, map(outcome_of, raw), strict=True))
        assert canonical_outcomes(found) == expected, account


@pytest.mark.parametrize("policy", POLICIES)
def test_sql_agrees(policies: PolicySet, policy: str) -> None:
    program = bound(policies, policy)
    accounts = allowed_accounts(compile_program(program, policy))
    while chunk := list(islice(accounts, CHUNK)):
        for account, found in zip(chunk, sql_on_duckdb.decide(program, chunk), strict=True):
            if found is not None:  # else it asks to be decided elsewhere
                expected = evaluate(program, account, AS_OF)
                assert without_conflicts(found) == without_conflicts(expected), account


def without_conflicts(outcomes: dict[str, Outcome]) -> dict[str, object]:
    """What an account list has columns for."""
    return {
        name: {key: each for key, each in outcome.items() if key != "conflicts"}
        for name, outcome in canonical_outcomes(outcomes).items()
    }
