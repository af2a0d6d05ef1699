"""The parser of FEEL: from a fragment of an author's file to a tree.

Names are resolved against the scope as they are read, because where a FEEL name
ends depends on what is declared. The grammar itself is in `parsing`.

Source: DMN 1.5, 10.3.1.2.
"""

from __future__ import annotations

from keyaccount.diagnostics import feel_messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.parsing import mistakes, operators, unary_tests
from keyaccount.feel.parsing.reader import Reader
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.source import Fragment


def parse_expression(
    fragment: Fragment, scope: Scope, limits: Limits = DEFAULT_LIMITS
) -> syntax.Expression:
    """The tree of one FEEL expression.

    Raises:
        PolicyError: it is no FEEL, or past a limit; each diagnostic has its place.
    """
    reader = _reader(fragment, scope, limits)
    try:
        tree = operators.expression(reader)
    except RecursionError:
        raise reader.too_deep() from None
    if reader.texts[reader.at]:
        raise mistakes.no_end(reader)
    return tree


def parse_unary_tests(
    fragment: Fragment, scope: Scope, limits: Limits = DEFAULT_LIMITS
) -> syntax.UnaryTests:
    """The tree of the unary tests of a cell, `-` included.

    Raises:
        PolicyError: they are no FEEL, or past a limit; each diagnostic has its place.
    """
    reader = _reader(fragment, scope, limits, tests=True)
    try:
        tree = unary_tests.unary_tests(reader)
    except RecursionError:
        raise reader.too_deep() from None
    if reader.texts[reader.at]:
        raise mistakes.no_end(reader)
    return tree


def _reader(fragment: Fragment, scope: Scope, limits: Limits, *, tests: bool = False) -> Reader:
    length = len(fragment.text)
    if length > limits.feel_length:
        span = fragment.span(0, 0)
        raise PolicyError([feel_messages.too_long(span, length, limits.feel_length)])
    reader = Reader(fragment, scope, limits, operators.expression)
    if not reader.texts[0]:
        raise PolicyError([feel_messages.empty(fragment.span(), tests=tests)])
    return reader
