"""Check facts against their declarations: the plain way, which defines what is right.

The Python backend has the same checks compiled for speed; whenever a fact is
in any way unusual it comes here, so that there is one meaning and one set of
messages.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from itertools import islice

from keyaccount.diagnostics import fact_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError
from keyaccount.facts.conversion import Problems, converted, described
from keyaccount.ir.core import Fact

MOST_TOLD = 50
"""So many unknown names are told: each is held against all that are known, which takes its time."""

IsAllowed = Callable[[Fact, object], bool]
"""Whether a converted value passes a fact's `allowed` tests."""


def check_facts(
    facts: Mapping[str, Fact],
    given: object,
    is_allowed: IsAllowed,
    elsewhere: Container[str] = (),
) -> dict[str, object]:
    """The facts as FEEL values, in the order of their declaration.

    What was not given, or given as null for a fact that isn't nullable, is not
    in the result: it is unknown, or has its default.

    Args:
        facts: what the policies declare.
        given: a mapping from name to value, as a program has it: numbers as
            int, Decimal or float (taken by its shortest decimal), text, true
            and false, `datetime`'s classes or ISO text for dates, times and
            durations, lists, mappings.
        is_allowed: the test of allowed values; a backend provides it.
        elsewhere: facts that are declared, but not looked at here: they are let pass unread.

    Raises:
        FactError: with everything that is wrong, not only the first thing.
    """
    if not isinstance(given, Mapping):
        raise FactError([messages.not_facts(described(given))])
    unknown = (name for name in given if name not in facts and name not in elsewhere)
    problems: Problems = [
        messages.unknown_name(str(name), tuple(facts), _called(name, facts))
        for name in islice(unknown, MOST_TOLD)
    ]
    values: dict[str, object] = {}
    for name, fact in facts.items():
        value = given.get(name)
        if value is None:
            if name in given and fact.nullable:
                values[name] = None
            continue
        found = converted(value, fact.type, name, problems)
        if found is None:
            continue
        if fact.allowed is not None and not is_allowed(fact, found):
            problems.append(_not_allowed(fact, fact.allowed.span.text, found))
            continue
        values[name] = found
    if problems:
        raise FactError(problems)
    return values


def _called(name: object, facts: Mapping[str, Fact]) -> str | None:
    """The fact that goes by this name in account lists, or as its title."""
    for fact in facts.values():
        if name in fact.aliases or name in fact.title.values():
            return fact.name
    return None


def _not_allowed(fact: Fact, allowed: str, value: object) -> Diagnostic:
    return messages.not_allowed(fact.name, described(value), allowed)
