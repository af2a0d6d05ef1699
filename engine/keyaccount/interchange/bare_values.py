"""Texts that are declared values, written bare as authors do: `good, fair` for `"good", "fair"`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel import syntax
from keyaccount.feel.names import RESERVED, Scope
from keyaccount.feel.parser import parse_expression, parse_unary_tests
from keyaccount.feel.types import Enumeration, Type
from keyaccount.interchange.feel_text import whole
from keyaccount.model.policy import DecisionRule, DecisionTable, InputEntry, OutputEntry
from keyaccount.source import Fragment

_WORD = re.compile(r"[^\W\d]\w*\Z")


@dataclass(frozen=True, slots=True)
class BareValues:
    """Writes the declared values in tables bare.

    types: of what the names in sight stand for.
    names: all names in sight; a value that is one of them keeps its quotes.
    """

    types: Mapping[str, Type | None]
    names: Collection[str]

    def table(self, table: DecisionTable) -> DecisionTable:
        """The table, values bare in its cells and results."""
        kinds = {each.name: each.type for each in table.outputs}
        rules = tuple(self._rule(each, kinds) for each in table.rules)
        default = tuple(self._result(each, kinds) for each in table.default)
        return replace(table, rules=rules, default=default)

    def _rule(self, rule: DecisionRule, kinds: Mapping[str | None, Type | None]) -> DecisionRule:
        when = rule.when
        if not isinstance(when, Fragment):
            when = tuple(map(self._cell, when))
        return replace(rule, when=when, then=tuple(self._result(e, kinds) for e in rule.then))

    def _cell(self, cell: InputEntry) -> InputEntry:
        kind = self.types.get(cell.input.text.strip())
        if not isinstance(kind, Enumeration):
            return cell
        try:
            tree = parse_unary_tests(cell.tests, Scope(self.names))
        except PolicyError:
            return cell
        values = [each.value for each in tree.tests if isinstance(each, syntax.StringLiteral)]
        if len(values) != len(tree.tests) or not all(self._may_be_bare(e, kind) for e in values):
            return cell
        listed = ", ".join(values)
        return replace(cell, tests=whole(f"not({listed})" if tree.negated else listed))

    def _result(self, entry: OutputEntry, kinds: Mapping[str | None, Type | None]) -> OutputEntry:
        kind = kinds.get(None if entry.name is None else entry.name.text)
        if not isinstance(kind, Enumeration):
            return entry
        try:
            tree = parse_expression(entry.text, Scope(self.names))
        except PolicyError:
            return entry
        if isinstance(tree, syntax.StringLiteral) and self._may_be_bare(tree.value, kind):
            return replace(entry, text=whole(tree.value))
        return entry

    def _may_be_bare(self, value: str, kind: Enumeration) -> bool:
        is_word = bool(_WORD.match(value)) and value not in RESERVED
        return is_word and value in kind.values and value not in self.names
