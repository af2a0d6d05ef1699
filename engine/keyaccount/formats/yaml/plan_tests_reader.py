"""Read the tests of plans: cases told line by line."""

from __future__ import annotations

from keyaccount.formats.yaml import fields
from keyaccount.formats.yaml.nodes import MappingNode, Node
from keyaccount.formats.yaml.plain import datum, plain_value
from keyaccount.model.plain import PlainValue
from keyaccount.model.plan_tests import Aspect, PlanTestCase, PlanTestLine

KINDS = (
    *("open", "event", "facts", "approve", "reject", "return"),
    *("resubmit", "withdraw", "delegate", "cancel"),
)
_ASPECTS = frozenset(each.value for each in Aspect)


def plan_test_case(node: Node) -> PlanTestCase | None:
    """An item of `plan cases:`."""
    name, plan = (fields.fragment(fields.child(node, each)) for each in ("name", "plan"))
    if name is None or plan is None:
        return None
    lines = fields.items(fields.child(node, "lines"))
    return PlanTestCase(
        name=name,
        plan=plan,
        organisation=fields.fragment(fields.child(node, "organisation")),
        lines=tuple(line for each in lines if (line := _line(each))),
        span=node.span,
    )


def _line(node: Node) -> PlanTestLine | None:
    at = fields.fragment(fields.child(node, "at"))
    if at is None or not isinstance(node, MappingNode):
        return None
    kind = next((each for each in KINDS if each in node.entries), None)
    data = None if kind is None else plain_value(node.entries[kind].value)
    if kind == "event":
        data = {"event": data, "data": _optional(node, "data")}
    totals = fields.child(node, "totals")
    return PlanTestLine(
        at=at,
        kind=kind,
        data=data,
        actor=fields.text(fields.child(node, "by")),
        step=fields.text(fields.child(node, "step")),
        totals={each.key.value: plain_value(each.value) for each in fields.entries(totals)},
        refused=fields.text(fields.child(node, "refused")),
        expect={
            Aspect(each.key.value): datum(each)
            for each in fields.entries(fields.child(node, "expect"))
            if each.key.value in _ASPECTS
        },
        span=node.span,
    )


def _optional(node: Node, name: str) -> PlainValue:
    found = fields.child(node, name)
    return {} if found is None else plain_value(found)
