"""The backends by name, each as a function from a bound program and known facts to outcomes."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import relations
from generators.comparing import canonical_outcomes
from keyaccount.backends.python import CompiledProgram, compile_program
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.ir import core
from keyaccount.ir.outcome import Outcome
from keyaccount.model.policy_tests import PolicyTests
from keyaccount.verify.policy_tests import CaseResult, run

Asked = tuple[core.Program, Mapping[str, object]]
"""A bound program, and facts for it."""

_COMPILED: dict[int, tuple[core.Program, CompiledProgram]] = {}


def python(program: core.Program, facts: Mapping[str, object], as_of: date) -> dict[str, Outcome]:
    """Compiled once for each program; the program is kept, for its id to stay its own."""
    if id(program) not in _COMPILED:
        _COMPILED[id(program)] = (program, compile_program(program))
    return _COMPILED[id(program)][1].decide(facts, as_of)


class DecidedElsewhere(Exception):  # noqa: N818 -- SQL's wish, not an error of it
    """SQL asks to have the account decided by another backend."""


def duckdb(program: core.Program, facts: Mapping[str, object], as_of: date) -> dict[str, Outcome]:
    """SQL on a relation of one row.

    A fact that is not given has a column of nulls, or no column at all: both
    are tried, and must give the same. Outcomes name no decisions in conflict:
    account lists have no column for them.

    Raises:
        PolicyError: something has no exact equal in SQL.
        DecidedElsewhere: SQL leaves this row to another backend.
    """
    forms = {
        name: relations.narrowest(fact, [facts.get(name)], enums=True)
        for name, fact in program.facts.items()
    }
    given = {name: form for name, form in forms.items() if facts.get(name) is not None}
    (with_nulls,) = relations.decided(program, [facts], forms)
    (without,) = relations.decided(program, [facts], given)
    if with_nulls is None or without is None:
        raise DecidedElsewhere
    assert canonical_outcomes(with_nulls) == canonical_outcomes(without)
    return with_nulls


EVALUATORS = {"reference": evaluate, "python": python, "duckdb": duckdb}


@dataclass(frozen=True, slots=True)
class CasesInSql:
    """How the cases of a policy came out in SQL; `left` are those that SQL leaves to Python."""

    results: list[CaseResult]
    left: tuple[str, ...]


def run_in_sql(program: core.Program, tests: PolicyTests, today: date) -> CasesInSql:
    """Run a policy's own tests in SQL, all cases of a date's edition in one relation.

    Raises:
        PolicyError: something has no exact equal in SQL.
    """
    asked: list[Asked] = []

    def note(bound: core.Program, facts: Mapping[str, object], as_of: date) -> dict[str, Outcome]:
        asked.append((bound, facts))
        return {}

    collections.deque(run(program, tests, today, note), maxlen=0)
    found = _in_sql(asked)
    rest = iter(found)

    def answer(bound: core.Program, facts: Mapping[str, object], as_of: date) -> dict[str, Outcome]:
        return next(rest) or python(bound, facts, as_of)

    results = list(run(program, tests, today, answer))
    names = [each.case.name.text for each in results if each.case.expect]
    left = (name for name, each in zip(names, found, strict=True) if each is None)
    return CasesInSql(results, tuple(left))


def _in_sql(asked: Sequence[Asked]) -> list[dict[str, Outcome] | None]:
    """The outcomes in the order asked: one statement for each program."""
    found: dict[int, dict[str, Outcome] | None] = {}
    programs = {id(program): program for program, _ in asked}
    for key, program in programs.items():
        places = [place for place, (other, _) in enumerate(asked) if id(other) == key]
        accounts = [asked[place][1] for place in places]
        forms = {
            name: relations.narrowest(fact, [each.get(name) for each in accounts])
            for name, fact in program.facts.items()
        }
        found |= zip(places, relations.decided(program, accounts, forms), strict=True)
    return [found[place] for place in range(len(asked))]
