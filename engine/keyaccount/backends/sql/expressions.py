"""The core's nodes, each handed to its operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import assert_never

from sqlglot import exp

from keyaccount.backends.sql import comparisons, dates, functions, logic, masks, trees
from keyaccount.backends.sql.arithmetic import arithmetic, negate
from keyaccount.backends.sql.constants import array, common_kind, constant, entry, record
from keyaccount.backends.sql.constants import as_kind as cast_to
from keyaccount.backends.sql.kinds import (
    Boolean,
    Column,
    Date,
    Hits,
    Kind,
    Label,
    ListOf,
    Nothing,
    Number,
    Quotient,
    Record,
    Text,
)
from keyaccount.backends.sql.outcomes import Outcome
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.values import Constant, Value, causes_of, strict, truth
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.diagnostics.diagnostic import Text as Words
from keyaccount.feel import types
from keyaccount.feel.types import Enumeration, Type
from keyaccount.feel.values.python import from_python
from keyaccount.ir import core
from keyaccount.source import Span

_NO_FUNCTIONS = Words("SQL has no functions as values", "SQL 没有作为值的函数")
_NO_CLOCK = Words("no clock runs inside a statement", "语句里不读时钟")
_NO_RANGES = Words("SQL has no ranges as values", "SQL 没有作为值的区间")
_ROW_BY_ROW = Words("it walks a list row by row", "需要逐行遍历列表")
_NESTED = Words("a table stands inside an expression", "决策表嵌在表达式里")
_ONLY_STATIC = Words("the type is known only when it runs", "类型只有运行时才知道")

_COLUMN_KINDS: dict[Type, tuple[type, ...]] = {
    types.NUMBER: (Number,),
    types.BOOLEAN: (Boolean,),
    types.STRING: (Text, Label),
    types.DATE: (Date,),
}
_ABSENT_KINDS: dict[Type, Kind] = {
    types.NUMBER: Number(1, 0),
    types.BOOLEAN: Boolean(),
    types.STRING: Text(),
    types.DATE: Date(),
}


@dataclass(slots=True)
class Expressions:
    """Compiles expressions of one program. `outcomes` are the decisions so far."""

    session: Session
    program: core.Program
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    today: date | None = None

    def value(self, node: core.Expression, names: Mapping[str, Value]) -> Value:
        """An expression, with the variables bound around it.

        Raises:
            Refused: with the diagnostic of the innermost node that has no equal.
        """
        try:
            return self._value(node, names)
        except Refusal as refusal:
            raise Refused(refusal.message(node.span)) from None

    def _value(  # noqa: C901 -- one arm a node
        self, node: core.Expression, names: Mapping[str, Value]
    ) -> Value:
        match node:
            case core.Literal():
                return self._literal(node.value)
            case core.Input():
                return self._input(node)
            case core.DecisionValue():
                return self._decision(node)
            case core.Local():
                return names[node.name]
            case core.Arithmetic():
                left, right = self.value(node.left, names), self.value(node.right, names)
                return arithmetic(self.session, node.operator, left, right)
            case core.Negate():
                return negate(self.session, self.value(node.operand, names))
            case core.Comparison():
                left, right = self.value(node.left, names), self.value(node.right, names)
                return comparisons.compare(self.session, node.operator, left, right)
            case core.Not():
                return logic.negation(self.value(node.operand, names))
            case core.And():
                return logic.conjunction([self.value(each, names) for each in node.operands])
            case core.Or():
                return logic.disjunction([self.value(each, names) for each in node.operands])
            case core.If():
                return self._if(node, names)
            case core.Let():
                return self.value(node.body, {**names, node.name: self.bound(node, names)})
            case core.MakeList():
                return self._list([self.value(each, names) for each in node.items])
            case core.MakeContext():
                return self._context([(n, self.value(each, names)) for n, each in node.entries])
            case core.Path():
                return self._path(node, names)
            case core.Quantified():
                return self._quantified(node, names)
            case core.Call():
                return self._call(node, names)
            case core.InstanceOf():
                raise _refusal("instance of", _ONLY_STATIC)
            case core.Filter() | core.For():
                raise _refusal(type(node).__name__.lower(), _ROW_BY_ROW)
            case core.MakeRange():
                raise _refusal("..", _NO_RANGES)
            case core.Lambda() | core.Apply() | core.NamedFunction():
                raise _refusal("function", _NO_FUNCTIONS)
            case core.Moment():
                return self._moment(node)
            case core.Membership() | core.ScopedEntry() | core.Conform():
                raise _refusal("any", _ONLY_STATIC)
            case core.Table():
                raise _refusal("table", _NESTED)
            case core.ParameterValue():
                raise AssertionError(f"{type(node).__name__} is not for evaluation here")
            case _:
                assert_never(node)

    def bound(self, node: core.Let, names: Mapping[str, Value]) -> Value:
        """The value of a variable, in a column of its own."""
        value = self.value(node.value, names)
        return replace(self.session.named(node.name, value), of_decision=False)

    def _literal(self, value: object) -> Value:
        if isinstance(value, list):
            return self._list([self._literal(each) for each in value])
        return truth(value) if isinstance(value, bool) else constant(self.session, value)

    def _moment(self, node: core.Moment) -> Value:
        if node.which != "today" or self.today is None:
            raise _refusal(f"{node.which}()", _NO_CLOCK)
        return constant(self.session, from_python(self.today))

    def _input(self, node: core.Input) -> Value:
        fact, column = self.program.facts[node.name], self.session.columns.get(node.name)
        if column is None:
            return self._absent(fact)
        kind = _checked(fact, column)
        sql = trees.column(column.name or fact.name)
        if fact.default is not None:
            default = constant(self.session, fact.default.value)
            return self._defaulted(Value(kind, sql), default)
        if fact.nullable:
            return Value(kind, sql, nullable=True)
        if not column.nullable:
            return Value(kind, sql)
        cause = self.session.cause(fact.name)
        return Value(kind, sql, masks.where(trees.is_null(sql), cause))

    def _defaulted(self, value: Value, default: Value) -> Value:
        if isinstance(value.kind, Number) and value.kind.form == "double":
            raise _refusal("default", Words("the column is a DOUBLE", "该列是 DOUBLE"))
        kind = common_kind([value.kind, default.kind])
        own, other = (cast_to(self.session, each, kind) for each in (value, default))
        sql = exp.Coalesce(this=own, expressions=[other])
        return Value(kind, sql, nullable=default.nullable)

    def _absent(self, fact: core.Fact) -> Value:
        if fact.default is not None:
            return self._literal(fact.default.value)
        kind = _ABSENT_KINDS.get(_plain(fact.type), Nothing())
        if isinstance(fact.type, Enumeration):
            kind = Label(fact.type.values)
        sql = self.session.typed_null(kind)
        if fact.nullable:
            return Value(kind, sql, nullable=True)
        return Value(kind, sql, self.session.cause(fact.name))

    def _decision(self, node: core.DecisionValue) -> Value:
        outcome = self.outcomes.get(node.name)
        if outcome is None:  # refused before: said once
            raise Refused(None)
        return outcome.value

    def _if(self, node: core.If, names: Mapping[str, Value]) -> Value:
        condition = self.value(node.condition, names)
        if not isinstance(condition.kind, Boolean | Nothing):
            raise comparisons.no_operator("if", condition.kind, condition.kind)
        then, otherwise = self.value(node.then, names), self.value(node.otherwise, names)
        return logic.choice(self.session, condition, then, otherwise)

    def _list(self, items: list[Value]) -> Value:
        kind = common_kind([each.kind for each in items])
        sql = array(self.session, [cast_to(self.session, each, kind) for each in items], kind)
        causes = causes_of(items)
        if causes:
            unknown = masks.any_bit(causes)
            sql = trees.case([(unknown, trees.null())], sql)
        value = Value(ListOf(kind), sql, causes, nullable=False, items=tuple(items))
        constants = [each.constant for each in items]
        if all(each is not None for each in constants):
            content = [each.value for each in constants if each is not None]
            return replace(value, constant=Constant(content))
        return value

    def _context(self, entries: list[tuple[str, Value]]) -> Value:
        if all(each.constant is not None for _, each in entries):
            content = {n: each.constant.value for n, each in entries if each.constant is not None}
            return constant(self.session, content)
        for _, each in entries:
            if isinstance(each.kind, Quotient | Hits):
                raise Refusal(messages.open_division)
        causes = causes_of(each for _, each in entries)
        sql = record(self.session, [(n, cast_to(self.session, e, e.kind)) for n, e in entries])
        if causes:
            sql = trees.case([(masks.any_bit(causes), trees.null())], sql)
        return Value(Record(tuple((n, each.kind) for n, each in entries)), sql, causes)

    def _path(self, node: core.Path, names: Mapping[str, Value]) -> Value:
        base = self.value(node.base, names)
        if isinstance(base.constant, Constant) and isinstance(base.constant.value, dict):
            return self._literal(base.constant.value.get(node.name))
        if not isinstance(base.kind, Record):
            return dates.component(self.session, base, node.name)
        kind = dict(base.kind.entries)[node.name]
        taken = entry(self.session, base.sql, node.name, kind)
        return strict(kind, taken, (base,), nullable=True)

    def _quantified(self, node: core.Quantified, names: Mapping[str, Value]) -> Value:
        if len(node.iterators) != 1 or node.iterators[0].end is not None:
            raise _refusal(node.quantifier, _ROW_BY_ROW)
        source = self.value(node.iterators[0].source, names)
        if source.constant is None or source.items is None:
            raise _refusal(node.quantifier, _ROW_BY_ROW)
        if not source.items:
            return truth(node.quantifier == "every")
        name = node.iterators[0].name
        results = [self.value(node.predicate, {**names, name: each}) for each in source.items]
        joined = logic.disjunction if node.quantifier == "some" else logic.conjunction
        return joined(results)

    def _call(self, node: core.Call, names: Mapping[str, Value]) -> Value:
        if node.function == "in range" and isinstance(node.arguments[1], core.MakeRange):
            return self._in_range(node.arguments[0], node.arguments[1], names)
        arguments = [None if each is None else self.value(each, names) for each in node.arguments]
        by_literal = len(node.arguments) == 2 and isinstance(node.arguments[1], core.Literal)
        if arguments and arguments[0] is not None and not by_literal:
            arguments[0] = replace(arguments[0], of_decision=False)
        return functions.call(self.session, node.function, arguments)

    def _in_range(
        self, operand: core.Expression | None, range_: core.MakeRange, names: Mapping[str, Value]
    ) -> Value:
        if operand is None or range_.low is None or range_.high is None:
            raise _refusal("..", _NO_RANGES)
        value = self.value(operand, names)
        low, high = self.value(range_.low, names), self.value(range_.high, names)
        if low.constant is None or high.constant is None or low.nullable or high.nullable:
            raise _refusal("..", _NO_RANGES)
        session = self.session
        above = comparisons.compare(session, ">=" if range_.low_closed else ">", value, low)
        below = comparisons.compare(session, "<=" if range_.high_closed else "<", value, high)
        return logic.conjunction([above, below])


class Refused(Exception):  # noqa: N818 - not an error: collected, so that all are told at once
    """A cell that is refused. None: it hangs on a decision that was, which was told already."""

    def __init__(self, diagnostic: Diagnostic | None) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


def _refusal(what: str, reason: Words) -> Refusal:
    return Refusal(partial(messages.not_in_sql, what=what, reason=reason))


def _plain(kind: Type) -> Type:
    return types.STRING if isinstance(kind, Enumeration) else kind


def _checked(fact: core.Fact, column: Column) -> Kind:
    wanted = _COLUMN_KINDS.get(_plain(fact.type))
    if wanted is None or not isinstance(column.kind, wanted):
        fact_name, type_name = fact.name, str(fact.type)

        def message(span: Span) -> Diagnostic:
            return messages.wrong_column_type(span, fact_name, type_name)

        raise Refusal(message)
    return column.kind
