"""Hostile text is refused in words, however deep or long."""

from __future__ import annotations

import pytest

from feel.language.trees import parse, parse_tests
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression
from keyaccount.feel.unparse import unparse
from keyaccount.limits import Limits
from keyaccount.source import Fragment

DEEP = {
    "brackets": ("(", "1", ")"),
    "lists": ("[", "", "]"),
    "calls": ("f(", "", ")"),
    "filters": ("a[", "1", "]"),
    "contexts": ("{a: ", "1", "}"),
    "minus signs": ("-", "1", ""),
    "if": ("if a then 1 else ", "2", ""),
    "conditions of if": ("if ", "a", " then 1 else 2"),
    "for": ("for x in a return ", "x", ""),
    "lists of for": ("for x in ", "a", " return x"),
    "functions": ("function(a) ", "a", ""),
    "tests behind in": ("1 in (", "1", ")"),
    "in behind in": ("1 in [1 in ", "1", "]"),
    "bounds of between": ("1 between 2 and (", "3", ")"),
    "comparisons as ranges": ("(> ", "1", ")"),
    "ranges": ("[1..", "2", "]"),
    "binary operators around brackets": ("a or b and c = d + e * f ** (", "1", ")"),
}


def refused(text, **options):
    with pytest.raises(PolicyError) as raised:
        parse_expression(Fragment.whole(text), Scope(), **options)
    (diagnostic,) = raised.value.diagnostics
    return diagnostic


@pytest.mark.parametrize("name", DEEP)
def test_ten_thousand_levels_are_refused(name):
    opening, inner, closing = DEEP[name]
    text = opening * 10_000 + inner + closing * 10_000
    limits = Limits(feel_length=len(text))
    assert refused(text, limits=limits).code == "feel.too-deep"


@pytest.mark.parametrize("name", DEEP)
def test_ninety_levels_are_read(name):
    opening, inner, closing = DEEP[name]
    parse(opening * 90 + inner + closing * 90)


def test_the_limit_itself_is_allowed_and_one_more_is_not():
    parse("(" * 200 + "1" + ")" * 200)
    found = refused("(" * 201 + "1" + ")" * 201)
    assert found.code == "feel.too-deep"
    assert found.span.position == (1, 202)
    assert "200" in found.message.en


def test_the_caller_sets_the_limit():
    assert refused("((1))", limits=Limits(feel_nesting=1)).span.position == (1, 3)
    assert parse_expression(Fragment.whole("(1)"), Scope(), Limits(feel_nesting=1))


def test_a_limit_past_python_s_own_still_ends_in_words():
    found = refused("(" * 10_000, limits=Limits(feel_nesting=1_000_000))
    assert found.code == "feel.too-deep"


def test_types_have_the_same_limit():
    assert refused("1 instance of " + "list<" * 10_000).code == "feel.too-deep"


def test_cells_have_the_same_limit():
    with pytest.raises(PolicyError) as raised:
        parse_tests("> " + "(" * 10_000)
    assert raised.value.diagnostics[0].code == "feel.too-deep"


def test_a_text_at_the_limit_of_length_is_read_and_a_longer_one_is_not():
    assert isinstance(parse("a" * 100_000), syntax.Name)
    found = refused("a" * 100_001)
    assert found.code == "feel.too-long"
    assert found.span.position == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["1"] * 5_000),
        " and ".join(["a"] * 5_000),
        " = ".join(["a"] * 5_000),
        "a" + ".b" * 5_000,
        "a" + "[1]" * 5_000,
        "f" + "()" * 5_000,
        "a" + " in b" * 5_000,
        "a" + " instance of Any" * 5_000,
        "[" + ", ".join(["1"] * 5_000) + "]",
        "{" + ", ".join(f"line {i}: 1" for i in range(5_000)) + "}",
    ],
    ids=lambda text: text[:12],
)
def test_long_flat_text_is_read_and_written_back(text):
    tree = parse(text)
    again = parse(unparse(tree))
    assert again == tree
    assert hash(again) == hash(tree)


def test_a_long_run_of_spaces_is_no_trap():
    with pytest.raises(PolicyError):
        parse(" " * 99_000)
    with pytest.raises(PolicyError):
        parse("a" + " /" * 40_000)
