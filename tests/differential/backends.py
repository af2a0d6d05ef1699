"""The backends held against the reference: their answers, where they differ, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

import relations
from generators.comparing import canonical_outcomes
from keyaccount.backends.python import CompiledProgram
from keyaccount.backends.python.hits import outcome_of
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.ir import core
from relations import Account, Form

AS_OF = date(2026, 1, 31)

Answer = dict[str, dict[str, object]]
"""The outcomes of all decisions, in the form in which being equal means being the same."""

Difference = tuple[Answer, Answer]
"""The outcomes that differ: the reference's, the backend's."""


class Backend(Protocol):
    """A backend with its compiled program. `kept` are facts that its columns must have."""

    name: str
    program: core.Program
    kept: frozenset[str]

    def answers(self, accounts: Sequence[Account]) -> Iterator[Answer | None]:
        """The answers; None where the backend leaves an account to another."""

    def difference(self, expected: Answer, found: Answer | None) -> Difference | None:
        """Where its answer is not the reference's; None where all agrees."""


class Python:
    """The Python backend, as a caller meets it: facts are checked on the way."""

    name = "python"
    kept = frozenset[str]()

    def __init__(self, compiled: CompiledProgram) -> None:
        self.program = compiled.program
        self._compiled = compiled

    def answer(self, account: Account) -> Answer:
        raw, _ = self._compiled.decide_raw(account, AS_OF, None)
        outcomes = map(outcome_of, raw)
        return canonical_outcomes(dict(zip(self._compiled.decisions, outcomes, strict=True)))

    def answers(self, accounts: Sequence[Account]) -> Iterator[Answer | None]:
        return map(self.answer, accounts)

    def difference(self, expected: Answer, found: Answer | None) -> Difference | None:
        return None if expected == found or found is None else _differing(expected, found)


class Sql:
    """The SQL backend on DuckDB: one statement for all accounts."""

    name = "duckdb"

    def __init__(self, program: core.Program, forms: Mapping[str, Form]) -> None:
        self.program = program
        self.kept = frozenset(name for name, form in forms.items() if not form.nullable)
        self._forms = forms

    def answers(self, accounts: Sequence[Account]) -> Iterator[Answer | None]:
        rows = relations.decided(self.program, accounts, self._forms)
        return (None if each is None else canonical_outcomes(each) for each in rows)

    def difference(self, expected: Answer, found: Answer | None) -> Difference | None:
        # Account lists have no column for the decisions in conflict that others hang on.
        plain = {name: {**each, "conflicts": ()} for name, each in expected.items()}
        return None if found is None or plain == found else _differing(plain, found)


def _differing(expected: Answer, found: Answer) -> Difference:
    names = [name for name in expected if expected[name] != found[name]]
    return {name: expected[name] for name in names}, {name: found[name] for name in names}


def assert_agrees(backend: Backend, accounts: Sequence[Account]) -> int:
    """Hold a backend against the reference; how many accounts it leaves to another."""
    left = 0
    for account, found in zip(accounts, backend.answers(accounts), strict=True):
        expected = canonical_outcomes(evaluate(backend.program, account, AS_OF))
        difference = backend.difference(expected, found)
        assert difference is None, told(backend, account, difference)
        left += found is None
    return left


def told(backend: Backend, account: Account, difference: Difference) -> str:
    """A difference in words, for as few facts as will show it."""
    least, (expected, found) = _smallest(backend, account, difference)
    return (
        f"{backend.name} differs from the reference for {least}\n"
        f"reference: {expected}\n{backend.name}: {found}"
    )


def _smallest(
    backend: Backend, account: Account, difference: Difference
) -> tuple[Account, Difference]:
    """Leave out fact after fact for as long as the answers differ.

    Where they differ only among other accounts, the account stays as it is.
    """
    while True:
        smaller: list[Account] = [
            {name: value for name, value in account.items() if name != left_out}
            for left_out in account
            if left_out not in backend.kept
        ]
        for each, found in zip(smaller, backend.answers(smaller), strict=True):
            expected = canonical_outcomes(evaluate(backend.program, each, AS_OF))
            differing = backend.difference(expected, found)
            if differing is not None:
                account, difference = each, differing
                break
        else:
            return account, difference
