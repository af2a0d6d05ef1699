"""JSON Schemas of facts and decisions, from the policies' own declarations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, assert_never

from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.feel import types
from keyaccount.feel.types import (
    ContextType,
    Enumeration,
    FunctionType,
    ListType,
    RangeType,
    SimpleType,
    Type,
)
from keyaccount.ir import core
from keyaccount.policy_set import PolicySet

Schema = dict[str, Any]

_SIMPLE: Mapping[str, Schema] = {
    types.NUMBER.name: {"type": "number"},
    types.STRING.name: {"type": "string"},
    types.BOOLEAN.name: {"type": "boolean"},
    types.DATE.name: {"type": "string", "format": "date"},
    types.TIME.name: {"type": "string", "examples": ["17:30:00"]},
    types.DATE_AND_TIME.name: {"type": "string", "examples": ["2026-01-31T17:30:00+08:00"]},
    types.DAYS_AND_TIME_DURATION.name: {"type": "string", "examples": ["P2DT4H"]},
    types.YEARS_AND_MONTHS_DURATION.name: {"type": "string", "examples": ["P1Y6M"]},
}
_EXAMPLES: Mapping[str, tuple[object, ...]] = {
    types.NUMBER.name: tuple(map(Decimal, ("20", "0.9", "1", "0", "100", "-1"))),
    types.STRING.name: ("text",),
    types.BOOLEAN.name: (True,),
    types.DATE.name: ("2026-01-31",),
}
_NUMBER = r"-?\d+(?:\.\d+)?"
_BOUND = re.compile(rf"(>=|>|<=|<)\s*({_NUMBER})")
_INTERVAL = re.compile(rf"([\[(\]])\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*([\])\[])")
_KEYWORDS = {
    ">=": "minimum",
    ">": "exclusiveMinimum",
    "<=": "maximum",
    "<": "exclusiveMaximum",
}


def fact_schema(policies: PolicySet, policy: str, fact: core.Fact) -> Schema:
    """A fact as JSON Schema: type, allowed values, titles in both languages, an example."""
    schema = _of_type(fact.type)
    if fact.allowed is not None:
        schema |= _bounds(fact.allowed.span.text)
    schema["type"] = _or_null(schema.get("type"))
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    schema |= _words(fact)
    example = example_of(policies, policy, fact)
    if example is not None:
        schema["examples"] = [example]
    if fact.default is not None:
        schema["description"] += f"\n\nLeft out: `{fact.default.span.text}`"
    return schema


def value_schema(type_: Type) -> Schema:
    """A decision's value; null where nothing is decided, or where null is."""
    schema = _of_type(type_)
    if "type" in schema:
        schema["type"] = _or_null(schema["type"])
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema


def example_of(policies: PolicySet, policy: str, fact: core.Fact) -> object:
    """A value that the fact takes; None where none comes to mind."""
    candidates: tuple[object, ...] = ()
    if isinstance(fact.type, Enumeration):
        candidates = fact.type.values[:1]
    elif isinstance(fact.type, SimpleType):
        candidates = _EXAMPLES.get(fact.type.name, ())
    for each in candidates:
        try:
            policies.decide(policy, {fact.name: each})
        except FactError:
            continue
        return each
    return None


def _of_type(type_: Type) -> Schema:
    match type_:
        case SimpleType():
            return dict(_SIMPLE.get(type_.name, {}))
        case Enumeration():
            return {"type": "string", "enum": list(type_.values)}
        case ListType():
            return {"type": "array", "items": value_schema(type_.item)}
        case ContextType():
            entries = {name: value_schema(each) for name, each in type_.entries}
            return {"type": "object", "properties": entries, "additionalProperties": False}
        case RangeType() | FunctionType():
            return {"type": "string"}
        case _:
            assert_never(type_)


def _or_null(kind: object) -> object:
    if kind is None:
        return ["string", "number", "boolean", "array", "object", "null"]
    return [kind, "null"] if isinstance(kind, str) else kind


def _bounds(allowed: str) -> Schema:
    """What JSON Schema can say of FEEL's unary tests: one bound, or one interval."""
    text = allowed.strip()
    if found := _BOUND.fullmatch(text):
        return {_KEYWORDS[found[1]]: Decimal(found[2])}
    if found := _INTERVAL.fullmatch(text):
        low = ">=" if found[1] == "[" else ">"
        high = "<=" if found[4] == "]" else "<"
        return {_KEYWORDS[low]: Decimal(found[2]), _KEYWORDS[high]: Decimal(found[3])}
    return {}


def _words(fact: core.Fact) -> Schema:
    title = " · ".join(dict.fromkeys(fact.title.values())) or fact.name
    lines = []
    if fact.unit:
        lines.append(f"Unit · 单位: {fact.unit}")
    if fact.allowed is not None:
        lines.append(f"Allowed · 允许: `{fact.allowed.span.text}`")
    lines += [
        f"`{value}`: {' · '.join(dict.fromkeys(titles.values()))}"
        for value, titles in fact.value_titles.items()
    ]
    if fact.sensitive:
        lines.append("Masked in the log · 日志中隐去")
    return {"title": title, "description": "\n\n".join(lines)}
