"""A shard of a comparison: some accounts of one policy, through every backend, in one process."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from random import Random

from differential.backends import AS_OF, Answer, Python, Sql, told
from differential.layouts import fits, forms_of
from generators.accounts import candidates, constants, random_accounts
from generators.comparing import canonical_outcomes
from keyaccount.backends.python import compile_program
from keyaccount.backends.reference.interpreter import allows, evaluate
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.ir import core
from keyaccount.ir.binding import bind
from keyaccount.ir.requirements import select
from policies.shipped import POLICIES, PROGRAM
from relations import Form


@dataclass(frozen=True, slots=True)
class Shard:
    """What to compare: so many random accounts of a policy, in columns of some layout."""

    policy: str
    layout: str
    seed: int
    rows: int


@dataclass(slots=True)
class Tally:
    """What came out. `left` are the rows that SQL leaves to another backend.

    `refused` are the codes with which SQL refused the whole; `statuses` how
    often decisions came to each status; `difference` the first one, told.
    """

    rows: int = 0
    left: int = 0
    seconds: float = 0.0
    refused: frozenset[str] = frozenset()
    statuses: Counter[str] = field(default_factory=Counter)
    difference: str = ""

    def add(self, other: Tally) -> None:
        self.rows += other.rows
        self.left += other.left
        self.seconds += other.seconds
        self.refused |= other.refused
        self.statuses += other.statuses
        self.difference = self.difference or other.difference


def seeded(text: str) -> Random:
    """Random choices that are the same each time."""
    return Random(text)  # noqa: S311 -- for tests, not for secrets


def bound(policy: str) -> core.Program:
    """All decisions of a policy, and what they need."""
    names = [f"{policy}.{each}" for each in POLICIES[policy].decisions]
    return bind(select(PROGRAM, names), AS_OF)


def accounts_of(
    program: core.Program, forms: Mapping[str, Form], random: Random, rows: int
) -> list[dict[str, object]]:
    """Random accounts of allowed values that their columns hold exactly."""

    def accepts(name: str, value: object) -> bool:
        fact = program.facts[name]
        return name in forms and fits(forms[name], value) and allows(fact, value, AS_OF)

    found = list(random_accounts(program, random, rows, accepts=accepts))
    known = constants(program)
    for name in [name for name, form in forms.items() if not form.nullable]:
        choices = [
            each for each in candidates(program.facts[name].type, known) if accepts(name, each)
        ]
        for each in found:
            if each.get(name) is None:
                each[name] = random.choice(choices)
    return found


def compare(shard: Shard) -> Tally:
    """Every account through the reference, the Python backend and one statement of SQL."""
    started = time.perf_counter()
    program = bound(shard.policy)
    forms = forms_of(shard.layout, program, seeded(f"columns of {shard}"))
    accounts = accounts_of(program, forms, seeded(f"accounts of {shard}"), shard.rows)
    tally = Tally(rows=len(accounts))
    python = Python(compile_program(program, shard.policy))
    sql = Sql(program, forms)
    try:
        rows: Iterator[Answer | None] = sql.answers(accounts)
    except PolicyError as error:
        tally.refused = frozenset(each.code for each in error.diagnostics)
        rows = repeat(None, len(accounts))
    for account, in_sql in zip(accounts, rows, strict=True):
        outcomes = evaluate(program, account, AS_OF)
        tally.statuses.update(each.status.value for each in outcomes.values())
        expected = canonical_outcomes(outcomes)
        tally.left += in_sql is None
        for backend, found in ((python, python.answer(account)), (sql, in_sql)):
            difference = backend.difference(expected, found)
            if difference is not None:
                tally.difference = f"{shard}\n{told(backend, account, difference)}"
                break
        if tally.difference:
            break
    tally.seconds = time.perf_counter() - started
    return tally
