"""Show people the result of a decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rich.table import Table
from rich.text import Text as Line

from keyaccount.cli import console, words
from keyaccount.cli.glossary import Glossary
from keyaccount.diagnostics.diagnostic import Language
from keyaccount.explain.wording import COMMA
from keyaccount.ir.core import Program
from keyaccount.ir.outcome import Outcome, Status
from keyaccount.result import DecisionResult, Result


def show_result(result: Result, program: Program, language: Language) -> None:
    """Each decision with its value, the rules that matched, the reasons, and what is open."""
    glossary = Glossary(program, language)
    out = console.output()
    out.print(heading(result.policy, result.as_of, result.version, language))
    out.print(_decisions(result, glossary))


def heading(policy: str, as_of: date, version: str, language: Language) -> Line:
    """Policy, date and version, in one line."""
    return Line.assemble(
        (policy, "bold"),
        f"  {words.AS_OF.in_language(language)} {as_of}",
        (f"  {words.VERSION.in_language(language)} {version}", "dim"),
    )


def _decisions(result: Result, glossary: Glossary) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name in result:
        found = result[name]
        full_name = f"{result.policy}.{name}"
        mark = Line(words.MARKS[found.status], style=words.COLOURS[found.status])
        grid.add_row(
            mark, Line(glossary.decision(full_name), style="bold"), Line(name, style="dim")
        )
        reasons = result.because(name, glossary.language)
        for label, text in answer_lines(full_name, found, reasons, glossary):
            grid.add_row("", Line(f"  {label}", style="dim"), Line(text))
    return grid


def answer_lines(
    full_name: str, found: DecisionResult | Outcome, reasons: tuple[str, ...], glossary: Glossary
) -> Iterator[tuple[str, str]]:
    """The lines under a decision's name: a label, and what stands behind it."""
    language = glossary.language
    comma = COMMA.in_language(language)
    certain = isinstance(found.value, list)
    if found.status is Status.DECIDED or certain:
        yield "=", glossary.result(full_name, found.value)
    else:
        yield "=", words.STATUS[found.status].in_language(language)
    if found.rules:
        yield words.RULES.in_language(language), comma.join(found.rules)
    for reason in reasons:
        yield words.BECAUSE.in_language(language), reason
    yield from _open_lines(full_name, found, glossary, certain=certain)


def _open_lines(
    full_name: str, found: DecisionResult | Outcome, glossary: Glossary, *, certain: bool
) -> Iterator[tuple[str, str]]:
    language = glossary.language
    comma = COMMA.in_language(language)
    if found.status is Status.UNDETERMINED:
        label = words.ADDITIONS if certain else words.POSSIBLE
        possible = found.possible
        listed = (
            words.ANYTHING.in_language(language)
            if possible is None
            else glossary.result(full_name, list(possible))
        )
        yield label.in_language(language), listed
    if found.missing:
        missing = comma.join(map(glossary.fact, found.missing))
        yield words.MISSING.in_language(language), missing
    if found.conflicts:
        conflicts = comma.join(map(glossary.decision, found.conflicts))
        yield words.CONFLICTS.in_language(language), conflicts
