"""Names and values in the words of the policies: titles, units, the chosen language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from keyaccount.diagnostics.diagnostic import Language
from keyaccount.explain.wording import COMMA, FALSE, NULL, TRUE, in_language
from keyaccount.feel.values.text import to_text
from keyaccount.ir.core import Program
from keyaccount.model.policy import Titles
from keyaccount.result.json_text import number_text


@dataclass(frozen=True, slots=True)
class Glossary:
    """What facts and decisions are called in one language; `policy` is the one spoken of."""

    program: Program
    language: Language
    policy: str = ""

    def fact(self, name: str) -> str:
        """`Monthly volume (monthly_tonnes)`, or the bare name where there is no title."""
        fact = self.program.facts.get(name)
        return self._named(name, fact.title if fact else {})

    def subject(self, name: str) -> str:
        """A fact or one of the policy's decisions, by title and name; other text as it is."""
        if name in self.program.facts:
            return self.fact(name)
        decision = self.program.decisions.get(f"{self.policy}.{name}")
        return self._named(name, decision.title if decision else {})

    def fact_title(self, name: str) -> str:
        """A fact's title; its name where it has none."""
        fact = self.program.facts.get(name)
        return in_language(fact.title if fact else {}, self.language) or name

    def decision(self, full_name: str) -> str:
        """A decision's title; its name where it has none."""
        decision = self.program.decisions.get(full_name)
        return in_language(decision.title if decision else {}, self.language) or full_name

    def result(self, full_name: str, value: object) -> str:
        """A decision's value, declared values by their titles."""
        decision = self.program.decisions.get(full_name)
        return self.value(value, decision.value_titles if decision else {})

    def value_title(self, full_name: str, value: str) -> str:
        """The title alone of a declared value; the value where it has none."""
        decision = self.program.decisions.get(full_name)
        titles = decision.value_titles.get(value, {}) if decision else {}
        return in_language(titles, self.language) or value

    def value(self, value: object, titles: Mapping[str, Titles]) -> str:
        """A value for people: yes and no, digits in groups, lists with commas."""
        match value:
            case None:
                return NULL.in_language(self.language)
            case bool():
                return (TRUE if value else FALSE).in_language(self.language)
            case Decimal():
                return grouped(value)
            case str():
                return self._named(value, titles.get(value, {}))
            case list() | tuple():
                return self.values(value, titles)
            case dict():
                return "; ".join(f"{key}: {self.value(v, titles)}" for key, v in value.items())
            case _:
                return to_text(value) or str(value)

    def values(self, values: Iterable[object], titles: Mapping[str, Titles]) -> str:
        """Several values in one line."""
        comma = COMMA.in_language(self.language)
        joined = comma.join(self.value(each, titles) for each in values)
        return joined or NULL.in_language(self.language)

    def _named(self, name: str, titles: Titles) -> str:
        title = in_language(titles, self.language)
        return f"{title} ({name})" if title and title != name else name


def grouped(number: Decimal) -> str:
    """A number's exact digits, the integer part in groups of three.

    >>> grouped(Decimal("5000000.10"))
    '5,000,000.10'
    """
    text = number_text(number)
    if "E" in text:
        return text
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, rest = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{rest}"
