"""Trees written as text: with no needless brackets, and read back the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from feel.language.generated import NOWHERE, SCOPE, cells, expressions
from feel.language.trees import parse, parse_tests
from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.unparse import unparse

AS_WRITTEN = (
    "a + b * c",
    "(a + b) * c",
    "a - b - c",
    "a - (b - c)",
    "a - -b",
    "--a",
    "-a ** b",
    "-(a ** b)",
    "a ** b ** c",
    "a ** (b ** c)",
    "(a or b) and c",
    "a or b and c",
    "a = b and c = d",
    "(a = b) = (c = d)".replace("(a = b)", "a = b"),
    "not(a)",
    "if a then b else c + 1",
    "(if a then b else c) + 1",
    "for x in a, y in 1..2 return x + y",
    "some x in a satisfies x > 5 and b",
    "a in (1, < 5, [7..9])",
    "a in >= 5",
    "a in ((>= 5))",
    "a in (b or c)",
    "a between 1 and b + 1 and c",
    "(>= 5).start",
    "(!= 5)",
    "[1, [], (< 5)]",
    '{a: 1, "b:c": {in stock: 2}, "": 3}',
    "a instance of list<function<number> -> date and time>",
    "a instance of function<> -> Any",
    "(a instance of number).b",
    "f(a: 1, start position: 2)[1].b",
    "(function(a: number, b) a)(1, 2)",
    'function() external {java: {class: "x"}}',
    '"a \\"b\\" \\\\ \\n \\u2028"',
    '@"2024-01-01"',
    "[1..5) = (a..b]",
)


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_the_shortest_form_stays_as_it_is(text):
    assert unparse(parse(text)) == text


SIMPLER = {
    "((a)) + (b * c)": "a + b * c",
    "(a and b) or c": "a and b or c",
    "]1..5[": "(1..5)",
    "x in (5)": "x in 5",
    '"\\u0041\\d"': '"A\\\\d"',
    '{"a": 1}': "{a: 1}",
    "1.20E3": "1.20E+3",
    "a/* b */+b": "a + b",
}


@pytest.mark.parametrize("text", SIMPLER)
def test_needless_things_go(text):
    assert unparse(parse(text)) == SIMPLER[text]


@pytest.mark.parametrize("text", ["-", "not(1, > 5)", "<= 5, [7..9), a", "(not(a))", "? > 5"])
def test_cells_stay_as_they_are(text):
    assert unparse(parse_tests(text)) == text


def name(text):
    return syntax.Name(NOWHERE, text)


def test_names_that_would_run_together_are_kept_apart():
    difference = syntax.Arithmetic(NOWHERE, "-", name("a"), name("b"))
    assert unparse(difference) == "a - b"
    assert unparse(difference, Scope(["a-b"])) == "(a) - b"


def test_two_names_and_their_and_are_not_the_built_in_function():
    both = syntax.Conjunction(NOWHERE, name("date"), name("time"))
    assert unparse(both) == "(date) and time"
    assert parse("(date) and time") == both


def test_a_type_and_a_name_behind_it_are_kept_apart():
    date = syntax.InstanceOf(NOWHERE, name("a"), syntax.NamedType(NOWHERE, "date"))
    both = syntax.Conjunction(NOWHERE, date, name("time"))
    assert unparse(both) == "(a instance of date) and time"
    assert parse("(a instance of date) and time") == both


def test_a_member_that_would_read_as_a_longer_one_is_kept_apart():
    path = syntax.Path(NOWHERE, name("x"), "a")
    difference = syntax.Arithmetic(NOWHERE, "-", path, name("b"))
    assert unparse(difference, Scope(members=["a-b"])) == "(x.a) - b"


@settings(max_examples=400, deadline=None)
@given(expressions())
def test_an_expression_is_read_back_the_same(tree):
    assert parse(unparse(tree, SCOPE), SCOPE) == tree


@settings(max_examples=200, deadline=None)
@given(cells())
def test_a_cell_is_read_back_the_same(tree):
    assert parse_tests(unparse(tree, SCOPE), SCOPE) == tree
