"""Show people the result of a decision."""

from __future__ import annotations

from keyaccount.cli import console, words
from keyaccount.cli.answers import answer_rows, details, head_line, heading, missing_facts
from keyaccount.cli.glossary import Glossary
from keyaccount.diagnostics.diagnostic import Language
from keyaccount.ir.core import Program
from keyaccount.result import Result


def show_result(result: Result, program: Program, language: Language) -> None:
    """Each decision with its value, the rules that matched, the reasons, and what is open."""
    glossary = Glossary(program, language)
    out = console.output()
    console.show(out, heading(result.policy, result.as_of, result.version, language))
    missing: set[str] = set()
    for name in result:
        found = result[name]
        full_name = f"{result.policy}.{name}"
        reasons = result.because(name, language)
        console.show(out, head_line(full_name, found, glossary))
        rows = list(answer_rows(full_name, found, reasons, glossary))
        if rows:
            console.show(out, details(rows, language))
        missing.update(each for each in found.missing if each in program.facts)
    if missing:
        console.show(out, words.FACTS_MISSING.in_language(language))
        in_order = [name for name in program.facts if name in missing]
        console.show(out, missing_facts(in_order, glossary))
