"""Lower FEEL's surface tree to the core: names bound, types found, sugar gone."""

from __future__ import annotations

import re
from typing import assert_never

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.diagnostics.suggest import nearest
from keyaccount.feel import syntax
from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    NULL,
    NUMBER,
    STRING,
    ContextType,
    Enumeration,
    FunctionType,
    ListType,
    RangeType,
    Type,
    join,
)
from keyaccount.feel.values.number import CONTEXT
from keyaccount.feel.values.text import temporal_from_text
from keyaccount.feel.values.typing import type_of
from keyaccount.ir import core
from keyaccount.ir.lowering import calls, external, paths, unary_tests
from keyaccount.ir.lowering.checks import (
    compare,
    failed,
    is_failed,
    item_type,
    joined_type,
    let_all,
    require,
)
from keyaccount.ir.lowering.names import Bindings, declared_literal
from keyaccount.ir.lowering.operators import (
    arithmetic_type,
    comparable,
    negated_type,
    plain,
)
from keyaccount.ir.lowering.type_expressions import lower_type

_ORDERING = ("<", "<=", ">", ">=")
_BARE_DATE = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})")
"""What reads as a date, and is two subtractions or two divisions."""
MAX_DEPTH = 150
"""How deep a tree may go: each backend walks it by recursion."""


def lower(  # noqa: C901 # one arm a node
    node: syntax.Expression, bindings: Bindings, expected: Type | None = None
) -> core.Expression:
    """The core of an expression.

    Mistakes go to `bindings.unit.problems`; in their place stands a null of
    type `Any`, so that one mistake makes one message.

    Args:
        node: the surface tree.
        bindings: the names in sight.
        expected: the type wanted here, by which declared values may stand bare.
    """
    match node:
        case syntax.NullLiteral():
            return core.Literal(NULL, node.span, None)
        case syntax.BooleanLiteral():
            return core.Literal(BOOLEAN, node.span, node.value)
        case syntax.NumberLiteral():
            return _number(node, bindings)
        case syntax.StringLiteral():
            return _string(node, bindings, expected)
        case syntax.AtLiteral():
            return _at_literal(node, bindings)
        case syntax.Name():
            return _name(node, bindings, expected)
        case syntax.InputValue():
            return _input_value(node, bindings)
        case syntax.Arithmetic():
            return _arithmetic(node, bindings)
        case syntax.Negation():
            return _negation(node, bindings)
        case syntax.Comparison():
            return _comparison(node, bindings)
        case syntax.Between():
            return unary_tests.between(node, bindings, lower)
        case syntax.In():
            return unary_tests.membership(node, bindings, lower)
        case syntax.Conjunction():
            return core.And(BOOLEAN, node.span, _flat(node, syntax.Conjunction, bindings))
        case syntax.Disjunction():
            return core.Or(BOOLEAN, node.span, _flat(node, syntax.Disjunction, bindings))
        case syntax.If():
            return _if(node, bindings, expected)
        case syntax.For() | syntax.Quantified():
            return _iteration(node, bindings)
        case syntax.InstanceOf():
            return _instance_of(node, bindings)
        case syntax.ListLiteral():
            return _list(node, bindings, expected)
        case syntax.ContextLiteral():
            return _context(node, bindings)
        case syntax.RangeLiteral():
            return _range(node, bindings)
        case syntax.Path():
            return paths.path(node, bindings, lower)
        case syntax.Filter():
            return paths.filtered(node, bindings, lower)
        case syntax.Invocation():
            return calls.invocation(node, bindings, lower)
        case syntax.FunctionDefinition():
            return _function(node, bindings)
        case syntax.UnaryComparison() | syntax.UnaryTests() | syntax.IterationRange():
            return unary_tests.standing_alone(node, bindings, lower)
        case _:
            assert_never(node)


def condition(node: syntax.Expression, bindings: Bindings) -> core.Expression:
    """An expression that must be a boolean."""
    lowered = lower(node, bindings)
    return require(lowered, BOOLEAN, bindings)


def _number(node: syntax.NumberLiteral, bindings: Bindings) -> core.Expression:
    if len(node.value.as_tuple().digits) > CONTEXT.prec:
        bindings.report(messages.too_many_digits(node.span, CONTEXT.prec))
        return failed(node.span)
    return core.Literal(NUMBER, node.span, node.value)


def _instance_of(node: syntax.InstanceOf, bindings: Bindings) -> core.Expression:
    operand = lower(node.operand, bindings)
    known = len(bindings.unit.problems)
    of = lower_type(node.of, bindings)
    if len(bindings.unit.problems) > known:
        return failed(node.span)  # nothing is an instance of a type that nobody knows
    return core.InstanceOf(BOOLEAN, node.span, operand, of)


def _string(
    node: syntax.StringLiteral, bindings: Bindings, expected: Type | None
) -> core.Expression:
    if isinstance(expected, Enumeration):
        if node.value in expected.values:
            return core.Literal(expected, node.span, node.value)
        bindings.report(messages.undeclared_value(node.span, node.value, expected.values))
        return failed(node.span)
    return core.Literal(STRING, node.span, node.value)


def _at_literal(node: syntax.AtLiteral, bindings: Bindings) -> core.Expression:
    value = temporal_from_text(node.text)
    if value is None:
        bindings.report(messages.bad_literal(node.span, node.text))
        return failed(node.span)
    return core.Literal(type_of(value), node.span, value)


def _name(node: syntax.Name, bindings: Bindings, expected: Type | None) -> core.Expression:
    value = declared_literal(node.name, expected, node.span)
    found = bindings.resolve(node.name, node.span)
    if value is not None and found is not None and plain(found.type) == STRING:
        bindings.report(messages.ambiguous_value(node.span, node.name))
    if value is not None:
        return value
    function = calls.named_function(node, bindings) if found is None else None
    found = function or bindings.resolve_dynamic(node.name, node.span)
    if found is not None:
        return found
    if node.name in bindings.hidden:
        bindings.report(messages.out_of_sight(node.span, node.name, bindings.hidden[node.name]))
        return failed(node.span)
    if isinstance(expected, Enumeration):
        known = [*expected.values, *bindings.known_names()]
        if nearest(node.name, expected.values) or " " not in node.name:
            bindings.report(messages.undeclared_value(node.span, node.name, expected.values))
            return failed(node.span)
    else:
        known = bindings.known_names()
    value_of = bindings.owner_of_value(node.name)
    meant = next((f.name for f in bindings.facts.values() if node.name in _other_names(f)), None)
    bindings.report(messages.unknown_name(node.span, node.name, known, value_of, meant))
    return failed(node.span)


def _other_names(fact: core.Fact) -> tuple[str, ...]:
    return (*fact.aliases, *fact.title.values())


def _input_value(node: syntax.InputValue, bindings: Bindings) -> core.Expression:
    if bindings.input_value is None:
        bindings.report(messages.unknown_name(node.span, "?", ()))
        return failed(node.span)
    return bindings.input_value


def _comparison(node: syntax.Comparison, bindings: Bindings) -> core.Expression:
    if bindings.unit.strict and node.operator in _ORDERING and _is_ordering(node.left):
        bindings.report(messages.chained_comparison(node.span))
        return failed(node.span)
    left, right = _sides(node.left, node.right, bindings)
    return compare(node.operator, left, right, node.span, bindings)


def _is_ordering(node: syntax.Expression) -> bool:
    return isinstance(node, syntax.Comparison) and node.operator in _ORDERING


def _arithmetic(node: syntax.Arithmetic, bindings: Bindings) -> core.Expression:
    if bindings.unit.strict and (found := _BARE_DATE.fullmatch(node.span.text)):
        bindings.report(messages.bare_date(node.span, int(found[1]), int(found[3]), int(found[4])))
        return failed(node.span)
    left, right = lower(node.left, bindings), lower(node.right, bindings)
    kind = arithmetic_type(node.operator, left.type, right.type)
    if kind is None:
        bindings.report(
            messages.operand_mismatch(node.span, node.operator, str(left.type), str(right.type))
        )
        kind = ANY
    return core.Arithmetic(kind, node.span, node.operator, left, right)


def _negation(node: syntax.Negation, bindings: Bindings) -> core.Expression:
    operand = lower(node.operand, bindings)
    kind = negated_type(operand.type)
    if kind is None:
        bindings.report(messages.wrong_type(operand.span, str(operand.type), str(NUMBER)))
        kind = ANY
    return core.Negate(kind, node.span, operand)


def _sides(
    left: syntax.Expression, right: syntax.Expression, bindings: Bindings
) -> tuple[core.Expression, core.Expression]:
    """Both sides of a comparison; a bare declared value takes its type from the other."""
    if _is_bare_value(left, bindings) and not _is_bare_value(right, bindings):
        other = lower(right, bindings)
        if is_failed(other) and bindings.may_be_value(left):
            return failed(left.span), other
        return lower(left, bindings, _enumeration(other.type)), other
    first = lower(left, bindings)
    if is_failed(first) and bindings.may_be_value(right):
        # Its type would tell the value; one mistake makes one message.
        return first, failed(right.span)
    hint = _enumeration(first.type) if isinstance(right, syntax.Name) else None
    return first, lower(right, bindings, hint)


def _is_bare_value(node: syntax.Expression, bindings: Bindings) -> bool:
    return isinstance(node, syntax.Name) and bindings.resolve(node.name, node.span) is None


def _enumeration(kind: Type) -> Type | None:
    return kind if isinstance(kind, Enumeration) else None


def _flat(
    node: syntax.Expression,
    kind: type[syntax.Conjunction] | type[syntax.Disjunction],
    bindings: Bindings,
) -> tuple[core.Expression, ...]:
    """The operands of a chain, however long, without recursion along it."""
    operands: list[core.Expression] = []
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, kind):
            pending += [current.right, current.left]
        else:
            operands.append(condition(current, bindings))
    return tuple(operands)


def _if(node: syntax.If, bindings: Bindings, expected: Type | None) -> core.Expression:
    test = condition(node.condition, bindings)
    then = lower(node.then, bindings, expected)
    otherwise = lower(node.otherwise, bindings, expected)
    return core.If(join(then.type, otherwise.type), node.span, test, then, otherwise)


def _iteration(node: syntax.For | syntax.Quantified, bindings: Bindings) -> core.Expression:
    iterators: list[core.Iterator] = []
    for each in node.iterators:
        end = None
        if isinstance(each.source, syntax.IterationRange):
            source = lower(each.source.start, bindings)
            end = lower(each.source.end, bindings)
            kind = source.type
        else:
            source = lower(each.source, bindings)
            kind = item_type(source.type)
        name = bindings.unit.fresh_name(each.name)
        iterators.append(core.Iterator(name, source, end))
        bindings = bindings.bound({each.name: core.Local(kind, each.span, name)})
    if isinstance(node, syntax.Quantified):
        predicate = condition(node.predicate, bindings)
        return core.Quantified(BOOLEAN, node.span, node.quantifier, tuple(iterators), predicate)
    partial = core.Local(ListType(ANY), node.span, "partial")
    body = lower(node.body, bindings.bound({"partial": partial}))
    return core.For(ListType(body.type), node.span, tuple(iterators), body)


def _list(node: syntax.ListLiteral, bindings: Bindings, expected: Type | None) -> core.Expression:
    wanted = expected.item if isinstance(expected, ListType) else None
    items = tuple(lower(each, bindings, wanted) for each in node.items)
    return core.MakeList(ListType(joined_type(items)), node.span, items)


def _context(node: syntax.ContextLiteral, bindings: Bindings) -> core.Expression:
    steps: list[tuple[str, core.Expression]] = []
    for entry in node.entries:
        value = lower(entry.value, bindings)
        name = bindings.unit.fresh_name(entry.key)
        steps.append((name, value))
        bindings = bindings.bound({entry.key: core.Local(value.type, entry.span, name)})
    keys = [entry.key for entry in node.entries]
    return let_all(
        steps,
        core.MakeContext(
            ContextType(
                tuple((key, value.type) for key, (_, value) in zip(keys, steps, strict=True))
            ),
            node.span,
            tuple(
                (key, core.Local(value.type, value.span, name))
                for key, (name, value) in zip(keys, steps, strict=True)
            ),
        ),
    )


def _range(node: syntax.RangeLiteral, bindings: Bindings) -> core.Expression:
    low = None if node.low is None else lower(node.low, bindings)
    high = None if node.high is None else lower(node.high, bindings)
    bounds = tuple(each for each in (low, high) if each is not None)
    if len(bounds) == 2 and not comparable("<", bounds[0].type, bounds[1].type):
        bindings.report(
            messages.operand_mismatch(node.span, "..", str(bounds[0].type), str(bounds[1].type))
        )
    kind = RangeType(joined_type(bounds))
    operator = _range_operator(node)
    return core.MakeRange(kind, node.span, low, high, node.low_closed, node.high_closed, operator)


def _range_operator(node: syntax.RangeLiteral) -> core.ComparisonOperator | None:
    """The comparison that a range with one end was written as."""
    if node.low is None:
        return "<=" if node.high_closed else "<"
    if node.high is None:
        return ">=" if node.low_closed else ">"
    return None


def _function(node: syntax.FunctionDefinition, bindings: Bindings) -> core.Expression:
    if node.external and not bindings.unit.strict:
        return external.function(node, bindings)
    parameters: list[tuple[str, Type]] = []
    names: dict[str, core.Expression] = {}
    for each in node.parameters:
        kind = ANY if each.type is None else lower_type(each.type, bindings)
        fresh = bindings.unit.fresh_name(each.name)
        parameters.append((fresh, kind))
        names[each.name] = core.Local(kind, each.span, fresh)
    body = lower(node.body, bindings.bound(names))
    kinds = tuple(kind for _, kind in parameters)
    return core.Lambda(FunctionType(kinds, body.type), node.span, tuple(parameters), body)
