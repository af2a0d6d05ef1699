"""Tables too big for words of bits: places in constant lists."""

from datetime import date
from decimal import Decimal
from itertools import pairwise, product

import pytest

import sql_on_duckdb
from generators import nodes
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.backends.sql.kinds import DOUBLE
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.types import BOOLEAN, DATE, NUMBER, STRING
from keyaccount.feel.values import Date
from keyaccount.ir.binding import bind
from keyaccount.model.policy import HitPolicy

AS_OF = date(2026, 1, 31)
PROVINCE, WEIGHT = nodes.input_("province", STRING), nodes.input_("weight", NUMBER)
SINCE, URGENT = nodes.input_("since", DATE), nodes.input_("urgent", BOOLEAN)
FACTS = [nodes.fact(each.name, each.type) for each in (PROVINCE, WEIGHT, SINCE, URGENT)]
PROVINCES = [f"province {i:02}" for i in range(20)]


def between(low, high):
    above = nodes.compare(">=", WEIGHT, nodes.number(str(low)))
    return nodes.all_of(above, nodes.compare("<", WEIGHT, nodes.number(str(high))))


def is_(subject, value):
    return nodes.compare("=", subject, nodes.literal(value, subject.type))


def rate(number):
    return nodes.number(str(Decimal(number) / 4))


def grid(hit_policy):
    """Provinces by bands of weight, with gaps between the bands."""
    cells = product(PROVINCES, range(0, 40, 5))
    rules = [
        nodes.rule(f"{name} {low}", [is_(PROVINCE, name), between(low, low + 4)], rate(i))
        for i, (name, low) in enumerate(cells)
    ]
    return nodes.table(hit_policy, rules, NUMBER, default=nodes.number("-1"))


def ladder(hit_policy):
    """Many bands of one number, some of which overlap, and a rule for one day."""
    bands = list(pairwise(range(0, 200, 2)))
    rules = [
        nodes.rule(f"band {low}", [between(low, high)], rate(low // 20)) for low, high in bands
    ]
    rules.append(nodes.rule("overlap", [between(10, 30)], rate(0)))
    rules.append(nodes.rule("day", [is_(SINCE, Date(2024, 2, 29))], rate(77)))
    return nodes.table(hit_policy, rules, NUMBER)


def names(hit_policy):
    """Texts by their order, and a boolean."""
    rules = [
        nodes.rule(
            f"from {name}", [nodes.compare(">=", PROVINCE, nodes.literal(name, STRING))], out
        )
        for name, out in ((each, nodes.literal(each, STRING)) for each in reversed(PROVINCES * 2))
    ]
    rules.insert(0, nodes.rule("urgent", [URGENT], nodes.literal("now", STRING)))
    rules.insert(
        1,
        nodes.rule(
            "not",
            [nodes.compare("!=", PROVINCE, nodes.literal("b", STRING))],
            nodes.literal("rest", STRING),
        ),
    )
    return nodes.table(hit_policy, rules, STRING)


def program(table):
    fee = nodes.decision("fee", table.type, table)
    known = nodes.compare("!=", nodes.decided("fee", table.type), nodes.null())
    return bind(nodes.program(FACTS, [fee, nodes.decision("known", BOOLEAN, known)]), AS_OF)


def accounts():
    weights = ("0", "3.99", "4", "4.5", "5", "12", "19.999", "20", "150", "-1", "1000")
    texts = (PROVINCES[0], PROVINCES[7], "a", "b", "大", "")
    days = (Date(2024, 2, 28), Date(2024, 2, 29))
    for place, (weight, text) in enumerate(product(weights, texts)):
        yield {
            "province": text,
            "weight": Decimal(weight),
            "since": days[place % 2],
            "urgent": place % 3 == 0,
        }


HIT_POLICIES = (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY)


@pytest.mark.parametrize("hit_policy", HIT_POLICIES)
@pytest.mark.parametrize("table", [grid, ladder, names])
@pytest.mark.parametrize("types", [{}, {"weight": (DOUBLE, "DOUBLE")}], ids=["decimal", "double"])
def test_a_big_table_gives_what_the_reference_gives(table, hit_policy, types):
    tested, some = program(table(hit_policy)), list(accounts())
    found = sql_on_duckdb.decide(tested, some, types=types)
    conflicts = 0
    for account, outcomes in zip(some, found, strict=True):
        expected = evaluate(tested, account, AS_OF)
        if outcomes is None:
            conflicts += 1
            assert expected["p.fee"].status == "conflict"
            continue
        for name, each in expected.items():
            assert outcomes[name].value == each.value
            assert outcomes[name].rules == each.rules
            assert outcomes[name].status == each.status
    assert conflicts < len(some)


def test_an_unknown_input_of_a_big_table_is_left_to_others():
    some = [{"province": PROVINCES[0]}, {"weight": Decimal(3)}, {}]
    assert sql_on_duckdb.decide(program(grid(HitPolicy.FIRST)), some) == [None, None, None]


def test_a_big_table_that_compares_inputs_with_each_other_is_refused():
    other = nodes.compare("=", PROVINCE, PROVINCE)
    rules = [nodes.rule(f"rule {i}", [other, between(i, i + 1)], rate(i)) for i in range(100)]
    tested = program(nodes.table(HitPolicy.FIRST, rules, NUMBER))
    with pytest.raises(PolicyError) as caught:
        sql_on_duckdb.decide(tested, [{}])
    assert [each.code for each in caught.value.diagnostics] == ["sql.too-many-rules"]
