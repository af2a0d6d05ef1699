"""Turn the facts' `allowed` tests into decisions, so that any backend can try them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from keyaccount.feel.types import BOOLEAN
from keyaccount.ir import core

_POLICY: Final = "allowed values"
"""No policy of an author's can be called that: it is no name."""


def decision_of(fact: str) -> str:
    """The full name of the decision whether a fact's value is allowed."""
    return f"{_POLICY}.{fact}"


def with_allowed_tests(program: core.Program, facts: Iterable[str]) -> core.Program:
    """The program with one more boolean decision for each of the facts that has an `allowed` test.

    A value is allowed where that decision is true; it means nothing where the
    fact is not given.
    """
    tests = {
        decision_of(name): _test(program.facts[name], allowed)
        for name in facts
        if (allowed := program.facts[name].allowed) is not None
    }
    return replace(program, decisions={**program.decisions, **tests})


def _test(fact: core.Fact, allowed: core.Expression) -> core.Decision:
    value = core.Input(fact.type, allowed.span, fact.name)
    return core.Decision(
        name=decision_of(fact.name),
        policy=_POLICY,
        type=BOOLEAN,
        logic=core.Let(BOOLEAN, allowed.span, "?", value, allowed),
        title={},
        value_titles={},
        because={},
        span=allowed.span,
    )
