"""Typical FEEL: what is measured, what is given, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass

NUMBERS = list(range(1, 21))
LINES = [{"price": n, "pieces": n % 4} for n in NUMBERS]
FACTS: dict[str, object] = {
    "a": 7,
    "b": 12,
    "price": 120,
    "pieces": 3,
    "region": "north",
    "member": True,
    "name": "Ada Lovelace",
    "numbers": NUMBERS,
    "lines": LINES,
}


@dataclass(frozen=True)
class Case:
    """An expression over `FACTS`; or a `cell`, of which the fact `a` is the input."""

    name: str
    text: str
    answer: object
    cell: bool = False


CASES = (
    Case("comparisons", 'a >= 5 and b < 20 and region = "north" or member = false', answer=True),
    Case("arithmetic", "(price * pieces - 12.5) / 4 + a ** 2", 135.875),
    Case("if", 'if price > 100 then "big" else if price > 50 then "mid" else "small"', "big"),
    Case("for", "for n in numbers return n * 2", [n * 2 for n in NUMBERS]),
    Case("filter", "numbers[item > 10]", list(range(11, 21))),
    Case("filter of contexts", "sum(lines[pieces > 2].price)", 55),
    Case("some", "some n in numbers satisfies n > 19", answer=True),
    Case("between and in", "a between 1 and 10 and b in [10..20]", answer=True),
    Case(
        "dates",
        'date("2024-01-31") + duration("P1M") < date("2024-03-01")',
        answer=True,
    ),
    Case("date parts", 'date("2024-02-29").year * 100 + date("2024-02-29").month', 202402),
    Case("texts", 'upper case(substring(name, 1, 3)) + "-" + string(a)', "ADA-7"),
    Case("text tests", 'contains(name, "Love") and string length(name) = 12', answer=True),
    Case("statistics", "sum(numbers) + max(numbers) + count(numbers)", 250),
    Case("context", "{x: a + b, y: x * 2}.y", 38),
    Case("cell", "[1..5], (6..10), > 100", answer=True, cell=True),
    Case("negated cell", "not(1, 2, [100..200])", answer=True, cell=True),
)
