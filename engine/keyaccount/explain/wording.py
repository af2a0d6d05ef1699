"""Values and conditions in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from keyaccount.diagnostics.diagnostic import Language, Text
from keyaccount.feel.values.text import to_text
from keyaccount.ir import core
from keyaccount.ir.outcome import Unknown
from keyaccount.model.policy import Titles

UNKNOWN = Text("unknown", "未知")
NULL = Text("none", "无")
TRUE = Text("yes", "是")
FALSE = Text("no", "否")
COMMA = Text(", ", "、")


def value_in_words(
    value: object, language: Language, titles: Mapping[str, Titles] | None = None
) -> str:
    """A value for people; declared values by their titles."""
    match value:
        case Unknown():
            return UNKNOWN.in_language(language)
        case None:
            return NULL.in_language(language)
        case bool():
            return (TRUE if value else FALSE).in_language(language)
        case str():
            return in_language((titles or {}).get(value, {}), language) or value
        case list() | tuple() if type(value) in (list, tuple):
            each = (value_in_words(item, language, titles) for item in value)
            return COMMA.in_language(language).join(each) or NULL.in_language(language)
        case Decimal():
            return format(value, "f") if -30 < value.adjusted() < 30 else str(value)
        case _:
            return to_text(value) or str(value)


def in_language(titles: Titles, language: Language) -> str:
    """The words in a language, in any other where it has none."""
    return titles.get(language.value) or next(iter(titles.values()), "")


def titles_of(node: core.Expression, program: core.Program) -> Mapping[str, Titles]:
    """What the declared values of a fact or decision are called."""
    match node:
        case core.Input():
            return program.facts[node.name].value_titles
        case core.DecisionValue():
            return program.decisions[node.name].value_titles
        case core.Let():
            return titles_of(node.body, program)
        case _:
            return {}


def unit_of(node: core.Expression, program: core.Program) -> str | None:
    """The unit that a fact is measured in."""
    return program.facts[node.name].unit if isinstance(node, core.Input) else None


def name_of(node: core.Expression) -> str:
    """What the author calls a subject: its name, or his own text."""
    match node:
        case core.Input():
            return node.name
        case core.DecisionValue():
            return node.name.rpartition(".")[2]
        case _:
            return node.span.text
