"""Show people why, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from keyaccount.cli import console, words
from keyaccount.cli.answers import answer_rows, details, head_line, heading
from keyaccount.cli.glossary import Glossary, grouped
from keyaccount.diagnostics.diagnostic import Language
from keyaccount.explain.explanation import (
    Condition,
    DecisionExplanation,
    Explanation,
    RuleExplanation,
    Test,
    Verdict,
)
from keyaccount.ir.core import Program

_MARKS = {Verdict.HOLDS: "✓", Verdict.FAILS: "✗", Verdict.OPEN: "?"}
_COLOURS = {Verdict.HOLDS: "green", Verdict.FAILS: "red", Verdict.OPEN: "yellow"}


def show_explanation(explanation: Explanation, program: Program, language: Language) -> None:
    """Each decision with its answer, then rule by rule what its conditions came to."""
    glossary = Glossary(program, language, explanation.policy)
    out = console.output()
    heads = heading(explanation.policy, explanation.as_of, explanation.version, language)
    console.show(out, heads)
    for decision in explanation.decisions.values():
        console.show(out, head_line(decision.name, decision.outcome, glossary))
        rows: list[tuple[str, Line | str]] = [
            *_answer(decision, glossary),
            *_conditions(decision, glossary),
        ]
        if rows:
            console.show(out, details(rows, language))
        if decision.rules:
            console.show(out, _rules(decision.rules, glossary))


def _answer(decision: DecisionExplanation, glossary: Glossary) -> Iterator[tuple[str, str]]:
    reasons = decision.because.get(glossary.language.value, ())
    return answer_rows(decision.name, decision.outcome, reasons, glossary)


def _conditions(decision: DecisionExplanation, glossary: Glossary) -> Iterator[tuple[str, Line]]:
    """Of a decision without rules: what each condition in its expression came to."""
    if decision.test is None:
        return
    for condition in decision.test.conditions:
        yield "", _marked(condition.verdict, _condition(condition, glossary))


def _rules(rules: Iterable[RuleExplanation], glossary: Glossary) -> Padding:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for rule in rules:
        lines = [line for test in rule.tests for line in _test(test, rule.verdict, glossary)]
        grid.add_row(_marked(rule.verdict, rule.id), Line("\n").join(lines))
    return Padding(grid, (0, 0, 0, 4))


def _test(test: Test, rule: Verdict, glossary: Glossary) -> Iterator[Line]:
    """The conditions that made the rule come out as it did; the test's text where it has none."""
    if test.verdict is not rule:
        return
    told = [each for each in test.conditions if each.verdict is rule]
    for condition in told:
        yield _marked(condition.verdict, _condition(condition, glossary))
    if not told:
        yield _marked(test.verdict, test.text)


def _marked(verdict: Verdict, text: str) -> Line:
    return Line.assemble((_MARKS[verdict], _COLOURS[verdict]), " ", text)


def _condition(condition: Condition, glossary: Glossary) -> str:
    """`Monthly volume (monthly_tonnes) >= 20 t: is 19.5 t, off by 0.5 t`."""
    language = glossary.language
    subject = glossary.subject(condition.subject)
    wanted = f" {condition.operator} {_wanted(condition, glossary)}" if condition.operator else ""
    if condition.verdict is Verdict.OPEN:
        came_to = words.NOT_KNOWN.in_language(language)
    else:
        actual = _text(condition.actual, condition.actual_text, condition.unit, glossary)
        came_to = f"{words.ACTUAL.in_language(language)} {actual}"
    if condition.gap is not None:
        gap = _text(condition.gap, None, condition.unit, glossary)
        came_to += f"{words.PAUSE.in_language(language)}{words.GAP.in_language(language)} {gap}"
    return f"{subject}{wanted}{words.COLON.in_language(language)}{came_to}"


def _wanted(condition: Condition, glossary: Glossary) -> str:
    if condition.wanted is None and condition.wanted_text is None:
        return words.NOT_KNOWN.in_language(glossary.language)
    return _text(condition.wanted, condition.wanted_text, condition.unit, glossary)


def _text(
    value: object, told: Mapping[str, str] | None, unit: str | None, glossary: Glossary
) -> str:
    """A value in words; a number with its unit."""
    if isinstance(value, Decimal):
        return f"{grouped(value)} {unit}" if unit else grouped(value)
    return told[glossary.language.value] if told else glossary.value(value, {})
