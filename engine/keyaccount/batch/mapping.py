"""Find the fact that each column of an account list holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError
from keyaccount.ir.core import Fact


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds which fact: `by_fact` maps a fact's name to its column's index."""

    by_fact: Mapping[str, int]
    absent: tuple[str, ...]


def map_columns(
    headers: Sequence[str],
    facts: Mapping[str, Fact],
    mapping: Mapping[str, str],
    constants: Mapping[str, str],
    needed: Sequence[str],
) -> Columns:
    """Match headers with facts: by the caller's mapping first, else by name, alias or title.

    Args:
        headers: the columns' headers, in order.
        facts: all facts that the policy declares.
        mapping: facts by header, the caller's choice; it wins over names.
        constants: values for all rows, by fact.
        needed: the facts that the decisions asked for depend on.

    Raises:
        FactError: with everything that is wrong with headers, mapping and constants.
    """
    problems = [*_unknown_names(headers, facts, mapping, constants)]
    by_fact: dict[str, list[int]] = {}
    chosen = {folded(header): fact for header, fact in mapping.items()}
    for index, header in enumerate(headers):
        if fact := chosen.get(folded(header)):
            by_fact.setdefault(fact, []).append(index)
    by_name = _names(facts, needed)
    settled = set(by_fact)
    for index, header in enumerate(headers):
        names = by_name.get(folded(header), ())
        open_names = [name for name in names if name not in settled]
        if folded(header) in chosen or not open_names:
            continue
        if len(open_names) > 1:
            problems.append(batch_messages.ambiguous_header(header, open_names))
        else:
            by_fact.setdefault(open_names[0], []).append(index)
    problems += _several(headers, by_fact, constants)
    if problems:
        raise FactError(problems)
    found = {fact: columns[0] for fact, columns in by_fact.items() if fact in needed}
    absent = tuple(name for name in needed if name not in found and name not in constants)
    return Columns(found, absent)


def fact_headers(facts: Mapping[str, Fact], mapping: Mapping[str, str]) -> frozenset[str]:
    """All headers that stand for a fact, folded: what a list's header row is known by."""
    names = [folded(header) for header in mapping]
    for name, fact in facts.items():
        names += map(folded, (name, *fact.aliases, *fact.title.values()))
    return frozenset(names)


def _unknown_names(
    headers: Sequence[str],
    facts: Mapping[str, Fact],
    mapping: Mapping[str, str],
    constants: Mapping[str, str],
) -> list[Diagnostic]:
    known = {folded(header) for header in headers}
    problems = [
        batch_messages.unknown_header(header, headers)
        for header in mapping
        if folded(header) not in known
    ]
    names = [*mapping.values(), *constants]
    problems += [
        batch_messages.unknown_fact(name, tuple(facts))
        for name in dict.fromkeys(names)
        if name not in facts
    ]
    return problems


def _several(
    headers: Sequence[str], by_fact: Mapping[str, Sequence[int]], constants: Mapping[str, str]
) -> list[Diagnostic]:
    problems = [
        batch_messages.two_columns(fact, [headers[index] for index in columns])
        for fact, columns in by_fact.items()
        if len(columns) > 1
    ]
    problems += [
        batch_messages.constant_and_column(fact, headers[by_fact[fact][0]])
        for fact in constants
        if fact in by_fact
    ]
    return problems


def _names(facts: Mapping[str, Fact], needed: Sequence[str]) -> dict[str, list[str]]:
    """The facts that go by a name; the plain name of a fact is never another's alias."""
    by_name: dict[str, list[str]] = {folded(name): [name] for name in needed}
    for name in needed:
        fact = facts[name]
        for other in (*fact.aliases, *fact.title.values()):
            found = by_name.setdefault(folded(other), [])
            if name not in found and folded(found[0] if found else "") != folded(other):
                found.append(name)
    return by_name


def folded(header: str) -> str:
    """A header as it is compared: width, case, blanks and underscores don't count.

    >>> folded(" Monthly_ Tonnes（吨）")
    'monthly tonnes(吨)'
    """
    return " ".join(unicodedata.normalize("NFKC", header).casefold().replace("_", " ").split())
