"""The reasons of a decision, in the author's words with the case's values in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keyaccount.backends.reference.interpreter import Run
from keyaccount.diagnostics.diagnostic import Language
from keyaccount.explain.wording import titles_of, value_in_words
from keyaccount.ir import core
from keyaccount.ir.rewrite import rules_of


def reasons(
    decision: core.Decision, rules: Iterable[str], run: Run, language: Language
) -> tuple[str, ...]:
    """One reason for each rule that has one; else the decision's own.

    Args:
        decision: of the program that the run is over.
        rules: the ids of the rules that matched.
        run: an evaluation of the case, finished.
        language: another is taken where the author left this one out.
    """
    matched = set(rules)
    told = [
        tell(rule.because, run, language)
        for rule in rules_of(decision.logic)
        if rule.id in matched and rule.because
    ]
    if not told and decision.because:
        told = [tell(decision.because, run, language)]
    return tuple(told)


def tell(because: Mapping[str, core.Template], run: Run, language: Language) -> str:
    """A template with its values filled in."""
    template = because.get(language.value) or next(iter(because.values()))
    return "".join(
        part
        if isinstance(part, str)
        else value_in_words(run.value(part, {}), language, titles_of(part, run.program))
        for part in template
    )
