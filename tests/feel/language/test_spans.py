"""Every node knows the characters that the author wrote for it."""

from __future__ import annotations

import pytest

from feel.language.trees import nodes, parse, parse_tests, shown
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression
from keyaccount.source import Fragment, Source

SCOPE = Scope(["monthly tonnes", "a-b"])

SPANS = {
    "names of several words, a difference": (
        " monthly   tonnes - a -b ",
        {
            "(- <monthly tonnes> <a-b>)": "monthly   tonnes - a -b",
            "<monthly tonnes>": "monthly   tonnes",
            "<a-b>": "a -b",
        },
    ),
    "brackets belong to what is around them": (
        "(a + b) * (c)",
        {
            "(* (+ a b) c)": "(a + b) * (c)",
            "(+ a b)": "a + b",
            "c": "c",
        },
    ),
    "a minus sign before brackets": (
        "1 - -(a) ** 2",
        {"(- 1 (** (- a) 2))": "1 - -(a) ** 2", "(** (- a) 2)": "-(a) ** 2", "(- a)": "-(a)"},
    ),
    "comments are in the span only where they stand between": (
        "/* one */ a /* two */ + b // three",
        {"(+ a b)": "a /* two */ + b"},
    ),
    "calls, arguments, filters, paths": (
        "f( x : 1 )[ 2 ] . y z",
        {
            "((filter (call f x: 1) 2) . <y z>)": "f( x : 1 )[ 2 ] . y z",
            "(filter (call f x: 1) 2)": "f( x : 1 )[ 2 ]",
            "(call f x: 1)": "f( x : 1 )",
            "x: 1": "x : 1",
        },
    ),
    "a path behind brackets": ("(a).b + 1", {"(a . b)": "(a).b"}),
    "tests behind in": (
        "x in (1, >= 2, ]3..4[)",
        {
            "(in x 1 (test >= 2) (3..4))": "x in (1, >= 2, ]3..4[)",
            "(test >= 2)": ">= 2",
            "(3..4)": "]3..4[",
        },
    ),
    "brackets that are only the first operand": (
        "x in (a + b) * 2",
        {"(* (+ a b) 2)": "(a + b) * 2", "(+ a b)": "a + b"},
    ),
    "a comparison as a range": ("[ (>= 5) ]", {"[5..)": ">= 5", "[[5..)]": "[ (>= 5) ]"}),
    "contexts": (
        '{ "a" : 1 , b: 2 }',
        {"{a: 1, b: 2}": '{ "a" : 1 , b: 2 }', "a: 1": '"a" : 1', "b: 2": "b: 2"},
    ),
    "loops": (
        "for i in 1 .. 2 return [i ]",
        {"i in (.. 1 2)": "i in 1 .. 2", "(.. 1 2)": "1 .. 2", "[i]": "[i ]"},
    ),
    "types": (
        "x instance of list< date and  time >",
        {
            "(list date and time)": "list< date and  time >",
            "date and time": "date and  time",
        },
    ),
    "functions": (
        "function( a : number , b) a",
        {"a: number": "a : number", "number": "number", "b": "b"},
    ),
    "literals": ('[@ "P1D", null, -1]', {'@"P1D"': '@ "P1D"', "null": "null", "(- 1)": "-1"}),
    "between": (
        "1 + x between (2) and 3 or y",
        {"(between (+ 1 x) 2 3)": "1 + x between (2) and 3"},
    ),
}


@pytest.mark.parametrize("name", SPANS)
def test_span(name):
    text, wanted = SPANS[name]
    found = {shown(node): node.span.text for node in nodes(parse(text, SCOPE))}
    assert {tree: found.get(tree) for tree in wanted} == wanted


def test_a_cell_s_span_is_all_of_its_tests():
    text = "  not( 1 , 2 )  "
    assert parse_tests(text).span.text == "not( 1 , 2 )"
    assert parse_tests(" - ").span.text == "-"
    assert parse_tests(" < 5, not(3) ").span.text == "< 5, not(3)"


def test_a_name_over_folded_lines_of_a_file():
    # As a YAML reader hands it over: the line break and the indent became one space.
    text = "value: >\n  monthly\n  tonnes >= 20\n"
    kept = [*range(11, 18), 18, *range(21, 33), 33]
    fragment = Fragment("monthly tonnes >= 20", Source("p.yaml", text), kept)
    tree = parse_expression(fragment, SCOPE)
    assert tree.left.span.position == (2, 3)
    assert tree.left.span.text == "monthly\n  tonnes"
    assert tree.right.span.position == (3, 13)
    assert tree.span.text == "monthly\n  tonnes >= 20"
