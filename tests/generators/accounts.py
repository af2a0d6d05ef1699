"""Random accounts for a program: the constants it compares with, and what lies just beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from random import Random

from keyaccount.feel.types import (
    BOOLEAN,
    DATE,
    NUMBER,
    ContextType,
    Enumeration,
    ListType,
    Type,
)
from keyaccount.feel.values import Date, DaysAndTimeDuration, YearsAndMonthsDuration
from keyaccount.feel.values.date import date_of_number
from keyaccount.feel.values.typing import is_instance
from keyaccount.ir import core
from keyaccount.ir.rewrite import descendants

ABSENT = object()
"""Stands for a fact that is not given."""

STEPS = (Decimal("0.01"), Decimal("0.0000000000001"), Decimal(1))
SHARE_ABSENT = 0.15
SHARE_NULL = 0.05


def constants(program: core.Program) -> list[object]:
    """The values of all literals of a bound program, each once."""
    logics: list[core.Expression] = [each.logic for each in program.decisions.values()]
    logics += [each.allowed for each in program.facts.values() if each.allowed is not None]
    found: dict[tuple[type, str], object] = {}
    for logic in logics:
        for node in descendants(logic):
            if isinstance(node, core.Literal):
                values = node.value if isinstance(node.value, list) else [node.value]
                found |= {(type(each), str(each)): each for each in values}
    return list(found.values())


def candidates(type_: Type, known: list[object]) -> list[object]:
    """Values for a fact of a type: the constants of that type and their neighbours."""
    own = [each for each in known if each is not None and is_instance(each, type_)]
    match type_:
        case Enumeration(values):
            return list(values)
        case _ if type_ == BOOLEAN:
            return [True, False]
        case _ if type_ == NUMBER:
            return _numbers([each for each in own if isinstance(each, Decimal)])
        case _ if type_ == DATE:
            return _dates([each for each in own if isinstance(each, Date)])
        case _ if own:
            return own
        case ContextType(entries):
            return [{name: _first(each, known) for name, each in entries}]
        case _:
            return _samples(type_)


def _first(type_: Type, known: list[object]) -> object:
    return candidates(type_, known)[0]


def _numbers(own: list[Decimal]) -> list[object]:
    found: set[Decimal] = {Decimal(0), Decimal(1), Decimal("-1"), Decimal("5000000.10")}
    for each in own:
        found |= {each} | {each - step for step in STEPS} | {each + step for step in STEPS}
    return sorted(found)


def _dates(own: list[Date]) -> list[object]:
    numbers = {each.number + step for each in own for step in (-1, 0, 1)} or {20_000}
    return [date_of_number(each) for each in sorted(numbers)]


def _samples(type_: Type) -> list[object]:
    samples: list[object] = ["", "other", DaysAndTimeDuration(0), YearsAndMonthsDuration(14)]
    return [each for each in samples if is_instance(each, type_)]


def random_accounts(
    program: core.Program,
    random: Random,
    count: int,
    *,
    complete: float = 0.5,
    accepts: Callable[[str, object], bool] = lambda name, value: True,
) -> Iterator[dict[str, object]]:
    """Accounts as FEEL values by fact name; a fact not there is unknown.

    Args:
        program: bound to a date.
        random: seeded by the caller.
        count: how many.
        complete: the share of accounts in which every fact is given.
        accepts: whether a fact may have a value; all may where it is left out.
    """
    known = constants(program)
    choices = {
        name: [value for value in candidates(each.type, known) if accepts(name, value)]
        for name, each in program.facts.items()
    }
    for _ in range(count):
        gaps = random.random() >= complete
        yield _account(program.facts, choices, random, gaps=gaps)


def _account(
    facts: Mapping[str, core.Fact],
    choices: Mapping[str, list[object]],
    random: Random,
    *,
    gaps: bool,
) -> dict[str, object]:
    account: dict[str, object] = {}
    for name, fact in facts.items():
        roll = random.random()
        if gaps and roll < SHARE_ABSENT:
            continue
        if fact.nullable and roll < SHARE_ABSENT + SHARE_NULL:
            account[name] = None
        elif isinstance(fact.type, ListType):
            account[name] = _list(fact.type, choices[name], random)
        elif choices[name]:
            account[name] = random.choice(choices[name])
    return account


def _list(type_: ListType, own: list[object], random: Random) -> object:
    lists = [each for each in own if isinstance(each, list)]
    items = candidates(type_.item, [each for one in lists for each in one])
    return random.choices(items, k=random.randrange(4)) if items else []
