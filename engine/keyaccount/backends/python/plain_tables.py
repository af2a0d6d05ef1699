"""Decision tables on the fast path: every test is true or not, nothing is open."""

from __future__ import annotations

import ast
from functools import reduce

from keyaccount.backends.python import build
from keyaccount.backends.python.columns import Column, columns, disjoint
from keyaccount.backends.python.hits import HitTable, constant, frozen, is_constant, raw_of
from keyaccount.backends.python.index import IndexedTable
from keyaccount.backends.python.plain import PlainCompiler
from keyaccount.backends.python.scope import Kind, Locals, Plain, Scope, joined
from keyaccount.ir import core
from keyaccount.ir.hit_policies import Candidate, combine, is_list_valued
from keyaccount.model.policy import Aggregation, HitPolicy

MOST_MEMORISED = 12
"""Rules up to which each combination of matches has its outcome remembered (2 to the power)."""

MOST_CHAINED = 24
"""Rules up to which trying one after the other is as fast as an index."""

MOST_PAIRED = 200
"""Rules up to which each pair is looked at for being disjoint."""


class PlainTables:
    """Compiles tables for the fast path."""

    def __init__(self, scope: Scope, expressions: PlainCompiler) -> None:
        self._scope = scope
        self._expressions = expressions

    def table(
        self, table: core.Table, locals_: Locals, target: str
    ) -> tuple[list[ast.stmt], Plain]:
        """Statements that leave the raw outcome in `target`; what is sure about the value."""
        found = columns(table, self._scope, locals_)
        if _is_single(table) and self._may_chain(table, found):
            return self._chain(table, locals_, target)
        if not is_constant(table):
            body = self._combined(table, locals_, target)
        elif found is not None and len(table.rules) > MOST_MEMORISED:
            body = self._indexed(table, found, locals_, target)
        elif len(table.rules) <= MOST_MEMORISED:
            body = self._memorised(table, locals_, target)
        else:
            body = self._combined(table, locals_, target)
        return [*self._expressions.take_before(), *body], self._value(table)

    @staticmethod
    def _may_chain(table: core.Table, found: list[Column] | None) -> bool:
        """Whether the first rule that matches decides, and trying them in turn is fast enough."""
        size = len(table.rules)
        if found is not None and is_constant(table) and size > MOST_CHAINED:
            return False
        if table.hit_policy is HitPolicy.FIRST:
            return True
        return found is not None and size <= MOST_PAIRED and disjoint(found, size)

    def _value(self, table: core.Table) -> Plain:
        """What is sure about the value of a table that is no chain."""
        if table.aggregation is Aggregation.COUNT:
            return Plain(build.none(), Kind.NUMBER, nullable=False)
        if not _is_single(table) or not is_constant(table):
            return Plain(build.none())
        outputs = (*(rule.output for rule in table.rules), table.default)
        return _joined([self._expressions.value(each, {}) for each in outputs])

    def _test(self, rule: core.Rule, locals_: Locals) -> ast.expr:
        return build.all_([self._expressions.test(each, locals_) for each in rule.tests])

    def _chain(
        self, table: core.Table, locals_: Locals, target: str
    ) -> tuple[list[ast.stmt], Plain]:
        """An `if` chain, flat, in a loop that runs once: it may be long."""
        branches: list[ast.stmt] = []
        values: list[Plain] = []
        for rule in table.rules:
            raw = self._raw(rule.output, (rule.id,), locals_, values)
            found = [build.assign(target, raw), ast.Break()]
            branches.append(build.if_(self._test(rule, locals_), found))
        default = self._raw(table.default, (), locals_, values)
        branches += [build.assign(target, default), ast.Break()]
        body = [*self._expressions.take_before(), ast.While(build.true(), branches, [])]
        return body, _joined(values)

    def _raw(
        self,
        output: core.Expression,
        rules: tuple[str, ...],
        locals_: Locals,
        values: list[Plain],
    ) -> ast.expr:
        """A decided outcome: a shared constant where the output is one; notes the value."""
        value = self._expressions.value(output, locals_)
        values.append(value)
        if isinstance(output, core.Literal):
            raw = (frozen(output.value), rules)
            return self._scope.pool.refer("settled", raw, "_".join(rules))
        return raw_code(self._expressions.looked_at(value), rules)

    def _memorised(self, table: core.Table, locals_: Locals, target: str) -> list[ast.stmt]:
        """Which rules match, looked up in a table of outcomes that fills as it is used."""
        tests = [self._test(rule, locals_) for rule in table.rules]
        hits = self._scope.pool.refer("outcomes", HitTable(table))
        return [build.assign(target, build.item(hits, build.tuple_(tests)))]

    def _indexed(
        self, table: core.Table, found: list[Column], locals_: Locals, target: str
    ) -> list[ast.stmt]:
        """A call of the table as a function of its subjects."""
        subjects = [self._expressions.value(each.subject, locals_).code for each in found]
        indexed = self._scope.pool.refer("indexed", IndexedTable(table, found))
        return [build.assign(target, build.call(indexed, *subjects))]

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
        return [*collect, build.assign(target, raw)]

    def _candidate(self, rule: core.Rule, locals_: Locals) -> ast.expr:
        if isinstance(rule.output, core.Literal):
            candidate = Candidate(rule.id, constant(rule.output))
            return self._scope.pool.refer("rule", candidate, rule.id)
        value = self._expressions.value(rule.output, locals_)
        helper = self._scope.pool.helper("Candidate", Candidate)
        return build.call(helper, ast.Constant(rule.id), self._expressions.looked_at(value))


def raw_code(value: ast.expr, rules: tuple[str, ...]) -> ast.expr:
    """A decided outcome in compact form."""
    return build.tuple_([value, build.tuple_(ast.Constant(each) for each in rules)])


def _is_single(table: core.Table) -> bool:
    """Whether the value is that of one rule."""
    return not is_list_valued(table) and table.aggregation is None


def _joined(values: list[Plain]) -> Plain:
    """What is sure about one of several values; the code is of no use."""
    return reduce(lambda left, right: joined(left, right, build.load("either")), values)
