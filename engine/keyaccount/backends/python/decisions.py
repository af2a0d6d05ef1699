"""The two functions of a program: all its decisions on the known path, and on the general one."""

from __future__ import annotations

import ast

from keyaccount.backends.python import build
from keyaccount.backends.python.general import GeneralCompiler
from keyaccount.backends.python.hits import constant, is_constant, thawed
from keyaccount.backends.python.names import Pool, identifier
from keyaccount.backends.python.outcomes import condition, settle, value_of
from keyaccount.backends.python.plain import PlainCompiler
from keyaccount.backends.python.plain_tables import PlainTables, raw_code
from keyaccount.backends.python.scope import (
    NO_LOCALS,
    Kind,
    Locals,
    Plain,
    Scope,
    kind_of_type,
    kind_of_value,
)
from keyaccount.ir import core
from keyaccount.ir.hit_policies import Candidate, combine, is_list_valued
from keyaccount.ir.requirements import uses
from keyaccount.model.policy import Aggregation, HitPolicy

MOMENTS = ["today", "moment"]


class Decisions:
    """Compiles the decisions of a program."""

    def __init__(self, program: core.Program, pool: Pool) -> None:
        self._program = program
        self.scope = Scope(pool)
        self.general_expressions = GeneralCompiler(self.scope)
        self.expressions = PlainCompiler(self.scope, self.general_expressions)
        self._tables = PlainTables(self.scope, self.expressions)
        self._used = {name for each in program.decisions.values() for name in uses(each).decisions}
        for i, fact in enumerate(program.facts.values()):
            self.scope.facts[fact.name] = _plain_fact(identifier("fact", i, fact.name), fact)

    @property
    def fact_names(self) -> list[str]:
        """The facts' identifiers, in the program's order."""
        return [_identifier_of(each) for each in self.scope.facts.values()]

    def known(self) -> ast.stmt:
        """`known(facts..., today, moment)`: the raw outcomes, all facts being known.

        It returns None where a decision that another one uses is in conflict;
        arithmetic without a result raises.
        """
        body: list[ast.stmt] = []
        outcomes: list[ast.expr] = []
        for i, decision in enumerate(self._program.decisions.values()):
            target = identifier("outcome", i, decision.local_name)
            own = identifier("decision", i, decision.local_name)
            body += self._known_decision(decision, target, own)
            outcomes.append(build.load(target))
        body.append(build.give(build.tuple_(outcomes)))
        return build.function("known", [*self.fact_names, *MOMENTS], body)

    def _known_decision(self, decision: core.Decision, target: str, own: str) -> list[ast.stmt]:
        logic, locals_ = decision.logic, NO_LOCALS
        while isinstance(logic, core.Let):
            locals_ = self.expressions.let(logic, locals_)
            logic = logic.body
        if isinstance(logic, core.Table):
            body = self._tables.table(logic, locals_, target)
            return [*body, *self._use_table(logic, decision.name, target, own)]
        value = self.expressions.value(logic, locals_)
        body = [*self.expressions.take_before(), build.assign(own, value.code)]
        value = Plain(build.load(own), value.kind, value.nullable)
        self.scope.decisions[decision.name] = value
        return [*body, build.assign(target, self._raw_value(value))]

    def _raw_value(self, value: Plain) -> ast.expr:
        if value.kind is Kind.BOOLEAN and value.sure:
            true, false = (self.scope.pool.refer("outcome", each) for each in (_TRUE, _FALSE))
            return build.choice(value.code, true, false)
        return raw_code(value.code, ())

    def _use_table(self, table: core.Table, name: str, target: str, own: str) -> list[ast.stmt]:
        """The value of a table's outcome, where other decisions use it."""
        if name not in self._used:
            return []
        plain = _plain_table(own, table)
        self.scope.decisions[name] = plain
        value = build.item(build.load(target), ast.Constant(0))
        if is_list_valued(table):
            value = build.call(self.scope.pool.helper("thawed", thawed), value)
        taken = build.assign(own, value)
        if _never_in_conflict(table):
            return [taken]
        decided = build.compare(
            build.call("type", build.load(target)), ast.Is(), build.load("tuple")
        )
        return [build.if_(build.not_(decided), [build.give(build.none())]), taken]

    def general(self) -> ast.stmt:
        """`general(facts..., today, moment)`: the outcomes, any fact maybe unknown."""
        body: list[ast.stmt] = []
        outcomes: list[ast.expr] = []
        for i, decision in enumerate(self._program.decisions.values()):
            target = identifier("outcome", i, decision.local_name)
            own = identifier("decision", i, decision.local_name)
            body += self._general_decision(decision, target)
            if decision.name in self._used:
                value = self._helper(value_of, build.load(target), ast.Constant(decision.name))
                body.append(build.assign(own, value))
                self.scope.decisions[decision.name] = Plain(build.load(own))
            outcomes.append(build.load(target))
        body.append(build.give(build.tuple_(outcomes)))
        return build.function("general", [*self.fact_names, *MOMENTS], body)

    def _general_decision(self, decision: core.Decision, target: str) -> list[ast.stmt]:
        body: list[ast.stmt] = []
        logic, locals_ = decision.logic, NO_LOCALS
        while isinstance(logic, core.Let):
            value = self.general_expressions.expression(logic.value, locals_)
            (name,), locals_ = self.scope.bound(locals_, logic.name)
            body.append(build.assign(name, value))
            logic = logic.body
        if isinstance(logic, core.Table):
            return [*body, *self._general_table(logic, locals_, target)]
        type_ = self.scope.pool.refer("type", decision.type)
        outcome = self._helper(settle, self.general_expressions.expression(logic, locals_), type_)
        return [*body, build.assign(target, outcome)]

    def _general_table(self, table: core.Table, locals_: Locals, target: str) -> list[ast.stmt]:
        candidates, waits_for = self.scope.fresh("candidates"), self.scope.fresh("waits_for")
        body: list[ast.stmt] = [build.assign(candidates, ast.List([], ast.Load()))]
        for rule in table.rules:
            tests = [self.general_expressions.expression(each, locals_) for each in rule.tests]
            output = self.general_expressions.expression(rule.output, locals_)
            candidate = self._helper(
                Candidate, ast.Constant(rule.id), output, build.load(waits_for)
            )
            body.append(build.assign(waits_for, self._helper(condition, *tests)))
            added = build.append(candidates, candidate)
            body.append(build.if_(build.is_not(build.load(waits_for), False), [added]))
        outcome = self._helper(
            combine,
            self.scope.pool.refer("table", table),
            build.load(candidates),
            self.general_expressions.expression(table.default, locals_),
        )
        return [*body, build.assign(target, outcome)]

    def _helper(self, function: object, *arguments: ast.expr) -> ast.expr:
        name = getattr(function, "__name__", "")
        return build.call(self.scope.pool.helper(name, function), *arguments)


_TRUE = (True, ())
_FALSE = (False, ())


def _plain_fact(name: str, fact: core.Fact) -> Plain:
    kind = kind_of_type(fact.type)
    if fact.default is None:
        return Plain(build.load(name), kind, fact.nullable)
    default = fact.default.value
    if default is not None and kind_of_value(default) is not kind:
        return Plain(build.load(name))
    return Plain(build.load(name), kind, fact.nullable or default is None)


def _identifier_of(plain: Plain) -> str:
    assert isinstance(plain.code, ast.Name)  # noqa: S101 -- INVARIANT: made by `_plain_fact`
    return plain.code.id


def _plain_table(name: str, table: core.Table) -> Plain:
    """What is sure about the value of a table."""
    if table.aggregation is Aggregation.COUNT:
        return Plain(build.load(name), Kind.NUMBER, nullable=False)
    if table.aggregation is not None or is_list_valued(table) or not is_constant(table):
        return Plain(build.load(name))
    values = [constant(each) for each in (*(rule.output for rule in table.rules), table.default)]
    kinds = {kind_of_value(each) for each in values if each is not None}
    kind = kinds.pop() if len(kinds) == 1 else Kind.OTHER
    return Plain(build.load(name), kind, nullable=None in values)


def _never_in_conflict(table: core.Table) -> bool:
    return table.aggregation is not None or table.hit_policy not in (
        HitPolicy.UNIQUE,
        HitPolicy.ANY,
    )
