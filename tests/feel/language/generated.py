"""Hypothesis strategies for FEEL trees: those that the parser makes, no others."""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter, itemgetter

from hypothesis import strategies as st

from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.source import Source, Span

NOWHERE = Span(Source("", ""), 0, 0)

DECLARED = (
    "a",
    "b",
    "a-b",
    "a-b-c",
    "date and b",
    "monthly tonnes",
    "in stock",
    "Student's name",
    "case 2.1",
    "p.d",
    "月用量",
    "客户 级别",
)
UNDECLARED = ("c", "d", "date", "time", "days", "unknown name", "external", "大 客户")
MEMBERS = ("b", "first name", "a-b", "c in d", "单价")
LOCAL = ("i", "line item", "c-d", "a", "行 号")
TYPES = ("number", "date", "date and time", "days and time duration", "hr.Person", "t-1", "Any")

SCOPE = Scope(DECLARED, MEMBERS, ["t-1"])


def node(kind, *parts):
    return st.tuples(*parts).map(lambda values: kind(NOWHERE, *values))


def tuples(of, *, least=0, most=3):
    return st.lists(of, min_size=least, max_size=most).map(tuple)


def unlike(of, key, *, least=0):
    """Some, of which no two have the same key."""
    return tuples(of, least=least).map(
        lambda found: tuple({key(each): each for each in found}.values())
    )


_names = st.sampled_from(DECLARED + UNDECLARED)
_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.sampled_from(
    ['"', "\\", "\\d+", "\n", "// x", "“”"]
)
_numbers = st.decimals(min_value=0, max_value=10**12, allow_nan=False, places=3) | st.sampled_from(
    [Decimal(0), Decimal("1E+3"), Decimal("1E-7"), Decimal(20)]
)
_leaves = st.one_of(
    st.just(syntax.NullLiteral(NOWHERE)),
    node(syntax.BooleanLiteral, st.booleans()),
    node(syntax.NumberLiteral, _numbers),
    node(syntax.StringLiteral, _text),
    node(syntax.AtLiteral, st.sampled_from(["2024-01-01", "P1D"])),
    node(syntax.Name, _names),
    node(syntax.Name, _names),
    st.just(syntax.InputValue(NOWHERE)),
)

types = st.recursive(
    node(syntax.NamedType, st.sampled_from(TYPES)),
    lambda inner: st.one_of(
        node(syntax.ListTypeExpression, inner),
        node(syntax.RangeTypeExpression, inner),
        node(
            syntax.ContextTypeExpression,
            unlike(st.tuples(st.sampled_from(LOCAL), inner), itemgetter(0), least=1),
        ),
        node(syntax.FunctionTypeExpression, tuples(inner), inner),
    ),
    max_leaves=4,
)

_comparison = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def tests_of(inner):
    return inner | node(syntax.UnaryComparison, _comparison, inner)


def _operations(inner):
    arithmetic = st.sampled_from(["+", "-", "*", "/", "**"])
    return st.one_of(
        node(syntax.Arithmetic, arithmetic, inner, inner),
        node(syntax.Arithmetic, st.just("-"), inner, inner),
        node(syntax.Comparison, _comparison, inner, inner),
        node(syntax.Negation, inner),
        node(syntax.Conjunction, inner, inner),
        node(syntax.Disjunction, inner, inner),
        node(syntax.Between, inner, inner, inner),
        node(syntax.In, inner, tuples(tests_of(inner), least=1)),
        node(syntax.InstanceOf, inner, types),
        node(syntax.UnaryComparison, st.just("!="), inner),
    )


def _phrases(inner):
    source = inner | node(syntax.IterationRange, inner, inner)
    iterators = tuples(node(syntax.Iterator, st.sampled_from(LOCAL), source), least=1, most=2)
    parameter = node(syntax.FormalParameter, st.sampled_from(LOCAL), st.none() | types)
    parameters = unlike(parameter, attrgetter("name"))
    return st.one_of(
        node(syntax.If, inner, inner, inner),
        node(syntax.For, iterators, inner),
        node(syntax.Quantified, st.sampled_from(["some", "every"]), iterators, inner),
        node(syntax.FunctionDefinition, parameters, inner, st.just(value=False)),
        node(syntax.FunctionDefinition, parameters, _contexts(inner), st.just(value=True)),
    )


def _contexts(inner):
    keys = _text | st.sampled_from(LOCAL + DECLARED + ("if", "a : b", " a", "a  b", "1", "a//b"))
    entry = node(syntax.ContextEntry, keys, inner)
    return node(syntax.ContextLiteral, unlike(entry, attrgetter("key")))


def _arguments(inner):
    positional = tuples(node(syntax.Argument, st.none(), inner))
    names = st.sampled_from((*LOCAL, "in stock"))
    named = unlike(node(syntax.Argument, names, inner), attrgetter("name"))
    return positional | named


def _compounds(inner):
    missing = st.none()
    closed, open_end = st.booleans(), st.just(value=False)
    member = st.sampled_from((*MEMBERS, "unknown member", "单 位"))
    function = inner | st.just(syntax.Name(NOWHERE, "not"))
    return st.one_of(
        node(syntax.ListLiteral, tuples(inner)),
        _contexts(inner),
        node(syntax.RangeLiteral, inner, inner, closed, closed),
        node(syntax.RangeLiteral, missing, inner, open_end, closed),
        node(syntax.RangeLiteral, inner, missing, closed, open_end),
        node(syntax.Path, inner, member),
        node(syntax.Filter, inner, inner),
        node(syntax.Invocation, function, _arguments(inner)),
    )


_expressions = st.recursive(
    _leaves,
    lambda inner: st.one_of(_operations(inner), _phrases(inner), _compounds(inner)),
    max_leaves=12,
)


@st.composite
def expressions(draw):
    return draw(_expressions)


@st.composite
def cells(draw):
    tests = draw(tuples(tests_of(expressions())))
    return syntax.UnaryTests(NOWHERE, tests, bool(tests) and draw(st.booleans()))
