"""Compile a plan: limits to clocks, expressions to conditions, names to indexes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from keyaccount.backends.events import EventRules
from keyaccount.backends.events.engines import Derive
from keyaccount.cases.plan.conditions import Condition
from keyaccount.deadlines import (
    BusinessDays,
    BusinessTime,
    CalendarDays,
    Elapsed,
    Limit,
    Timekeeper,
)
from keyaccount.feel.values import DaysAndTimeDuration
from keyaccount.feel.values.text import temporal_from_text
from keyaccount.ir import core
from keyaccount.ir.conditions import condition_name
from keyaccount.ir.lowering.plans import events_of, is_duration, triggers_of
from keyaccount.model import plans as model
from keyaccount.model.plans import (
    SECOND_FILING,
    WHOLE_CASE,
    Plan,
    PlanStep,
    RungAction,
    RungAt,
)
from keyaccount.model.policy import Policy
from keyaccount.organisation import Organisation
from keyaccount.organisation.organisation import NOBODY
from keyaccount.source import Fragment

_NANOS_PER_MICROSECOND = 1000


@dataclass(frozen=True, slots=True)
class Rules:
    """The event rules that a plan's cases run.

    `derive` runs them; `kinds` are the events that they look at, `facts` those that they derive.
    """

    ready: EventRules
    derive: Derive
    kinds: Mapping[str, core.EventType]
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event, and what must hold of it."""

    event: str
    where: Condition | None


Triggers = tuple[Trigger, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A limit of a plan: how much of which kind; `amount` is constant or still to be found."""

    kind: model.LimitKind
    amount: timedelta | int | Condition
    zone: str
    at: int | None
    calendar: str | None
    since: str | None

    def limit(self, amount: timedelta | int) -> Limit:
        """The limit of an amount."""
        if isinstance(amount, timedelta):
            if self.kind is model.LimitKind.BUSINESS:
                return BusinessTime(amount, self.calendar or "")
            return Elapsed(amount)
        if self.kind is model.LimitKind.BUSINESS_DAYS:
            return BusinessDays(amount, self.calendar or "", self.at)
        return CalendarDays(amount, self.zone, 0, self.at)


@dataclass(frozen=True, slots=True)
class CompiledRung:
    """A rung; `distance` is how far from the limit it stands."""

    at: RungAt
    distance: Span | None
    remind: tuple[str, ...]
    action: RungAction | None


@dataclass(frozen=True, slots=True)
class CompiledApproval:
    """An approval; `of` is the fact that counts together with that of other cases."""

    chain: Condition
    mode: model.ApprovalMode
    quorum: int
    opinion: bool
    of: str | None
    per: Condition | None
    within: timedelta
    on_rejection: model.OnRejection


@dataclass(frozen=True, slots=True)
class CompiledStep:
    """A step, ready to work with.

    `amounts` are those of its limits and rungs that FEEL gives.
    """

    name: str
    title: model.Titles
    owner: str | None
    owner_is_fact: bool
    after: tuple[str, ...]
    opened_by: Triggers
    again: model.Again
    when: Condition | None
    otherwise: model.Unmet
    limit: Span | None
    rungs: tuple[CompiledRung, ...]
    completed_by: Triggers
    cancelled_by: Triggers
    goes_back: Mapping[str, str]
    paused_by: Triggers
    resumed_by: Triggers
    until: Triggers
    repeat: Span | None
    approval: CompiledApproval | None
    amounts: tuple[Condition, ...]
    form: str | None = None
    output: model.Titles = field(default_factory=dict)

    @property
    def is_milestone(self) -> bool:
        """Whether it is done as soon as it opens: nothing else completes it."""
        ends = (self.completed_by, self.cancelled_by, self.goes_back, self.until, self.approval)
        return not any((*ends, *(each.action for each in self.rungs)))


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """A plan, ready to work with.

    `downstream` has, by step, all that come after it. `optional` are the steps
    that only an event opens, and all behind them: they don't hold a case open.
    `opens` are the other plans that an event of this one opens a case of.
    """

    policy: str
    name: str
    title: model.Titles
    version: str
    zone: ZoneInfo
    facts: Mapping[str, core.Fact]
    subject: str | None
    region: str | None
    second_filing: model.SecondFiling
    policy_change: model.PolicyChange
    opened_by: Triggers
    completed_by: Triggers
    cancelled_by: Triggers
    whole: CompiledStep
    steps: Mapping[str, CompiledStep]
    order: tuple[str, ...]
    downstream: Mapping[str, frozenset[str]]
    optional: frozenset[str]
    heard: frozenset[str]
    timekeeper: Timekeeper
    organisation: Organisation
    rules: Rules | None = None
    opens: Mapping[str, tuple[tuple[str, Trigger], ...]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether it has a step; a case that kept its version may have others."""
        return name == WHOLE_CASE or name in self.steps

    def step(self, name: str) -> CompiledStep:
        """A step, or the whole case under its own name."""
        return self.whole if name == WHOLE_CASE else self.steps[name]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the compiling of one plan needs at hand."""

    program: core.Program
    policy: Policy
    plan: Plan

    def condition(self, step: str, part: str) -> Condition | None:
        """An expression of the plan, None where it has none there."""
        name = condition_name(self.policy.name.text, self.plan.name.text, step, part)
        if name not in self.program.conditions:
            return None
        return Condition(self.program, name, ZoneInfo(self.policy.time_zone))

    def triggers(self, step: str, part: str, triggers: tuple[model.Trigger, ...]) -> Triggers:
        return tuple(
            Trigger(each.event.text, self.condition(step, f"{part} {number}"))
            for number, each in enumerate(triggers)
        )

    def span(self, step: str, part: str, limit: model.Limit | None) -> Span | None:
        if limit is None:
            return None
        calendar = limit.calendar or self.plan.calendar
        return Span(
            limit.kind,
            self._amount(step, part, limit),
            limit.zone.text if limit.zone else self.policy.time_zone,
            minute_of(limit.at.text) if limit.at else None,
            calendar.text if calendar else None,
            limit.since.text if limit.since else None,
        )

    def _amount(self, step: str, part: str, limit: model.Limit) -> timedelta | int | Condition:
        if is_duration(limit.amount):
            return duration_of(limit.amount.text)
        name = condition_name(self.policy.name.text, self.plan.name.text, step, part)
        logic = self.program.conditions[name].logic
        if isinstance(logic, core.Literal):
            return amount_of(logic.value)
        return Condition(self.program, name, ZoneInfo(self.policy.time_zone))


def compile_plan(
    program: core.Program,
    policy: Policy,
    plan: Plan,
    version: str,
    timekeeper: Timekeeper,
    organisation: Organisation = NOBODY,
    rules: Rules | None = None,
) -> CompiledPlan:
    """A plan, ready to work with.

    Args:
        program: of the whole set of policies, free of mistakes.
        policy: the plan's own.
        plan: what to compile.
        version: of the policies' content.
        timekeeper: of the calendars of all policies.
        organisation: who holds the roles.
        rules: the event rules, where the policy has any.
    """
    shop = Workshop(program, policy, plan)
    steps = {name: _step(shop, each) for name, each in plan.steps.items()}
    return CompiledPlan(
        policy=policy.name.text,
        name=plan.name.text,
        title=plan.title,
        version=version,
        zone=ZoneInfo(policy.time_zone),
        facts=program.facts,
        subject=plan.subject.text if plan.subject else None,
        region=plan.region.text if plan.region else None,
        second_filing=plan.second_filing,
        policy_change=plan.policy_change,
        opened_by=shop.triggers(WHOLE_CASE, "opened", plan.opened_by),
        completed_by=shop.triggers(WHOLE_CASE, "completed", plan.completed_by),
        cancelled_by=shop.triggers(WHOLE_CASE, "cancelled", plan.cancelled_by),
        whole=_whole(shop),
        steps=steps,
        order=_order(steps),
        downstream={name: _downstream(name, steps) for name in steps},
        optional=frozenset(_optional(steps)),
        heard=frozenset(_heard(plan) | set(rules.kinds if rules else ())),
        timekeeper=timekeeper,
        organisation=organisation,
        rules=rules,
    )


def _step(shop: Workshop, step: PlanStep) -> CompiledStep:
    name = step.name.text
    owner = step.owner.text if step.owner else None
    repeat = shop.span(name, "repeat", step.repeat)
    limit = shop.span(name, "limit", step.limit) or repeat
    rungs = _rungs(shop, step.ladder)
    triggers = {part: shop.triggers(name, part, found) for part, found in triggers_of(step).items()}
    return CompiledStep(
        name=name,
        title=step.title,
        owner=owner,
        owner_is_fact=owner in shop.policy.facts,
        after=tuple(each.text for each in step.after),
        opened_by=triggers["opened"],
        again=step.again,
        when=shop.condition(name, "when"),
        otherwise=step.otherwise,
        limit=limit,
        rungs=rungs,
        completed_by=triggers["completed"],
        cancelled_by=triggers["cancelled"],
        goes_back={event: target.text for event, (_, target) in step.goes_back.items()},
        paused_by=triggers["paused"],
        resumed_by=triggers["resumed"],
        until=triggers["until"],
        repeat=repeat,
        approval=_approval(shop, step),
        amounts=_amounts(limit, repeat, rungs),
        form=step.form,
        output=step.output,
    )


def _whole(shop: Workshop) -> CompiledStep:
    """The plan's own limit, as a step that lasts as long as the case."""
    plan = shop.plan
    owner = plan.owner.text if plan.owner else None
    limit, rungs = shop.span(WHOLE_CASE, "limit", plan.limit), _rungs(shop, plan.ladder)
    return CompiledStep(
        name=WHOLE_CASE,
        title=plan.title,
        owner=owner,
        owner_is_fact=owner in shop.policy.facts,
        after=(),
        opened_by=(),
        again=model.Again.KEEP,
        when=None,
        otherwise=model.Unmet.SKIP,
        limit=limit,
        rungs=rungs,
        completed_by=(),
        cancelled_by=(),
        goes_back={},
        paused_by=(),
        resumed_by=(),
        until=(),
        repeat=None,
        approval=None,
        amounts=_amounts(limit, None, rungs),
    )


def _amounts(
    limit: Span | None, repeat: Span | None, rungs: tuple[CompiledRung, ...]
) -> tuple[Condition, ...]:
    spans = (limit, repeat, *(each.distance for each in rungs))
    found = (each.amount for each in spans if each is not None)
    return tuple(each for each in found if isinstance(each, Condition))


def _rungs(shop: Workshop, ladder: Fragment | None) -> tuple[CompiledRung, ...]:
    if ladder is None:
        return ()
    return tuple(
        CompiledRung(
            rung.at,
            shop.span(f"ladder {ladder.text}", str(number), rung.distance),
            tuple(each.text for each in rung.remind),
            rung.action,
        )
        for number, rung in enumerate(shop.plan.ladders[ladder.text].rungs)
    )


def _approval(shop: Workshop, step: PlanStep) -> CompiledApproval | None:
    found = step.approval
    if found is None:
        return None
    name = step.name.text
    chain = shop.condition(name, "chain")
    assert chain is not None  # noqa: S101 # INVARIANT: lowering makes one for every approval
    total = found.total
    return CompiledApproval(
        chain=chain,
        mode=found.mode,
        quorum=int(found.quorum or 1),
        opinion=found.opinion,
        of=total.of.text if total else None,
        per=shop.condition(name, "total per"),
        within=duration_of(total.within.text) if total else timedelta(),
        on_rejection=found.on_rejection,
    )


def amount_of(value: object) -> timedelta | int:
    """A limit's amount from a FEEL value: a duration, or whole days (parts of one count full)."""
    if isinstance(value, DaysAndTimeDuration):
        return timedelta(microseconds=value.nanos // _NANOS_PER_MICROSECOND)
    if isinstance(value, Decimal):
        return int(value.to_integral_value(ROUND_CEILING))
    raise TypeError(value)


def duration_of(text: str) -> timedelta:
    """The time that an ISO duration says."""
    found = amount_of(temporal_from_text(text))
    assert isinstance(found, timedelta)  # noqa: S101 # INVARIANT: checked when lowered
    return found


def minute_of(text: str) -> int:
    """The minute of the day that `09:15` is."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _order(steps: Mapping[str, CompiledStep]) -> tuple[str, ...]:
    """The steps, each behind those that it comes after; else as the author has them."""
    order: dict[str, None] = {}
    pending = list(steps)
    while pending:
        ready = [each for each in pending if all(name in order for name in steps[each].after)]
        order.update(dict.fromkeys(ready))
        pending = [each for each in pending if each not in order]
    return tuple(order)


def _downstream(name: str, steps: Mapping[str, CompiledStep]) -> frozenset[str]:
    found: set[str] = set()
    pending = [name]
    while pending:
        current = pending.pop()
        later = [each.name for each in steps.values() if current in each.after]
        pending.extend(each for each in later if each not in found)
        found.update(later)
    return frozenset(found)


def _optional(steps: Mapping[str, CompiledStep]) -> set[str]:
    by_event = {name for name, each in steps.items() if each.opened_by}
    return by_event.union(*(_downstream(name, steps) for name in by_event))


def _heard(plan: Plan) -> set[str]:
    """Every event that a case of the plan hears."""
    named = {each.text for each in events_of(plan)}
    return named | ({SECOND_FILING} if plan.subject is not None else set())
