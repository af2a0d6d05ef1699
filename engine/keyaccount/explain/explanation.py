"""Why, and why not: what each condition of a decision came to, and by how much it failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from keyaccount.backends.reference.interpreter import Run, evaluate_observed
from keyaccount.diagnostics.diagnostic import Language
from keyaccount.explain.reasons import reasons
from keyaccount.explain.wording import name_of, titles_of, unit_of, value_in_words
from keyaccount.feel.operations import subtract_numbers
from keyaccount.ir import core
from keyaccount.ir.outcome import Outcome, Unknown
from keyaccount.ir.rewrite import rules_of


class Verdict(StrEnum):
    """What a condition came to."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition at the bottom of a test.

    `subject` is what was looked at, in the author's words; `actual` its value
    (None with verdict open: not known). `operator` and `wanted` are None for a
    condition that is true or false by itself. `gap` is how much `actual` lacks,
    a positive number, where both are numbers and the condition fails; with
    `unit` as its unit.
    """

    subject: str
    verdict: Verdict
    actual: object
    operator: str | None = None
    wanted: object = None
    gap: Decimal | None = None
    unit: str | None = None
    actual_text: Mapping[str, str] | None = None
    wanted_text: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a rule, or the whole expression of a decision that has no rules."""

    text: str
    verdict: Verdict
    conditions: tuple[Condition, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """A rule and its tests; `output` is what it gives, None where that is not known."""

    id: str
    verdict: Verdict
    tests: tuple[Test, ...]
    output: object


@dataclass(frozen=True, slots=True)
class DecisionExplanation:
    """A decision: its outcome, its reasons by language, its rules or its own test."""

    name: str
    outcome: Outcome
    because: Mapping[str, tuple[str, ...]]
    rules: tuple[RuleExplanation, ...]
    test: Test | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a case: each decision asked for, by its local name."""

    policy: str
    version: str
    as_of: date
    decisions: Mapping[str, DecisionExplanation]

    def to_json_dict(self, language: Language = Language.EN) -> dict[str, object]:
        """As plain data; numbers stay exact."""
        return {
            "policy": self.policy,
            "version": self.version,
            "as_of": self.as_of.isoformat(),
            "decisions": {
                name: _decision_json(each, language) for name, each in self.decisions.items()
            },
        }


def explain(
    program: core.Program,
    facts: Mapping[str, object],
    as_of: date,
    now: datetime | None = None,
) -> dict[str, DecisionExplanation]:
    """What every decision of a program came to, and why, by full name.

    Args:
        program: bound to a date.
        facts: FEEL values by name; a fact left out is unknown.
        as_of: the date of the evaluation.
        now: its instant.
    """
    seen: dict[int, object] = {}
    run = evaluate_observed(
        program, facts, as_of, now, lambda node, value: seen.__setitem__(id(node), value)
    )
    return {name: _decision(decision, run, seen) for name, decision in program.decisions.items()}


def _decision(decision: core.Decision, run: Run, seen: Mapping[int, object]) -> DecisionExplanation:
    outcome = run.outcomes[decision.name]
    rules = rules_of(decision.logic)
    return DecisionExplanation(
        decision.name,
        outcome,
        {each.value: reasons(decision, outcome.rules, run, each) for each in Language},
        tuple(_rule(each, run, seen) for each in rules),
        None if rules else _test(decision.logic, run, seen),
    )


def _rule(rule: core.Rule, run: Run, seen: Mapping[int, object]) -> RuleExplanation:
    tests = tuple(_test(each, run, seen) for each in rule.tests)
    verdicts = {each.verdict for each in tests}
    verdict = next((each for each in (Verdict.FAILS, Verdict.OPEN) if each in verdicts), None)
    output = seen.get(id(rule.output))
    return RuleExplanation(
        rule.id,
        verdict or Verdict.HOLDS,
        tests,
        None if isinstance(output, Unknown) else output,
    )


def _test(node: core.Expression, run: Run, seen: Mapping[int, object]) -> Test:
    value = seen.get(id(node))
    missing = tuple(sorted(value.missing)) if isinstance(value, Unknown) else ()
    conditions = tuple(_conditions(node, run, seen))
    return Test(node.span.text, _verdict(value), conditions, missing)


def _verdict(value: object) -> Verdict:
    if isinstance(value, Unknown):
        return Verdict.OPEN
    return Verdict.FAILS if value is False or value is None else Verdict.HOLDS


def _conditions(
    node: core.Expression, run: Run, seen: Mapping[int, object], *, turned: bool = False
) -> Iterator[Condition]:
    """The comparisons and truths at the bottom of a test, in the order of the text."""
    match node:
        case core.And() | core.Or():
            for each in node.operands:
                yield from _conditions(each, run, seen, turned=turned)
        case core.Not():
            yield from _conditions(node.operand, run, seen, turned=not turned)
        case core.Let():
            yield from _conditions(node.body, run, seen, turned=turned)
        case core.If():
            for each in (node.condition, node.then, node.otherwise):
                if id(each) in seen:
                    yield from _conditions(each, run, seen, turned=turned)
        case core.Comparison():
            yield _comparison(node, run, seen, turned=turned)
        case core.Input() | core.DecisionValue():
            value = seen.get(id(node))
            yield _condition(node, node, run, value, _turned(_verdict(value), turned=turned))
        case _:
            pass


_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _turned(verdict: Verdict, *, turned: bool) -> Verdict:
    if not turned or verdict is Verdict.OPEN:
        return verdict
    return Verdict.FAILS if verdict is Verdict.HOLDS else Verdict.HOLDS


def _comparison(
    node: core.Comparison, run: Run, seen: Mapping[int, object], *, turned: bool
) -> Condition:
    actual, wanted = seen.get(id(node.left)), seen.get(id(node.right))
    verdict = _turned(_verdict(seen.get(id(node))), turned=turned)
    operator = _OPPOSITE[node.operator] if turned else node.operator
    condition = _condition(node.left, node.right, run, actual, verdict)
    return Condition(
        condition.subject,
        verdict,
        condition.actual,
        operator,
        None if isinstance(wanted, Unknown) else wanted,
        _gap(actual, wanted) if verdict is Verdict.FAILS else None,
        condition.unit,
        condition.actual_text,
        _texts(wanted, node.left if titles_of(node.left, run.program) else node.right, run),
    )


def _condition(
    subject: core.Expression, other: core.Expression, run: Run, value: object, verdict: Verdict
) -> Condition:
    return Condition(
        name_of(subject),
        verdict,
        None if isinstance(value, Unknown) else value,
        unit=unit_of(subject, run.program) or unit_of(other, run.program),
        actual_text=_texts(value, subject, run),
    )


def _texts(value: object, subject: core.Expression, run: Run) -> dict[str, str]:
    titles = titles_of(subject, run.program)
    return {each.value: value_in_words(value, each, titles) for each in Language}


def _gap(actual: object, wanted: object) -> Decimal | None:
    if isinstance(actual, Decimal) and isinstance(wanted, Decimal):
        difference = subtract_numbers(wanted, actual)
        return None if difference is None else abs(difference)
    return None


def _decision_json(each: DecisionExplanation, language: Language) -> dict[str, object]:
    outcome = each.outcome
    return {
        "value": outcome.value,
        "rules": list(outcome.rules),
        "status": outcome.status.value,
        "missing": list(outcome.missing),
        "possible": None if outcome.possible is None else list(outcome.possible),
        "because": list(each.because[language.value]),
        "conditions": [] if each.test is None else _conditions_json(each.test),
        "why": [
            {
                "rule": rule.id,
                "verdict": rule.verdict.value,
                "tests": [
                    {
                        "text": test.text,
                        "verdict": test.verdict.value,
                        "missing": list(test.missing),
                        "conditions": _conditions_json(test),
                    }
                    for test in rule.tests
                ],
            }
            for rule in each.rules
        ],
    }


def _conditions_json(test: Test) -> list[dict[str, object]]:
    return [
        {
            "subject": each.subject,
            "operator": each.operator,
            "wanted": each.wanted,
            "actual": each.actual,
            "verdict": each.verdict.value,
            "gap": each.gap,
            "unit": each.unit,
        }
        for each in test.conditions
    ]
