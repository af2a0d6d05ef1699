"""Lower paths and filters."""

from __future__ import annotations

from dataclasses import replace

from keyaccount.diagnostics import policy_messages as messages
from keyaccount.diagnostics.name_messages import unknown_decision
from keyaccount.feel import syntax
from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_AND_TIME,
    DAYS_AND_TIME_DURATION,
    NUMBER,
    STRING,
    TIME,
    YEARS_AND_MONTHS_DURATION,
    ContextType,
    ListType,
    RangeType,
    Type,
)
from keyaccount.ir import core
from keyaccount.ir.lowering.checks import failed, item_type
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.operators import is_dynamic
from keyaccount.ir.lowering.unary_tests import Lower
from keyaccount.source import Span

_OF_DATE: dict[str, Type] = dict.fromkeys(("year", "month", "day", "weekday"), NUMBER)
_OF_TIME: dict[str, Type] = {
    **dict.fromkeys(("hour", "minute", "second"), NUMBER),
    "time offset": DAYS_AND_TIME_DURATION,
    "timezone": STRING,
}
COMPONENT_TYPES: dict[Type, dict[str, Type]] = {
    DATE: _OF_DATE,
    TIME: _OF_TIME,
    DATE_AND_TIME: _OF_DATE | _OF_TIME,
    DAYS_AND_TIME_DURATION: dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER),
    YEARS_AND_MONTHS_DURATION: dict.fromkeys(("years", "months"), NUMBER),
}
"""Source: DMN 1.5, tables 60 to 66."""


def path(node: syntax.Path, bindings: Bindings, lower: Lower) -> core.Expression:
    """`base.name`: another policy's decision, or a component of a value."""
    qualified = _decision(node, bindings)
    if qualified is not None:
        return qualified
    if isinstance(node.base, syntax.Name) and _is_unknown(node.base, bindings):
        _report_unknown(node.base, node, bindings)
        return failed(node.span)
    base = lower(node.base, bindings)
    kind = component_type(base.type, node.name)
    if kind is None:
        bindings.report(messages.unknown_entry(_name_span(node), node.name, _entries(base.type)))
        kind = ANY
    return core.Path(kind, node.span, base, node.name)


def _is_unknown(base: syntax.Name, bindings: Bindings) -> bool:
    found = bindings.resolve_dynamic(base.name, base.span)
    return base.name not in bindings.hidden and found is None


def _report_unknown(base: syntax.Name, node: syntax.Path, bindings: Bindings) -> None:
    """Neither a name in sight, nor a policy's decision."""
    policy = base.name
    policies = bindings.policies()
    if policy in bindings.unit.unread:
        return
    if policy in policies:
        known = [each for each in bindings.decisions if each.startswith(f"{policy}.")]
        known = [each.removeprefix(f"{policy}.") for each in known]
        bindings.report(unknown_decision(policy, node.name, known, _name_span(node)))
    else:
        known = [*bindings.known_names(), *policies]
        bindings.report(messages.unknown_name(base.span, policy, known))


def _name_span(node: syntax.Path) -> Span:
    """The span of the name behind the dot, where the author wrote it plainly."""
    start = node.span.end - len(node.name)
    span = Span(node.span.source, start, node.span.end)
    return span if span.text == node.name else node.span


def _decision(node: syntax.Path, bindings: Bindings) -> core.Expression | None:
    if not isinstance(node.base, syntax.Name):
        return None
    if bindings.resolve(node.base.name, node.base.span) is not None:
        return None
    name = f"{node.base.name}.{node.name}"
    if name in bindings.qualified:
        return replace(bindings.qualified[name], span=node.span)
    return bindings.resolve(name, node.span)


def component_type(base: Type, name: str) -> Type | None:
    """The type of a component, None where values of this type have none of that name."""
    match base:
        case ContextType():
            return base.entry(name)
        case ListType(item):
            inner = component_type(item, name)
            return None if inner is None else ListType(inner)
        case RangeType(bound):
            return {
                "start": bound,
                "end": bound,
                "start included": BOOLEAN,
                "end included": BOOLEAN,
            }.get(name)
        case _ if is_dynamic(base):
            return ANY
        case _:
            return COMPONENT_TYPES.get(base, {}).get(name)


def _entries(base: Type) -> tuple[str, ...]:
    match base:
        case ContextType(entries):
            return tuple(name for name, _ in entries)
        case ListType(item):
            return _entries(item)
        case RangeType():
            return ("start", "end", "start included", "end included")
        case _:
            return tuple(COMPONENT_TYPES.get(base, {}))


def filtered(node: syntax.Filter, bindings: Bindings, lower: Lower) -> core.Expression:
    """`base[predicate]`: one item by position, or the items that pass."""
    base = lower(node.base, bindings)
    name = bindings.unit.fresh_name("item")
    item = core.Local(item_type(base.type), node.base.span, name)
    predicate = lower(node.predicate, bindings.inside_filter(item))
    if predicate.type == NUMBER:
        kind = item.type
    elif predicate.type == BOOLEAN:
        kind = base.type if isinstance(base.type, ListType) else ListType(base.type)
    elif is_dynamic(predicate.type):
        kind = ANY
    else:
        bindings.report(
            messages.wrong_type(predicate.span, str(predicate.type), "number or boolean")
        )
        kind = ANY
    return core.Filter(kind, node.span, base, name, predicate)
