"""Decision tables on the fast path: every test is true or not, nothing is open."""

from __future__ import annotations

import ast

from keyaccount.backends.python import build
from keyaccount.backends.python.hits import HitTable, constant, frozen, is_constant, raw_of
from keyaccount.backends.python.plain import PlainCompiler
from keyaccount.backends.python.scope import Kind, Locals, Plain, Scope, kind_of_value
from keyaccount.ir import core
from keyaccount.ir.hit_policies import Candidate, combine, is_list_valued
from keyaccount.model.policy import Aggregation, HitPolicy

MOST_MEMORISED = 12
"""Rules up to which each combination of matches has its outcome remembered (2 to the power)."""


class PlainTables:
    """Compiles tables for the fast path."""

    def __init__(self, scope: Scope, expressions: PlainCompiler) -> None:
        self._scope = scope
        self._expressions = expressions

    def table(self, table: core.Table, locals_: Locals, target: str) -> list[ast.stmt]:
        """Statements that leave the raw outcome in `target`."""
        if table.hit_policy is HitPolicy.FIRST:
            return self._first(table, locals_, target)
        if is_constant(table) and len(table.rules) <= MOST_MEMORISED:
            return self._memorised(table, locals_, target)
        return self._combined(table, locals_, target)

    def _test(self, rule: core.Rule, locals_: Locals) -> ast.expr:
        return build.all_([self._expressions.test(each, locals_) for each in rule.tests])

    def _first(self, table: core.Table, locals_: Locals, target: str) -> list[ast.stmt]:
        """An `if` chain, flat, in a loop that runs once: it may be long."""
        branches: list[ast.stmt] = []
        for rule in table.rules:
            found = build.assign(target, self._raw(rule.output, (rule.id,), locals_))
            branches.append(build.if_(self._test(rule, locals_), [found, ast.Break()]))
        branches.append(build.assign(target, self._raw(table.default, (), locals_)))
        branches.append(ast.Break())
        return [*self._expressions.take_before(), ast.While(build.true(), branches, [])]

    def _raw(self, output: core.Expression, rules: tuple[str, ...], locals_: Locals) -> ast.expr:
        """A decided outcome: a shared constant where the output is one."""
        if isinstance(output, core.Literal):
            raw = (frozen(output.value), rules)
            return self._scope.pool.refer("outcome", raw, "_".join(rules))
        value = self._expressions.value(output, locals_)
        return raw_code(self._expressions.looked_at(value), rules)

    def _memorised(self, table: core.Table, locals_: Locals, target: str) -> list[ast.stmt]:
        """Which rules match, looked up in a table of outcomes that fills as it is used."""
        tests = [self._test(rule, locals_) for rule in table.rules]
        hits = self._scope.pool.refer("outcomes", HitTable(table))
        looked_up = build.item(hits, build.tuple_(tests))
        return [*self._expressions.take_before(), build.assign(target, looked_up)]

    def _combined(self, table: core.Table, locals_: Locals, target: str) -> list[ast.stmt]:
        """The matching rules, handed to the hit policies that all backends share."""
        matching = self._scope.fresh("matching")
        collect: list[ast.stmt] = [build.assign(matching, ast.List([], ast.Load()))]
        for rule in table.rules:
            added = build.append(matching, self._candidate(rule, locals_))
            collect.append(build.if_(self._test(rule, locals_), [added]))
        default = self._expressions.looked_at(self._expressions.value(table.default, locals_))
        outcome = build.call(
            self._scope.pool.helper("combine", combine),
            self._scope.pool.refer("table", table),
            build.load(matching),
            default,
        )
        raw = build.call(self._scope.pool.helper("raw_of", raw_of), outcome)
        return [*self._expressions.take_before(), *collect, build.assign(target, raw)]

    def _candidate(self, rule: core.Rule, locals_: Locals) -> ast.expr:
        if isinstance(rule.output, core.Literal):
            candidate = Candidate(rule.id, constant(rule.output))
            return self._scope.pool.refer("rule", candidate, rule.id)
        value = self._expressions.value(rule.output, locals_)
        helper = self._scope.pool.helper("Candidate", Candidate)
        return build.call(helper, ast.Constant(rule.id), self._expressions.looked_at(value))

    @staticmethod
    def never_in_conflict(table: core.Table) -> bool:
        """Whether the rules of the table can't contradict each other."""
        return table.aggregation is not None or table.hit_policy not in (
            HitPolicy.UNIQUE,
            HitPolicy.ANY,
        )


def raw_code(value: ast.expr, rules: tuple[str, ...]) -> ast.expr:
    """A decided outcome in compact form."""
    return build.tuple_([value, build.tuple_(ast.Constant(each) for each in rules)])


def plain_table(name: str, table: core.Table) -> Plain:
    """What is sure about the value of a table."""
    if table.aggregation is Aggregation.COUNT:
        return Plain(build.load(name), Kind.NUMBER, nullable=False)
    if table.aggregation is not None or is_list_valued(table) or not is_constant(table):
        return Plain(build.load(name))
    values = [constant(each) for each in (*(rule.output for rule in table.rules), table.default)]
    kinds = {kind_of_value(each) for each in values if each is not None}
    kind = kinds.pop() if len(kinds) == 1 else Kind.OTHER
    return Plain(build.load(name), kind, nullable=None in values)
