"""Text to tree: every production of the grammar, names, cells."""

from __future__ import annotations

from typing import get_args

import pytest

from feel.language.trees import cases, nodes, parse, parse_tests, scope_of, shown
from keyaccount.feel import syntax
from keyaccount.feel.unparse import unparse

EXPRESSIONS = cases("grammar.yaml") + cases("names.yaml")
CELLS = cases("unary_tests.yaml")


def named(found):
    return pytest.mark.parametrize("case", found, ids=[each["name"] for each in found])


@named(EXPRESSIONS)
def test_expression(case):
    assert shown(parse(case["text"], scope_of(case))) == case["tree"]


@named(CELLS)
def test_cell(case):
    assert shown(parse_tests(case["text"], scope_of(case))) == case["tree"]


@named(EXPRESSIONS)
def test_an_expression_written_back_is_read_the_same(case):
    scope = scope_of(case)
    tree = parse(case["text"], scope)
    assert shown(parse(unparse(tree, scope), scope)) == case["tree"]


@named(CELLS)
def test_a_cell_written_back_is_read_the_same(case):
    scope = scope_of(case)
    tree = parse_tests(case["text"], scope)
    assert shown(parse_tests(unparse(tree, scope), scope)) == case["tree"]


def test_every_kind_of_node_stands_in_a_case():
    trees = [parse(each["text"], scope_of(each)) for each in EXPRESSIONS]
    cells = [parse_tests(each["text"], scope_of(each)) for each in CELLS]
    seen = {type(node) for tree in (*trees, *cells) for node in nodes(tree)}
    assert set(get_args(syntax.Expression) + get_args(syntax.TypeExpression)) <= seen
