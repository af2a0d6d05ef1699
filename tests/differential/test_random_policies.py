"""Random policies: reference, Python and SQL give the same; the same text is the same policy."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Executor

import pytest
from hypothesis import given, settings

from differential.backends import AS_OF
from differential.random_policies import Part, compare_programs, compare_texts, policy_set
from differential.size import PROGRAMS
from generators.policy_texts import policies
from keyaccount.backends.sql.plan import compile_program
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.ir import core

PARTS = 4
LEAST_SHARE = 0.6
"""So many policies at least SQL must take: random ones hold much that no author would write."""


@pytest.mark.parametrize("compare", [compare_programs, compare_texts])
def test_backends_agree(compare, processes: Executor, figures: list[str]) -> None:
    parts = [Part(seed, PROGRAMS // PARTS) for seed in range(PARTS)]
    counts = sum(processes.map(compare, parts), Counter())
    told = ", ".join(f"{name}: {count:,}" for name, count in sorted(counts.items()))
    figures.append(f"{compare.__name__}: {told}")
    assert counts["refused"] <= (1 - LEAST_SHARE) * counts["policies"]


@settings(max_examples=20, deadline=None)
@given(policies(), policies())
def test_the_same_text_is_the_same_policy(text: str, other: str) -> None:
    one, again = policy_set(text), policy_set(text)
    assert one.version == again.version
    assert (one.version == policy_set(other).version) == (text == other)
    assert sql_of(one.bound("p", AS_OF)) == sql_of(again.bound("p", AS_OF))


def sql_of(program: core.Program) -> str:
    """The statement, or what is refused."""
    try:
        return compile_program(program, {}, decisions=list(program.decisions)).sql()
    except PolicyError as error:
        return str([(each.code, str(each.message)) for each in error.diagnostics])
