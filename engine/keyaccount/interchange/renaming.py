"""Names of a model back to those of a policy: what was borrowed is `policy.name` again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import assert_never

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression, parse_unary_tests
from keyaccount.interchange.feel_text import edited
from keyaccount.ir.lowering.texts import free_names
from keyaccount.model import definitions as model
from keyaccount.model.policy import (
    BoxedContext,
    Decision,
    DecisionRule,
    DecisionTable,
    InputEntry,
    LiteralExpression,
    OutputEntry,
    Scorecard,
)
from keyaccount.source import Fragment

_Element = model.InputData | model.BusinessKnowledgeModel | model.Decision


class Renaming:
    """Renames in the texts of decisions."""

    def __init__(self, elements: Iterable[_Element], names: Mapping[str, str]) -> None:
        self._scope = Scope(each.name.text for each in elements)
        self._names = names

    def decision(self, decision: Decision) -> Decision:
        """The decision under the names of the policy."""
        if not self._names:
            return decision
        logic = decision.logic
        match logic:
            case LiteralExpression(text):
                return replace(decision, logic=LiteralExpression(self._expression(text)))
            case BoxedContext(steps):
                named = tuple(replace(e, text=self._expression(e.text)) for e in steps)
                return replace(decision, logic=BoxedContext(named))
            case DecisionTable():
                rules = tuple(map(self._rule, logic.rules))
                default = self._entries(logic.default)
                return replace(decision, logic=replace(logic, rules=rules, default=default))
            case Scorecard():
                return decision  # none is made of a model
            case _:
                assert_never(logic)

    def _rule(self, rule: DecisionRule) -> DecisionRule:
        when = rule.when
        if isinstance(when, Fragment):
            return replace(rule, when=self._expression(when), then=self._entries(rule.then))
        cells = tuple(
            InputEntry(self._expression(each.input), self._tests(each.tests)) for each in when
        )
        return replace(rule, when=cells, then=self._entries(rule.then))

    def _entries(self, entries: tuple[OutputEntry, ...]) -> tuple[OutputEntry, ...]:
        return tuple(replace(each, text=self._expression(each.text)) for each in entries)

    def _expression(self, fragment: Fragment) -> Fragment:
        try:
            return self._renamed(fragment, parse_expression(fragment, self._scope))
        except PolicyError:
            return fragment  # told of when the policy is checked

    def _tests(self, fragment: Fragment) -> Fragment:
        try:
            return self._renamed(fragment, parse_unary_tests(fragment, self._scope))
        except PolicyError:
            return fragment

    def _renamed(self, fragment: Fragment, tree: syntax.Expression) -> Fragment:
        edits = {
            (span.start, span.end): self._names[name]
            for name, span in free_names(tree)
            if name in self._names
        }
        return Fragment.whole(edited(fragment, edits)) if edits else fragment
