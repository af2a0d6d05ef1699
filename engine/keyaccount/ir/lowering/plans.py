"""Lower the expressions of case plans: each becomes a decision of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    DAYS_AND_TIME_DURATION,
    NUMBER,
    STRING,
    ListType,
    Type,
)
from keyaccount.feel.values import DaysAndTimeDuration
from keyaccount.feel.values.text import temporal_from_text
from keyaccount.ir import core
from keyaccount.ir.conditions import condition_name, context_types
from keyaccount.ir.lowering.checks import require
from keyaccount.ir.lowering.expressions import lower
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.texts import Texts
from keyaccount.model.plans import (
    OPENING,
    WHOLE_CASE,
    Limit,
    LimitKind,
    Plan,
    PlanStep,
    Trigger,
)
from keyaccount.source import Fragment

NAMES = ("subject", "region", "total of")
"""Parts that are the name of a fact; the checks of the plan's form say where they are none."""


class Expression(NamedTuple):
    """A FEEL text of a plan: whose it is, what it is there, and the type it must have."""

    step: str
    part: str
    text: Fragment
    type: Type


def lower_plan(
    policy: str, plan: Plan, bindings: Bindings, texts: Texts
) -> Iterator[core.Decision]:
    """The plan's expressions, typed; mistakes go to the unit's problems."""
    contexts = {
        name: _context(name, kind, plan)
        for name, kind in context_types(plan.steps).items()
        if name not in bindings.facts
    }
    inside = replace(bindings, facts={**contexts, **bindings.facts})
    for each in expressions(plan):
        name = condition_name(policy, plan.name.text, each.step, each.part)
        if each.part in NAMES and each.text.text not in bindings.facts:
            continue
        tree = texts.expression(each.text, (*contexts, *plan.steps))
        if tree is None:
            continue
        wanted = None if each.type == ANY else each.type
        node = lower(tree, inside, wanted)
        if wanted is not None:
            node = require(node, wanted, inside)
        yield core.Decision(name, policy, node.type, node, {}, {}, {}, each.text.span())


def _context(name: str, kind: Type, plan: Plan) -> core.Fact:
    nullable = True
    return core.Fact(name, kind, nullable, None, None, {}, None, {}, (), plan.span)


def expressions(plan: Plan) -> Iterator[Expression]:
    """Every FEEL text of a plan, in the author's order."""
    for part, fact in (("subject", plan.subject), ("region", plan.region)):
        if fact is not None:
            yield Expression(WHOLE_CASE, part, fact, ANY)
    yield from _of_limit(WHOLE_CASE, "limit", plan.limit)
    for name, triggers in (("completed", plan.completed_by), ("cancelled", plan.cancelled_by)):
        yield from _of_triggers(WHOLE_CASE, name, triggers)
    yield from _of_triggers(WHOLE_CASE, "opened", plan.opened_by)
    for step in plan.steps.values():
        yield from _of_step(step)
    for ladder in plan.ladders.values():
        for number, rung in enumerate(ladder.rungs):
            yield from _of_limit(f"ladder {ladder.name.text}", str(number), rung.distance)


def _of_step(step: PlanStep) -> Iterator[Expression]:
    name = step.name.text
    if step.when is not None:
        yield Expression(name, "when", step.when, BOOLEAN)
    yield from _of_limit(name, "limit", step.limit)
    yield from _of_limit(name, "repeat", step.repeat)
    for part, triggers in triggers_of(step).items():
        yield from _of_triggers(name, part, triggers)
    if step.approval is not None:
        yield Expression(name, "chain", step.approval.chain, ListType(STRING))
        if (total := step.approval.total) is not None:
            yield Expression(name, "total of", total.of, NUMBER)
            yield Expression(name, "total per", total.per, ANY)


def triggers_of(step: PlanStep) -> Mapping[str, tuple[Trigger, ...]]:
    """A step's events by what they do to it."""
    return {
        "opened": step.opened_by,
        "completed": step.completed_by,
        "cancelled": step.cancelled_by,
        "paused": step.paused_by,
        "resumed": step.resumed_by,
        "until": step.until,
    }


def events_of(plan: Plan) -> Iterator[Fragment]:
    """Every event that a case of the plan hears; not those by which another case opens it."""
    triggers = [*plan.completed_by, *plan.cancelled_by]
    limits = [plan.limit]
    for step in plan.steps.values():
        triggers += [each for found in triggers_of(step).values() for each in found]
        triggers += [trigger for trigger, _ in step.goes_back.values()]
        limits += [step.limit, step.repeat]
    yield from (each.event for each in triggers)
    for limit in limits:
        if limit is not None and limit.since is not None and limit.since.text != OPENING:
            yield limit.since


def _of_triggers(step: str, part: str, triggers: tuple[Trigger, ...]) -> Iterator[Expression]:
    for number, each in enumerate(triggers):
        if each.where is not None:
            yield Expression(step, f"{part} {number}", each.where, BOOLEAN)


def _of_limit(step: str, part: str, limit: Limit | None) -> Iterator[Expression]:
    if limit is not None and not is_duration(limit.amount):
        in_days = limit.kind in (LimitKind.DAYS, LimitKind.BUSINESS_DAYS)
        kind = NUMBER if in_days else DAYS_AND_TIME_DURATION
        yield Expression(step, part, limit.amount, kind)


def is_duration(amount: Fragment) -> bool:
    """Whether a duration stands there as ISO 8601 has it, rather than FEEL."""
    return isinstance(temporal_from_text(amount.text), DaysAndTimeDuration)
