"""Run a policy's own tests: cases of plain data, on the reference interpreter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from keyaccount.backends.reference.interpreter import allows, evaluate
from keyaccount.diagnostics import name_messages
from keyaccount.diagnostics import test_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError, KeyaccountError
from keyaccount.facts import check_facts
from keyaccount.facts.conversion import converted
from keyaccount.feel.operations import same
from keyaccount.feel.types import ListType, Type
from keyaccount.feel.values.text import nested_text
from keyaccount.ir import core
from keyaccount.ir.editions import Editions
from keyaccount.ir.outcome import Outcome, Status
from keyaccount.ir.requirements import select
from keyaccount.model.plain import Datum
from keyaccount.model.policy_tests import Aspect, PolicyTestCase, PolicyTests
from keyaccount.verify.event_tests import run_event_rules

Evaluate = Callable[[core.Program, Mapping[str, object], date], Mapping[str, Outcome]]
"""A backend: the outcomes of all decisions of a program bound to a date, by full name."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case came out; `problems` are empty where all was as expected."""

    policy: str
    case: PolicyTestCase
    problems: tuple[Diagnostic, ...]

    @property
    def passed(self) -> bool:
        return not self.problems


def run(
    program: core.Program, tests: PolicyTests, today: date, evaluate: Evaluate = evaluate
) -> Iterator[CaseResult]:
    """Run the cases, one by one.

    Args:
        program: as lowered, not bound to a date.
        tests: the cases.
        today: the date of cases that name none.
        evaluate: another backend, to hold it to the same cases.
    """
    policy = tests.policy.text
    names = [each.name for each in program.decisions.values() if each.policy == policy]
    editions = Editions(select(program, names))
    for case in tests.cases:
        problems = tuple(_run_all(program, editions, tests, case, today, evaluate))
        yield CaseResult(policy, case, problems)


def _run_all(
    program: core.Program,
    editions: Editions,
    tests: PolicyTests,
    case: PolicyTestCase,
    today: date,
    evaluate: Evaluate,
) -> Iterator[Diagnostic]:
    """The event rules of a case, then its decisions over the facts given and derived."""
    policy = tests.policy.text
    as_of = case.as_of or (today if case.now is None else case.now.date())
    derived: Mapping[str, object] = {}
    if case.events or case.derives or case.now is not None:
        found, problems = run_event_rules(program, policy, case)
        if problems or found is None:
            yield from problems
            return
        derived = found
    if case.expect:
        yield from _run(editions, policy, case, as_of, evaluate, derived)


def _run(
    editions: Editions,
    policy: str,
    case: PolicyTestCase,
    as_of: date,
    evaluate: Evaluate,
    derived: Mapping[str, object],
) -> Iterator[Diagnostic]:
    try:
        bound = editions.at(as_of)
    except KeyaccountError as error:
        yield from error.diagnostics
        return
    facts, problems = _facts(bound, case, as_of)
    if problems:
        yield from problems
        return
    own = {name: value for name, value in derived.items() if name in bound.facts}
    outcomes = evaluate(bound, facts | own, as_of)
    for name, expectation in case.expect.items():
        full = f"{policy}.{name}"
        if full not in outcomes:
            known = [each.local_name for each in bound.decisions.values() if each.policy == policy]
            span = expectation.decision.span()
            yield name_messages.unknown_decision(policy, name, known, span)
            continue
        kind = bound.decisions[full].type
        yield from _compare_all(name, expectation.aspects, outcomes[full], kind)


def _facts(
    program: core.Program, case: PolicyTestCase, as_of: date
) -> tuple[dict[str, object], list[Diagnostic]]:
    """A case's facts, and what is wrong with them, each at its own place."""
    facts: dict[str, object] = {}
    problems: list[Diagnostic] = []
    for name, datum in case.given.items():
        try:
            facts |= check_facts(
                program.facts,
                {name: datum.value},
                lambda fact, value: allows(fact, value, as_of),
            )
        except FactError as error:
            problems += (replace(each, span=datum.span) for each in error.diagnostics)
    return facts, problems


def _compare_all(
    decision: str, aspects: Mapping[Aspect, Datum], outcome: Outcome, kind: Type
) -> Iterator[Diagnostic]:
    """Each aspect that a case states; a value without a status means a decided one."""
    value = aspects.get(Aspect.VALUE)
    if value and Aspect.STATUS not in aspects and outcome.status is not Status.DECIDED:
        wanted, found = Status.DECIDED.value, outcome.status.value
        yield messages.differs(value.span, decision, Aspect.STATUS.value, wanted, found)
        return
    for aspect, datum in aspects.items():
        yield from _compare(decision, aspect, datum, outcome, kind)


def _compare(
    decision: str, aspect: Aspect, datum: Datum, outcome: Outcome, kind: Type
) -> Iterator[Diagnostic]:
    found = _found(aspect, outcome)
    wanted = _wanted(aspect, datum, kind)
    if not same(_plain(found), _plain(wanted)):
        yield messages.differs(
            datum.span, decision, aspect.value, nested_text(wanted), nested_text(found)
        )


def _found(aspect: Aspect, outcome: Outcome) -> object:
    match aspect:
        case Aspect.VALUE:
            return outcome.value
        case Aspect.STATUS:
            return outcome.status.value
        case Aspect.RULES:
            return list(outcome.rules)
        case Aspect.MISSING:
            return list(outcome.missing)
        case Aspect.POSSIBLE:
            return None if outcome.possible is None else list(outcome.possible)


def _wanted(aspect: Aspect, datum: Datum, kind: Type) -> object:
    """What is expected, as a FEEL value: text becomes a date where the decision gives dates."""
    value = _plain(datum.value)
    match aspect:
        case Aspect.VALUE:
            return _as(kind, value)
        case Aspect.POSSIBLE if isinstance(value, list):
            item = kind.item if isinstance(kind, ListType) else kind
            return [_as(item, each) for each in value]
        case Aspect.MISSING if isinstance(value, list):
            return sorted(map(str, value))
        case _:
            return value


def _as(kind: Type, value: object) -> object:
    if value is None:
        return None
    problems: list[Diagnostic] = []
    found = converted(value, kind, "", problems)
    return value if problems else found


def _plain(value: object) -> object:
    if type(value) is tuple or type(value) is list:
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return value
