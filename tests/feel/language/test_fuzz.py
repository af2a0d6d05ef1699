"""Whatever the text, the parser answers with a tree or with words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feel.language.generated import SCOPE
from feel.language.trees import parse, parse_tests
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.unparse import unparse

PIECES = (
    "a b a-b date and time 月用量 in stock if then else for some every return satisfies function"
    " external instance of list < > <> -> between or not null true false ( ) [ ] { } , : . .. ?"
    ' @ "x" @"P1D" 1 .5 2e3 + - * / ** = != <= >= == && \' “x” ， ≥ # /* */ // " \\ number string'
)

joined = st.lists(st.sampled_from(PIECES.split()), max_size=12).map(" ".join)
anything = st.text(max_size=30) | joined | st.text(st.sampled_from("()[]{}a1.,-\"'\\/* \n"))


@pytest.mark.parametrize("read", [parse, parse_tests])
@settings(max_examples=500, deadline=None)
@given(text=anything)
def test_any_text_is_a_tree_or_a_policy_error(read, text):
    try:
        tree = read(text, SCOPE)
    except PolicyError as error:
        for diagnostic in error.diagnostics:
            assert diagnostic.span.start <= diagnostic.span.end <= len(text)
    else:
        assert read(unparse(tree, SCOPE), SCOPE) == tree
