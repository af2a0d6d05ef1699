"""The functions of a program: one that makes all decisions fast, and one for each decision
that makes it with any value maybe unknown."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from keyaccount.backends.python import build
from keyaccount.backends.python.general import GeneralCompiler
from keyaccount.backends.python.hits import OpenHitTable, is_constant, thawed
from keyaccount.backends.python.names import Pool, identifier
from keyaccount.backends.python.outcomes import condition, settle
from keyaccount.backends.python.pending import UNSETTLED
from keyaccount.backends.python.plain import PlainCompiler
from keyaccount.backends.python.plain_tables import PlainTables, raw_code
from keyaccount.backends.python.remembering import Junction, Value, is_junction, joined
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
from keyaccount.ir.outcome import all_values
from keyaccount.ir.requirements import uses

MOMENTS = ["today", "moment"]
TRUE = (True, ())
FALSE = (False, ())


class Decisions:
    """Compiles the decisions of a program."""

    def __init__(self, program: core.Program, pool: Pool) -> None:
        self._program = program
        self.scope = Scope(pool)
        self.general_expressions = GeneralCompiler(self.scope)
        self.expressions = PlainCompiler(self.scope, self.general_expressions)
        self._tables = PlainTables(self.scope, self.expressions)
        self._used = {name for each in program.decisions.values() for name in uses(each).decisions}
        self.fact_names: list[str] = []
        for i, fact in enumerate(program.facts.values()):
            self.fact_names.append(identifier("fact", i, fact.name))
            self.scope.facts[fact.name] = _plain_fact(self.fact_names[-1], fact)
        for i, function in enumerate(program.functions):
            self.scope.functions[function] = identifier("function", i, function)

    def functions(self) -> list[ast.stmt]:
        """`general_I(...)` for each decision; `decide(facts..., today, moment)`."""
        body: list[ast.stmt] = self._named_functions_made()
        general: list[ast.stmt] = []
        outcomes: list[ast.expr] = []
        for i, decision in enumerate(self._program.decisions.values()):
            names = _Names(i, decision)
            fast = self._fast(decision, names)
            parameters = self._parameters(decision)
            general.append(build.function(names.general, parameters, self._general(decision)))
            body.append(self._guarded(decision, names, fast, parameters))
            outcomes.append(build.load(names.outcome))
        body.append(build.give(build.tuple_(outcomes)))
        decide = build.function("decide", [*self.fact_names, *MOMENTS], body)
        return [*self._named_functions(), *general, decide]

    def _named_functions(self) -> list[ast.stmt]:
        """`functions(today, moment)`: those that call each other by name, in one scope."""
        if not self._program.functions:
            return []
        body = [
            build.assign(self.scope.functions[name], self.general_expressions.expression(each, {}))
            for name, each in self._program.functions.items()
        ]
        names = map(build.load, self.scope.functions.values())
        return [build.function("functions", MOMENTS, [*body, build.give(build.tuple_(names))])]

    def _named_functions_made(self) -> list[ast.stmt]:
        if not self._program.functions:
            return []
        names = [ast.Name(each, ast.Store()) for each in self.scope.functions.values()]
        target = ast.Tuple(list[ast.expr](names), ast.Store())
        made = build.call("functions", *map(build.load, MOMENTS))
        return [ast.Assign([target], made)]

    def _guarded(
        self, decision: core.Decision, names: _Names, fast: list[ast.stmt], parameters: list[str]
    ) -> ast.stmt:
        """The fast way; where it can't settle the decision, the general one."""
        again = build.call(names.general, *map(build.load, parameters))
        general = [build.assign(names.outcome, again)]
        if decision.name in self._used:
            value_of = self.scope.pool.refer("value_of", Value(decision.name), decision.local_name)
            value = build.call(value_of, build.load(names.outcome))
            general.append(build.assign(names.value, value))
        self.scope.pool.helper("UNSETTLED", UNSETTLED)
        handler = ast.ExceptHandler(build.load("UNSETTLED"), None, general)
        return ast.Try(fast, [handler], [], [])

    def _parameters(self, decision: core.Decision) -> list[str]:
        """The variables that a decision's logic mentions."""
        mentioned = uses(decision)
        plains = [self.scope.facts[name] for name in mentioned.facts]
        plains += [self.scope.decisions[name] for name in mentioned.decisions]
        functions = [self.scope.functions[name] for name in mentioned.functions]
        return [*(_identifier_of(each) for each in plains), *functions, *MOMENTS]

    def _fast(self, decision: core.Decision, names: _Names) -> list[ast.stmt]:
        logic, locals_ = decision.logic, NO_LOCALS
        while isinstance(logic, core.Let):
            locals_ = self.expressions.let(logic, locals_)
            logic = logic.body
        if isinstance(logic, core.Table):
            body, value = self._tables.table(logic, locals_, names.outcome)
            return [*body, *self._use_table(logic, value, decision.name, names)]
        value = self.expressions.value(logic, locals_)
        plain = Plain(build.load(names.value), value.kind, value.nullable)
        self.scope.decisions[decision.name] = plain
        if value.kind is Kind.BOOLEAN and value.sure:
            true, false = (self.scope.pool.refer("settled", each) for each in (TRUE, FALSE))
            body = [build.assign(names.value, value.code)]
            raw = build.choice(build.load(names.value), true, false)
        else:
            body = [build.assign(names.value, self.expressions.looked_at(value))]
            raw = raw_code(build.load(names.value), ())
        return [*self.expressions.take_before(), *body, build.assign(names.outcome, raw)]

    def _use_table(
        self, table: core.Table, value: Plain, name: str, names: _Names
    ) -> list[ast.stmt]:
        """The value of a table's outcome, where other decisions use it.

        A conflict has no value to take: it raises, and the general way follows.
        """
        plain = Plain(build.load(names.value), value.kind, value.nullable)
        self.scope.decisions[name] = plain
        if name not in self._used:
            return []
        code = build.item(build.load(names.outcome), ast.Constant(0))
        if is_list_valued(table):
            code = self._helper(thawed, code)
        return [build.assign(names.value, code)]

    def _general(self, decision: core.Decision) -> list[ast.stmt]:
        body: list[ast.stmt] = []
        logic, locals_ = decision.logic, NO_LOCALS
        while isinstance(logic, core.Let):
            value = self.general_expressions.expression(logic.value, locals_)
            (name,), locals_ = self.scope.bound(locals_, logic.name)
            body.append(build.assign(name, value))
            logic = logic.body
        if isinstance(logic, core.Table):
            return [*body, *self._general_table(logic, locals_)]
        if is_junction(logic):
            junction = self.scope.pool.refer("junction", Junction(logic, all_values(decision)))
            return [*body, build.give(build.call(junction, *self._joined([logic], locals_)))]
        value = self.general_expressions.expression(logic, locals_)
        everything = self.scope.pool.refer("everything", all_values(decision))
        return [*body, build.give(self._helper(settle, value, everything))]

    def _general_table(self, table: core.Table, locals_: Locals) -> list[ast.stmt]:
        if is_constant(table):
            tests = [each for rule in table.rules for each in rule.tests]
            outcomes = self.scope.pool.refer("open_outcomes", OpenHitTable(table))
            return [build.give(build.call(outcomes, *self._joined(tests, locals_)))]
        body: list[ast.stmt] = [build.assign("candidates", ast.List([], ast.Load()))]
        for rule in table.rules:
            output = self.general_expressions.expression(rule.output, locals_)
            candidate = self._helper(
                Candidate, ast.Constant(rule.id), output, build.load("waits_for")
            )
            body.append(build.assign("waits_for", self._condition(rule, locals_)))
            added = build.append("candidates", candidate)
            body.append(build.if_(build.is_not(build.load("waits_for"), False), [added]))
        outcome = self._helper(
            combine,
            self.scope.pool.refer("table", table),
            build.load("candidates"),
            self.general_expressions.expression(table.default, locals_),
        )
        return [*body, build.give(outcome)]

    def _joined(self, nodes: Sequence[core.Expression], locals_: Locals) -> list[ast.expr]:
        """Code for what the nodes join, one after the other."""
        parts = [part for each in nodes for part in joined(each)]
        return [self.general_expressions.expression(each, locals_) for each in parts]

    def _condition(self, rule: core.Rule, locals_: Locals) -> ast.expr:
        tests = [self.general_expressions.expression(each, locals_) for each in rule.tests]
        return self._helper(condition, *tests)

    def _helper(self, function: Callable[..., object], *arguments: ast.expr) -> ast.expr:
        return build.call(self.scope.pool.helper(function.__name__, function), *arguments)


class _Names:
    """What a decision's parts are called in the code."""

    def __init__(self, number: int, decision: core.Decision) -> None:
        self.outcome = identifier("outcome", number, decision.local_name)
        self.value = identifier("decision", number, decision.local_name)
        self.general = identifier("general", number, decision.local_name)


def _plain_fact(name: str, fact: core.Fact) -> Plain:
    kind = kind_of_type(fact.type)
    if fact.default is None:
        return Plain(build.load(name), kind, fact.nullable, carried=not fact.nullable)
    default = fact.default.value
    if default is not None and kind_of_value(default) is not kind:
        return Plain(build.load(name), carried=False)
    return Plain(build.load(name), kind, nullable=default is None, carried=False)


def _identifier_of(plain: Plain) -> str:
    assert isinstance(plain.code, ast.Name)  # noqa: S101 -- INVARIANT: a variable
    return plain.code.id
