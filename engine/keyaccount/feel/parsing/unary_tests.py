"""The tests behind `in` and in the cells of decision tables.

Source: DMN 1.5, 10.3.1.2, rules 7 (simple positive unary test), 13 to 18, 51 c (in).
"""

from __future__ import annotations

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.parsing import mistakes
from keyaccount.feel.parsing.brackets import (
    COMPARISONS,
    as_value,
    close,
    range_from,
    unary_comparison,
)
from keyaccount.feel.parsing.powers import COMPARISON
from keyaccount.feel.parsing.reader import Reader
from keyaccount.feel.syntax import Expression, UnaryComparison, UnaryTests

_GOES_ON = frozenset(("(", "[", ".", "+", "-", "*", "/", "**", "instance"))


def in_tests(reader: Reader) -> tuple[Expression, ...]:
    """What stands behind `in`: one test, or several in brackets."""
    begin = reader.at
    if reader.texts[begin] in COMPARISONS:
        return (unary_comparison(reader),)
    if reader.texts[begin] != "(":
        return (reader.expression(reader, COMPARISON),)
    reader.at += 1
    tests: list[Expression] = []
    while not tests or reader.texts[reader.at] == ",":
        reader.at += 1 if tests else 0
        bare = reader.texts[reader.at] in COMPARISONS
        tests.append(unary_comparison(reader) if bare else reader.expression(reader))
    if len(tests) == 1 and reader.texts[reader.at] == "..":
        tests = [range_from(reader, tests[0], begin)]
    else:
        close(reader, begin, ")")
    if len(tests) == 1 and reader.texts[reader.at] in _GOES_ON:
        # The brackets were only the first operand: `x in (a + b) * 2`.
        first = tests[0]
        first = as_value(first) if isinstance(first, UnaryComparison) else first
        return (reader.expression(reader, COMPARISON, first, begin),)
    return tuple(tests)


def unary_tests(reader: Reader) -> UnaryTests:
    """A whole cell: `-`, tests, or `not(tests)`.

    Raises:
        PolicyError: it is none of these.
    """
    if reader.texts[:2] == ["-", ""]:
        reader.at = 1
        return UnaryTests(reader.span(0), (), negated=False)
    if reader.texts[:2] != ["not", "("] or reader.declared(0) is not None:
        return _positive(reader)
    try:
        return _negated(reader)
    except PolicyError as refused:
        # It may be a call of the function `not`, with more behind it.
        reader.restart()
        try:
            return _positive(reader)
        except PolicyError:
            raise refused from None


def _negated(reader: Reader) -> UnaryTests:
    reader.at = 2
    tests = _tests(reader)
    close(reader, 1, ")")
    if reader.texts[reader.at]:
        raise mistakes.no_end(reader)
    return UnaryTests(reader.span(0), tests, negated=True)


def _positive(reader: Reader) -> UnaryTests:
    tests = _tests(reader)
    return UnaryTests(reader.span(0), tests, negated=False)


def _tests(reader: Reader) -> tuple[Expression, ...]:
    tests: list[Expression] = []
    while not tests or reader.texts[reader.at] == ",":
        reader.at += 1 if tests else 0
        bare = reader.texts[reader.at] in COMPARISONS
        tests.append(unary_comparison(reader) if bare else reader.expression(reader))
        if bare and reader.texts[reader.at] in ("and", "or"):
            raise mistakes.joined_tests(reader)
        mistakes.refuse_thousands(reader)
    return tuple(tests)
