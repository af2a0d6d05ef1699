"""Random big tables, as rate sheets are: intervals of numbers and dates, declared values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random

from generators import nodes
from generators.policies import FACTS, SECTOR, TIER
from keyaccount.feel.types import BOOLEAN, DATE, NUMBER, Type
from keyaccount.feel.values.date import date_of_number
from keyaccount.ir import core
from keyaccount.ir.binding import bind
from keyaccount.model.policy import HitPolicy

SIZES = (61, 70, 70, 150, 400)
SINGLE = (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY, HitPolicy.PRIORITY)
RATES = tuple(map(Decimal, ("0.95", "1", "1.25", "20", "-3")))


def tariff(random: Random) -> core.Program:
    """A bound program: a big table, and a decision that uses what it gives."""
    type_: Type = random.choice((TIER, NUMBER))
    results = list(TIER.values if type_ is TIER else RATES)
    size = random.choice(SIZES)
    rules = [
        nodes.rule(f"row {i}", tests, nodes.literal(random.choice(results), type_))
        for i, tests in enumerate(_lines(random, size))
    ]
    order = tuple(random.sample(results, len(results)))
    default = None if random.random() < 0.5 else nodes.literal(results[0], type_)
    table = nodes.table(random.choice(SINGLE), rules, type_, default=default, order=order)
    is_first = nodes.compare("=", nodes.decided("rate", type_), nodes.literal(results[0], type_))
    decisions = [
        nodes.decision("rate", type_, table),
        nodes.decision("is_first", BOOLEAN, is_first),
    ]
    return bind(nodes.program(FACTS, decisions), date(2026, 1, 31))


def _lines(random: Random, size: int) -> list[list[core.Expression]]:
    """The tests of each rule: a grid over one to three inputs, less orderly at places."""
    number, day = nodes.input_("tonnes", NUMBER), nodes.input_("since", DATE)
    steps = sorted(random.sample(range(1, 10 * size), size + 1))
    bounds = [Decimal(each) / random.choice((1, 10, 100)) for each in steps]
    days = [date_of_number(20_000 + each) for each in steps]
    with_sector, with_date = random.random() < 0.5, random.random() < 0.3
    mess, with_null = random.choice((0, 0, 0.05, 0.3)), random.random() < 0.2
    lines = []
    for i in range(size):
        tests = [] if random.random() < mess else _interval(random, number, bounds, i, NUMBER)
        if with_sector and random.random() >= mess:
            tests += _one_of(random, nodes.input_("sector", SECTOR))
        if with_date and random.random() >= mess:
            tests += _interval(random, day, days, random.randrange(min(size, 8)), DATE)
        if with_null and random.random() < mess:
            tests.append(nodes.compare("!=", nodes.input_("tier", TIER), nodes.null()))
        lines.append(tests)
    if mess:
        random.shuffle(lines)
    return lines


def _interval(
    random: Random, subject: core.Input, bounds: Sequence[object], i: int, type_: Type
) -> list[core.Expression]:
    low, high = (nodes.literal(each, type_) for each in sorted((bounds[i], bounds[i + 1])))
    kind = random.randrange(8)
    if kind == 0:
        return [nodes.compare("=", subject, low)]
    if kind == 1:
        return [nodes.compare(random.choice(("<", ">=")), subject, low)]
    above, below = nodes.compare(">=", subject, low), nodes.compare("<", subject, high)
    return [nodes.all_of(above, below)] if random.random() < 0.5 else [above, below]


def _one_of(random: Random, subject: core.Input) -> list[core.Expression]:
    literals = [nodes.literal(each, SECTOR) for each in SECTOR.values]
    chosen = random.sample(literals, random.choice((1, 1, 2)))
    test = nodes.any_of(*(nodes.compare("=", subject, each) for each in chosen))
    return [core.Not(BOOLEAN, nodes.SPAN, test) if random.random() < 0.2 else test]
