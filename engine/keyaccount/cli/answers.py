"""An answer for people: a head line with the value, under it the reasons and what is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from keyaccount.cli import words
from keyaccount.cli.glossary import Glossary
from keyaccount.diagnostics.diagnostic import Language
from keyaccount.explain.wording import COMMA
from keyaccount.feel.types import Enumeration
from keyaccount.ir.outcome import Outcome, Status
from keyaccount.result import DecisionResult

_INDENT = 2


def heading(policy: str, as_of: date, version: str, language: Language) -> Line:
    """Policy, date and version, in one line."""
    return Line.assemble(
        (policy, "bold"),
        f"  {words.AS_OF.in_language(language)} {as_of}",
        (f"  {words.VERSION.in_language(language)} {version}", "dim"),
    )


def head_line(full_name: str, found: DecisionResult | Outcome, glossary: Glossary) -> Line:
    """`✓ Title: value  name`; of an undetermined list what is certain."""
    language = glossary.language
    if found.status is Status.DECIDED or (isinstance(found.value, list) and found.value):
        value = glossary.result(full_name, found.value)
    else:
        value = words.STATUS[found.status].in_language(language)
    return Line.assemble(
        (words.MARKS[found.status], words.COLOURS[found.status]),
        " ",
        (glossary.decision(full_name), "bold"),
        f"{words.COLON.in_language(language)}{value}",
        (f"  {full_name.rpartition('.')[2]}", "dim"),
    )


def details(rows: Iterable[tuple[str, Line | str]], language: Language) -> Padding:
    """Labels in a column of one width, what they say beside them."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=_label_width(language), style="dim")
    grid.add_column(overflow="fold")
    for label, text in rows:
        grid.add_row(label, text)
    return Padding(grid, (0, 0, 0, _INDENT))


def answer_rows(
    full_name: str,
    found: DecisionResult | Outcome,
    reasons: Sequence[str],
    glossary: Glossary,
) -> Iterator[tuple[str, str]]:
    """What stands under a decision's value: a label, and what it says."""
    language = glossary.language
    if found.rules:
        yield words.RULES.in_language(language), _joined(found.rules, language)
    for reason in reasons:
        yield words.BECAUSE.in_language(language), reason
    if found.status is Status.UNDETERMINED:
        yield _possible(full_name, found, glossary)
    if found.missing:
        yield words.MISSING.in_language(language), _joined(found.missing, language)
    if found.conflicts:
        titles = [glossary.decision(each) for each in found.conflicts]
        yield words.CONFLICTS.in_language(language), _joined(titles, language)


def missing_facts(names: Iterable[str], glossary: Glossary) -> Table:
    """The facts that would settle more: name, title, and what they are given in."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold", style="dim")
    for name in names:
        grid.add_row(f"  {name}", glossary.fact_title(name), _form(name, glossary))
    return grid


def _possible(
    full_name: str, found: DecisionResult | Outcome, glossary: Glossary
) -> tuple[str, str]:
    language = glossary.language
    label = words.ADDITIONS if isinstance(found.value, list) else words.POSSIBLE
    if found.possible is None:
        return label.in_language(language), words.ANYTHING.in_language(language)
    return label.in_language(language), glossary.result(full_name, list(found.possible))


def _form(name: str, glossary: Glossary) -> str:
    """A fact's unit, or its declared values, or its type."""
    fact = glossary.program.facts[name]
    if isinstance(fact.type, Enumeration):
        return ", ".join(fact.type.values)
    return fact.unit or str(fact.type)


def _joined(names: Iterable[str], language: Language) -> str:
    return COMMA.in_language(language).join(names)


def _label_width(language: Language) -> int:
    labels = (words.RULES, words.BECAUSE, words.MISSING, words.POSSIBLE, words.ADDITIONS)
    return max(cell_len(each.in_language(language)) for each in labels)
