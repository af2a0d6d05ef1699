"""The fastest way in: facts taken from a plain mapping, checked in line, decided.

The generated `decide_raw` knows only what is usual. Whatever else it meets, it
hands everything to `slow`, the plain checks, which define what is right and
have the messages.
"""

from __future__ import annotations

import ast
from decimal import Decimal

from keyaccount.backends.python import build
from keyaccount.backends.python.decisions import MOMENTS, Decisions
from keyaccount.backends.python.moments import moments_of
from keyaccount.backends.python.pending import Pending
from keyaccount.backends.python.scope import Kind, Plain
from keyaccount.facts.conversion import EXACT, converted
from keyaccount.feel.types import Enumeration, Type
from keyaccount.feel.values import Date
from keyaccount.ir import core
from keyaccount.ir.rewrite import descendants

_VALUE = "value"
_COMPLETE = "complete"


class Entry:
    """Generates `decide_raw` and the tests of allowed values."""

    def __init__(self, program: core.Program, decisions: Decisions) -> None:
        self._program = program
        self._decisions = decisions
        self._pool = decisions.scope.pool
        self._uses_moments = _mentions_moment(program)

    def functions(self) -> list[ast.stmt]:
        """`allowed_I` for each fact with such tests; `decide_raw`."""
        facts = self._program.facts.values()
        tests = [self._allowed(i, each) for i, each in enumerate(facts) if each.allowed is not None]
        return [*tests, self._decide_raw()]

    def _allowed(self, number: int, fact: core.Fact) -> ast.stmt:
        """By the general path, which never raises: the plain checks use it."""
        assert fact.allowed is not None  # noqa: S101 -- INVARIANT: the caller looked
        locals_ = {"?": Plain(build.load(_VALUE))}
        test = self._decisions.general_expressions.expression(fact.allowed, locals_)
        return build.function(
            f"allowed_{number}", [_VALUE, *MOMENTS], [build.give(build.is_(test, True))]
        )

    def _test(self, fact: core.Fact, value: Plain) -> ast.expr:
        assert fact.allowed is not None  # noqa: S101 -- INVARIANT: callers look first
        return self._decisions.expressions.test(fact.allowed, {"?": value})

    def _decide_raw(self) -> ast.stmt:
        names = self._decisions.fact_names
        facts = list(self._program.facts.values())
        body: list[ast.stmt] = [build.assign(_COMPLETE, build.true())]
        if self._uses_moments:
            body.append(self._moments())
        else:
            body += [build.assign(each, build.none()) for each in MOMENTS]
        body.append(build.assign("get", ast.Attribute(build.load("given"), "get", ast.Load())))
        for name, fact in zip(names, facts, strict=True):
            body += self._fact(name, fact)
        body.append(self._no_others(len(facts)))
        outcomes = build.call("decide", *map(build.load, (*names, *MOMENTS)))
        understood = build.tuple_(map(build.load, names))
        body.append(build.give(build.tuple_([outcomes, understood])))
        guarded = ast.Try(body, [self._handler()], [], [])
        return build.function("decide_raw", ["given", "as_of", "now"], [guarded])

    def _moments(self) -> ast.stmt:
        both = ast.Tuple([ast.Name(each, ast.Store()) for each in MOMENTS], ast.Store())
        found = build.call(
            self._pool.helper("moments_of", moments_of), build.load("as_of"), build.load("now")
        )
        return ast.Assign([both], found)

    def _handler(self) -> ast.ExceptHandler:
        """What goes wrong in the usual way is done again in the slow one, which says why."""
        kinds = [ArithmeticError, TypeError, AttributeError]
        names = build.tuple_(build.load(each.__name__) for each in kinds)
        return ast.ExceptHandler(names, None, [_slow()])

    def _fact(self, name: str, fact: core.Fact) -> list[ast.stmt]:
        taken = build.assign(name, build.call("get", ast.Constant(fact.name)))
        return [taken, build.if_(build.is_(build.load(name), None), *self._both(name, fact))]

    def _both(self, name: str, fact: core.Fact) -> tuple[list[ast.stmt], list[ast.stmt]]:
        return self._absent(name, fact), self._given(name, fact)

    def _absent(self, name: str, fact: core.Fact) -> list[ast.stmt]:
        missing = build.assign(_COMPLETE, build.false())
        if fact.default is not None:
            value = self._pool.refer("default", fact.default.value)
            return [build.assign(name, value), missing]
        if fact.nullable:
            return [missing]
        unknown = self._pool.refer("unknown", Pending(frozenset((fact.name,))), fact.name)
        return [build.assign(name, unknown), missing]

    def _given(self, name: str, fact: core.Fact) -> list[ast.stmt]:
        kind = self._decisions.scope.facts[fact.name].kind
        checks = self._typed(name, fact.type, kind)
        if fact.allowed is None:
            return checks
        test = self._test(fact, Plain(build.load(name), kind, nullable=False))
        before = self._decisions.expressions.take_before()
        return [*checks, *before, _unless(test)]

    def _typed(self, name: str, type_: Type, kind: Kind) -> list[ast.stmt]:
        if kind is Kind.NUMBER:
            return [self._number(name)]
        if isinstance(type_, Enumeration):
            declared = self._pool.refer("values", frozenset(type_.values))
            member = build.compare(build.load(name), ast.In(), declared)
            return [_unless(build.all_([_is_of("str", name), member]))]
        if kind is Kind.STRING:
            return [_unless(_is_of("str", name))]
        if kind is Kind.BOOLEAN:
            return [_unless(_is_of("bool", name))]
        helper = self._pool.helper("taken_as", taken_as)
        type_code = self._pool.refer("type", type_)
        taken = build.assign(name, build.call(helper, build.load(name), type_code))
        if kind is not Kind.DATE:
            return [taken]
        self._pool.helper("Date", Date)
        return [build.if_(build.not_(_is_of("Date", name)), [taken])]

    def _number(self, name: str) -> ast.stmt:
        """An exact, finite number of 34 digits; `exact_plus` raises where it would round."""
        self._pool.helper("Decimal", Decimal)
        exact = self._pool.helper("exact_plus", EXACT.plus)
        create = self._pool.helper("exact_create", EXACT.create_decimal)
        is_finite = build.call(ast.Attribute(build.load(name), "is_finite", ast.Load()))
        decimal = [_unless(is_finite), build.assign(name, build.call(exact, build.load(name)))]
        integer = [build.assign(name, build.call(create, build.load(name)))]
        otherwise = build.if_(_is_of("int", name), integer, [_slow()])
        return build.if_(_is_of("Decimal", name), decimal, [otherwise])

    def _no_others(self, count: int) -> ast.stmt:
        """Facts that nobody declares; looked for only where the number of facts is not right."""
        number = build.call("len", build.load("given"))
        differs = build.compare(number, ast.NotEq(), ast.Constant(count))
        unsure = build.any_([differs, build.not_(build.load(_COMPLETE))])
        keys = build.call(ast.Attribute(build.load("given"), "keys", ast.Load()))
        declared = self._pool.refer("declared", frozenset(self._program.facts))
        others = build.not_(build.compare(keys, ast.LtE(), declared))
        return build.if_(build.all_([unsure, others]), [_slow()])


def _unless(test: ast.expr) -> ast.stmt:
    return build.if_(build.not_(test), [_slow()])


def _slow() -> ast.stmt:
    """Hand all over to the plain checks."""
    return build.give(build.call("slow", *map(build.load, ("given", "as_of", "now"))))


def taken_as(value: object, type_: Type) -> object:
    """The FEEL value of a fact that was given.

    Raises:
        TypeError: it won't do; the plain checks say why.
    """
    problems: list[object] = []
    found = converted(value, type_, "", problems)  # type: ignore[arg-type]  # only counted here
    if problems:
        raise TypeError
    return found


def _is_of(python: str, name: str) -> ast.expr:
    return build.compare(build.call("type", build.load(name)), ast.Is(), build.load(python))


def _mentions_moment(program: core.Program) -> bool:
    logics = [each.logic for each in program.decisions.values()]
    logics += [each.allowed for each in program.facts.values() if each.allowed is not None]
    return any(isinstance(node, core.Moment) for each in logics for node in descendants(each))
