"""Every kind of expression gives on this backend what the reference gives, known facts or not."""

from datetime import date, datetime
from decimal import Decimal
from itertools import product

import pytest

from generators.comparing import canonical_outcomes
from keyaccount.backends.python import compile_program
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.feel.values import Date
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.ir import core
from keyaccount.ir.binding import bind
from keyaccount.ir.lowering import lower
from keyaccount.source import Source

AS_OF = date(2026, 1, 31)
NOW = datetime(2026, 1, 31, 9, 30)  # noqa: DTZ001 -- a local time, as FEEL knows it

HEAD = """
policy: p
title: expressions
facts:
  a: {type: number}
  b: {type: number, nullable: true}
  xs: {type: list<number>}
  text: {type: string}
  day: {type: date}
  yes: {type: boolean}
  maybe: {type: boolean, nullable: true}
  colour: {type: string, values: [green, red]}
decisions:
  is_green: {type: boolean, value: colour = green}
  shade: {value: 'if yes then colour else green', values: [green, red], type: string}
  big:
    hit policy: collect
    values: [much, more]
    rules:
      much: {when: a > 1, then: much}
      more: {when: b > 1, then: more}
"""

EXPRESSIONS = [
    "a + b * 2 - a / b",
    "-a ** 2",
    "a / 0",
    "if a > b then a else b",
    "if yes then 1 else if a = 1 then 2 else if a = 2 then 3 else 1",
    "if yes then 7 else 7",
    "a between 1 and b",
    "a in (1, 2, [5..9])",
    "not(yes) or a > 1",
    "yes and b > 1",
    "for x in xs return x * a",
    "for x in xs, y in [1, a] return x + y",
    "for i in 1..3 return if i = 1 then 1 else partial[-1] * i",
    "for i in 3..a return i",
    "some x in xs satisfies x > a",
    "every x in xs satisfies x > a",
    "every x in xs, y in xs satisfies x <= y or a > 1",
    "xs[item > a]",
    "xs[1]",
    "xs[a]",
    "[{n: 1, m: a}, {n: 2, m: b}][n > 1].m",
    "{n: a, m: n + 1}.m",
    "{n: a, m: b}",
    "count(xs)",
    "sum(xs) + a",
    "max(xs)",
    "list contains(xs, a)",
    'list contains(big, "much")',
    'list contains(big, "more")',
    "count(big)",
    "if yes then big else big",
    'big = ["much"]',
    'big != ["much", "more"]',
    "shade = green",
    "shade != red",
    "is_green = true",
    "[a..b]",
    "a in [1..b)",
    "b in (> a)",
    "a instance of number",
    "b instance of number",
    "xs instance of list<number>",
    'text + "!"',
    "upper case(text)",
    "text = null",
    "b = null",
    "b != null",
    "null = null",
    "not(maybe)",
    "not(if yes then true else maybe)",
    "(if yes then maybe else true) and a > 1",
    "maybe or yes",
    "maybe = true",
    "if maybe and yes then 1 else 2",
    "if (if yes then maybe else true) then 1 else 2",
    "if (if a > 1 then b else a) > 1 then 1 else 2",
    'day + duration("P1D")',
    "day.year",
    "day < today()",
    "now().hour",
    'date and time(day, time("10:00:00"))',
    'duration("P1D") * a',
    "(function(x: number) x + a)(2)",
    "{f: function(x: number, y: number) x * y + a, r: f(b, 2)}.r",
    "sort(xs, function(x, y) x > y)",
    "string(a)",
    "decimal(a / 3, 2)",
    "[1, a, 3]",
    '@"P1D" < @"P2D"',
    "if b = null then 0 else b",
    'if yes and b > 1 then "x" else "y"',
]

GIVEN = {
    "a": (None, Decimal(1), Decimal(2)),
    "b": (None, Decimal(0), Decimal("2.5")),
    "xs": (None, [], [Decimal(1), Decimal(3)]),
    "text": (None, "x"),
    "day": (None, Date(2026, 1, 30)),
    "yes": (None, True, False),
    "maybe": (None, True, False),
    "colour": (None, "green", "red"),
}


def program() -> core.Program:
    lines = [f"  e{i}: {{value: {quoted(each)}}}" for i, each in enumerate(EXPRESSIONS)]
    policy = read_policy(Source("policy.yaml", HEAD + "\n".join(lines)))
    return bind(lower({"p": policy}), AS_OF)


def quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


PROGRAM = program()
COMPILED = compile_program(PROGRAM)


@pytest.mark.parametrize("number", range(36))
def test_expressions(number: int) -> None:
    """Each test takes some of the combinations of facts."""
    combinations = list(product(*GIVEN.values()))[number::36]
    for values in combinations:
        account = {
            name: value for name, value in zip(GIVEN, values, strict=True) if value is not None
        }
        expected = canonical_outcomes(evaluate(PROGRAM, account, AS_OF, NOW))
        found = canonical_outcomes(COMPILED.decide(account, AS_OF, NOW))
        for name, outcome in expected.items():
            assert found[name] == outcome, (shown(name), account)


def shown(name: str) -> str:
    local = name.removeprefix("p.e")
    return EXPRESSIONS[int(local)] if local.isdigit() else name
