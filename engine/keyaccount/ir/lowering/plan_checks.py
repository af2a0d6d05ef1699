"""Checks of a plan's form: the names it uses, the order of its steps, its limits."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from keyaccount.diagnostics import format_messages
from keyaccount.diagnostics import plan_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.diagnostics.suggest import nearest, slip_of
from keyaccount.feel.types import ANY, STRING, conforms
from keyaccount.feel.values import DaysAndTimeDuration
from keyaccount.feel.values.text import temporal_from_text
from keyaccount.ir.lowering.plans import events_of, is_duration
from keyaccount.ir.requirements import in_order
from keyaccount.model.plans import (
    SECOND_FILING,
    WHOLE_CASE,
    Limit,
    LimitKind,
    Plan,
    PlanStep,
    Recipient,
    Rung,
)
from keyaccount.model.policy import Policy
from keyaccount.source import Fragment

_RECIPIENTS = frozenset(each.value for each in Recipient)
_IN_DAYS = (LimitKind.DAYS, LimitKind.BUSINESS_DAYS)
_BUSINESS = (LimitKind.BUSINESS, LimitKind.BUSINESS_DAYS)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a plan may name: its policy, and the roles, calendars and events of all policies."""

    policy: Policy
    roles: Collection[str]
    calendars: Collection[str]
    events: Collection[str]


def check_plan(plan: Plan, around: Surroundings) -> Iterator[Diagnostic]:
    """Everything wrong with a plan but its FEEL."""
    for check in CHECKS:
        yield from check(plan, around)


def _order(plan: Plan, _: Surroundings) -> Iterator[Diagnostic]:
    """Steps named that are not there, steps in a circle, steps behind one."""
    needs: dict[str, list[str]] = {}
    for name, step in plan.steps.items():
        for each in (*step.after, *(target for _, target in step.goes_back.values())):
            if each.text not in plan.steps:
                yield messages.unknown_step(each.span(), each.text, plan.steps)
        needs[name] = [each.text for each in step.after if each.text in plan.steps]
    order, circles = in_order(needs)
    blocked = {name for found in circles for name in found}
    for found in circles:
        place = plan.steps[found[0]].after
        span = next((each.span() for each in place if each.text == found[1]), place[0].span())
        yield messages.circle(span, found)
    for name in order:
        reason = next((each for each in needs[name] if each in blocked), None)
        if name not in blocked and reason is not None:
            blocked.add(name)
            yield messages.unreachable(plan.steps[name].name.span(), name, reason)


def _owners(plan: Plan, around: Surroundings) -> Iterator[Diagnostic]:
    people = {
        name
        for name, fact in around.policy.facts.items()
        if conforms(fact.type, STRING) or fact.type == ANY
    }
    known = [*around.roles, *sorted(people)]
    for owner in (plan.owner, *(each.owner for each in plan.steps.values())):
        if owner is not None and owner.text not in known:
            yield messages.unknown_role(owner.span(), owner.text, known)


def _facts(plan: Plan, around: Surroundings) -> Iterator[Diagnostic]:
    approvals = [each.approval for each in plan.steps.values() if each.approval is not None]
    totals = [each.total.of for each in approvals if each.total is not None]
    for fact in (plan.subject, plan.region, *totals):
        if fact is not None and fact.text not in around.policy.facts:
            yield messages.unknown_fact(fact.span(), fact.text, around.policy.facts)


def _ladders(plan: Plan, around: Surroundings) -> Iterator[Diagnostic]:
    used = [(plan.name, plan.ladder, plan.limit)]
    used += [(each.name, each.ladder, each.limit or each.repeat) for each in plan.steps.values()]
    for name, ladder, limit in used:
        if ladder is None:
            continue
        if ladder.text not in plan.ladders:
            yield messages.unknown_ladder(ladder.span(), ladder.text, plan.ladders)
        elif limit is None:
            yield messages.ladder_without_limit(ladder.span(), name.text)
    named = {ladder.text for _, ladder, _ in used if ladder is not None}
    for each in plan.ladders.values():
        if each.name.text not in named:
            yield messages.unused_ladder(each.name.span(), each.name.text)
        for rung in each.rungs:
            yield from _recipients(rung, around)


def _recipients(rung: Rung, around: Surroundings) -> Iterator[Diagnostic]:
    for each in rung.remind:
        if each.text not in _RECIPIENTS and each.text not in around.roles:
            known = [*sorted(_RECIPIENTS), *around.roles]
            yield messages.unknown_role(each.span(), each.text, known)


def _names(plan: Plan, _: Surroundings) -> Iterator[Diagnostic]:
    for name, step in plan.steps.items():
        if name == WHOLE_CASE:
            yield messages.reserved_step(step.name.span(), name)


def _endings(plan: Plan, _: Surroundings) -> Iterator[Diagnostic]:
    for name, step in plan.steps.items():
        span = step.name.span()
        if step.repeat is not None and not step.until:
            yield messages.endless_repetition(span, name)
        elif (step.limit or step.repeat) and not _can_end(step, plan):
            yield messages.never_completed(span, name)
        if step.paused_by and not step.resumed_by:
            yield messages.never_resumed(step.paused_by[0].event.span(), name)


def _can_end(step: PlanStep, plan: Plan) -> bool:
    ladder = plan.ladders.get(step.ladder.text) if step.ladder else None
    rungs = ladder.rungs if ladder else ()
    by_event = (step.completed_by, step.cancelled_by, step.until, step.goes_back)
    return any((*by_event, step.approval, *(each.action for each in rungs)))


def _calendars(plan: Plan, around: Surroundings) -> Iterator[Diagnostic]:
    steps = plan.steps.values()
    limits = [plan.limit, *(each.limit for each in steps), *(each.repeat for each in steps)]
    limits += [rung.distance for each in plan.ladders.values() for rung in each.rungs]
    named = [plan.calendar, *(each.calendar for each in limits if each is not None)]
    for calendar in named:
        if calendar is not None and calendar.text not in around.calendars:
            yield messages.unknown_calendar(calendar.span(), calendar.text, around.calendars)


def _events(plan: Plan, around: Surroundings) -> Iterator[Diagnostic]:
    """Events that no policy declares.

    One that is a declared one but for a slip is a mistake; another may be what another system
    says. A policy that declares none is told once that nobody sees a slip there, and of names
    that look like one all the same.
    """
    told_by_itself = (SECOND_FILING,) if plan.subject is not None else ()
    known = dict.fromkeys((*around.events, *told_by_itself))
    named = (*(each.event for each in plan.opened_by), *events_of(plan))
    undeclared = [each for each in named if each.text not in known]
    if not around.policy.events:
        yield from _undeclared(plan, undeclared, known)
        return
    for each in undeclared:
        if slip_of(each.text, known) is None:
            yield messages.undeclared_event(each.span(), each.text, nearest(each.text, known))
        else:
            yield messages.unknown_event(each.span(), each.text, known)


def _undeclared(
    plan: Plan, events: Sequence[Fragment], known: Mapping[str, None]
) -> Iterator[Diagnostic]:
    seen: dict[str, None] = {}
    for each in events:
        if each.text in seen:
            continue
        near = slip_of(each.text, (*known, *seen))
        if near is not None:
            yield messages.undeclared_event(each.span(), each.text, near)
        seen[each.text] = None
    if seen:
        yield messages.no_events_declared(plan.name.span(), plan.name.text, list(seen))


def _limits(plan: Plan, _: Surroundings) -> Iterator[Diagnostic]:
    limits = [plan.limit]
    for step in plan.steps.values():
        limits += [step.limit, step.repeat]
        if step.approval is not None:
            yield from _quorum(step)
            if step.approval.total is not None:
                yield from _duration(step.approval.total.within)
    limits += [rung.distance for each in plan.ladders.values() for rung in each.rungs]
    for limit in limits:
        if limit is not None:
            yield from _limit(limit, plan)


def _quorum(step: PlanStep) -> Iterator[Diagnostic]:
    assert step.approval is not None  # noqa: S101 # INVARIANT: the caller looked
    quorum = step.approval.quorum
    if quorum is not None and (quorum < 1 or quorum % 1):
        yield messages.bad_quorum(step.approval.span)


def _limit(limit: Limit, plan: Plan) -> Iterator[Diagnostic]:
    if limit.kind in _IN_DAYS:
        if is_duration(limit.amount):
            yield messages.duration_in_days(limit.amount.span(), limit.amount.text)
        elif limit.amount.text.startswith("-"):
            yield messages.negative_days(limit.amount.span(), limit.amount.text)
    elif limit.amount.text.lstrip("-").startswith("P") and limit.amount.text[1:2] in "T0123456789":
        yield from _duration(limit.amount)
    if limit.zone is not None and not _is_zone(limit.zone.text):
        known = sorted(zoneinfo.available_timezones())
        yield format_messages.unknown_time_zone(limit.zone.span(), limit.zone.text, known)
    if limit.kind in _BUSINESS and limit.calendar is None and plan.calendar is None:
        yield messages.no_calendar(limit.span)


def _duration(text: Fragment) -> Iterator[Diagnostic]:
    found = temporal_from_text(text.text)
    if not isinstance(found, DaysAndTimeDuration) or found.nanos <= 0:
        yield messages.bad_duration(text.span(), text.text)


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


Check = Callable[[Plan, Surroundings], Iterator[Diagnostic]]
CHECKS: tuple[Check, ...] = (
    _names,
    _order,
    _owners,
    _facts,
    _ladders,
    _endings,
    _calendars,
    _events,
    _limits,
)
