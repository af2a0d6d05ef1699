"""Lower events and event rules: names bound, types checked, conditions split into joins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from keyaccount.diagnostics import event_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.plan_messages import unknown_calendar
from keyaccount.feel.names import RESERVED
from keyaccount.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_AND_TIME,
    DAYS_AND_TIME_DURATION,
    YEARS_AND_MONTHS_DURATION,
    ContextType,
    Enumeration,
    ListType,
    Type,
)
from keyaccount.feel.values.duration import YearsAndMonthsDuration, duration_from_text
from keyaccount.ir import core
from keyaccount.ir.lowering.checks import require
from keyaccount.ir.lowering.event_joins import Conditions, conjuncts, split
from keyaccount.ir.lowering.expressions import lower
from keyaccount.ir.lowering.names import Bindings
from keyaccount.ir.lowering.operators import is_dynamic
from keyaccount.ir.lowering.texts import Texts
from keyaccount.model.calendars import Calendar
from keyaccount.model.event_rules import EventCollection, EventPattern, EventRule, EventType
from keyaccount.source import Fragment

MAX_PATTERNS = 8
"""In one rule, under `when` and `unless` together."""
MAX_JOINS = 5
"""Of one pattern with those above it; durable-rules is kept far from its limit of 29 tests."""
AT = "at"
_DURATIONS = (DAYS_AND_TIME_DURATION, YEARS_AND_MONTHS_DURATION)


def lower_event_type(
    event: EventType, bindings: Bindings, calendars: Mapping[str, Calendar]
) -> core.EventType:
    """A kind of event, with the type of what stands behind a pattern's name."""
    calendar = None
    if event.working_day_of is not None:
        span, name = event.working_day_of.span(), event.working_day_of.text
        calendar = calendars.get(name)
        if calendar is None:
            bindings.report(unknown_calendar(span, name, calendars))
    for name, field in event.fields.items():
        if name == AT:
            bindings.report(messages.reserved_field(field.name.span()))
    entries = {AT: DATE_AND_TIME, **{n: f.type for n, f in event.fields.items() if n != AT}}
    if event.working_day_of is not None:
        entries["day"] = DATE
    return core.EventType(
        event.name.text,
        ContextType(tuple(entries.items())),
        frozenset(name for name, field in event.fields.items() if field.nullable),
        calendar,
        event.title,
        event.name.span(),
    )


def check_same(
    types: Mapping[str, core.EventType], known: Mapping[str, core.EventType], bindings: Bindings
) -> None:
    """Report kinds of event that another policy declares otherwise."""
    for name, each in types.items():
        if name in known and known[name] != each:
            policy = known[name].span.source.name
            bindings.report(messages.event_differs(each.span, name, policy))


def check_facts_once(
    rules: Mapping[str, core.EventRule],
    types: Mapping[str, core.EventType],
    problems: list[Diagnostic],
) -> None:
    """Report facts that two rules derive."""
    maker: dict[str, str] = {}
    for name, rule in rules.items():
        if rule.derives not in types and rule.value is not None:
            first = maker.setdefault(rule.derives, name)
            if first != name:
                problems.append(messages.fact_twice(rule.span, rule.derives, first))


@dataclass(frozen=True, slots=True)
class EventRuleLowering:
    """What the rules of one policy are lowered with."""

    policy: str
    time_zone: str
    bindings: Bindings
    texts: Texts
    types: Mapping[str, core.EventType]

    def lower(self, rule: EventRule) -> core.EventRule:
        """The rule; mistakes are reported, and what they touch is left out."""
        self._check_shape(rule)
        seen: dict[str, core.Expression] = {}
        conditions: list[core.Expression] = []
        when: list[core.EventPattern] = []
        for each in rule.when:
            pattern, found = self._pattern(each, seen, _places(rule.when))
            conditions += found.rest
            when.append(pattern)
            seen[pattern.name] = self._event(each)
        wait = self._duration(rule.wait)
        unless = tuple(self._absent(each, seen, rule) for each in rule.unless)
        gathered = tuple(self._collection(each, seen, rule) for each in rule.collect)
        lists = {each.pattern.name.text: self._list(each.pattern) for each in rule.collect}
        bindings = self._inside({**seen, **lists}, rule.unless, messages.NOT_THERE)
        if rule.condition is not None:
            conditions.append(self._condition(rule.condition, bindings))
        fields, value = self._derived(rule, bindings)
        return core.EventRule(
            f"{self.policy}.{rule.name.text}",
            self.policy,
            self.time_zone,
            rule.title,
            tuple(when),
            unless,
            wait,
            gathered,
            tuple(conditions),
            rule.derive.text,
            fields,
            value,
            rule.name.span(),
        )

    def _check_shape(self, rule: EventRule) -> None:
        report = self.bindings.report
        if not (rule.when or rule.unless or rule.collect or rule.condition):
            report(messages.nothing_to_look_for(rule.name.span()))
        if rule.unless and not rule.when:
            report(messages.needs_when(rule.unless[0].name.span(), "unless"))
        if rule.wait is not None and not rule.when:
            report(messages.needs_when(rule.wait.span(), "wait"))
        if len(rule.when) + len(rule.unless) > MAX_PATTERNS:
            report(messages.too_many(rule.name.span(), "patterns", "模式", MAX_PATTERNS))
        taken: set[str] = set()
        for each in (*rule.when, *rule.unless, *(one.pattern for one in rule.collect)):
            name = each.name.text
            if (
                name in RESERVED
                or name in taken
                or self.bindings.resolve(name, each.name.span()) is not None
            ):
                report(messages.pattern_name_taken(each.name.span(), name))
            taken.add(name)

    def _event(self, pattern: EventPattern) -> core.Local:
        kind = self.types.get(pattern.event.text)
        type_ = ANY if kind is None else kind.type  # an unknown kind has been told, no more of it
        return core.Local(type_, pattern.name.span(), pattern.name.text)

    def _list(self, pattern: EventPattern) -> core.Local:
        event = self._event(pattern)
        return replace(event, type=ListType(event.type))

    def _pattern(
        self, pattern: EventPattern, seen: Mapping[str, core.Expression], places: Mapping[str, int]
    ) -> tuple[core.EventPattern, Conditions]:
        """A pattern, and what of its condition is neither a test of it alone nor a join."""
        name = pattern.name.text
        if pattern.event.text not in self.types:
            span, known = pattern.event.span(), self.types
            self.bindings.report(messages.unknown_event(span, pattern.event.text, known))
        own = self._event(pattern)
        joins = [
            join
            for fragment, operator in ((pattern.after, ">"), (pattern.before, "<"))
            if fragment is not None
            and (join := self._order(fragment, operator, seen, places)) is not None
        ]
        nodes: Sequence[core.Expression] = ()
        if pattern.where is not None:
            bindings = self._inside({**seen, name: own}, (), messages.AS_A_LIST_LATER)
            nodes = conjuncts(self._condition(pattern.where, bindings))
        found = split(nodes, name, {each: places[each] for each in seen})
        if pattern.event.text not in self.types:
            found = Conditions((), (), ())  # what is wrong with it has been told
        joins += found.joins
        if len(joins) > MAX_JOINS:
            self.bindings.report(
                messages.too_many(pattern.name.span(), "joins", "关联条件", MAX_JOINS)
            )
        made = core.EventPattern(name, pattern.event.text, found.tests, tuple(joins))
        return made, found

    def _order(
        self,
        fragment: Fragment,
        operator: str,
        seen: Iterable[str],
        places: Mapping[str, int],
    ) -> core.EventJoin | None:
        if fragment.text not in seen:
            self.bindings.report(messages.unknown_pattern(fragment.span(), fragment.text, seen))
            return None
        place = places[fragment.text]
        return core.EventJoin(">" if operator == ">" else "<", "position", place, "position")

    def _absent(
        self, pattern: EventPattern, seen: Mapping[str, core.Expression], rule: EventRule
    ) -> core.EventPattern:
        made, found = self._pattern(pattern, seen, _places(rule.when))
        for each in found.rest:
            self.bindings.report(messages.not_a_join(each.span, pattern.name.text))
        if rule.wait is None or not rule.when:
            return made
        # An event at the very end of the wait is still in time.
        in_time = core.EventJoin("<=", "instant", len(rule.when) - 1, "due")
        return replace(made, joins=(*made.joins, in_time))

    def _collection(
        self, collection: EventCollection, seen: Mapping[str, core.Expression], rule: EventRule
    ) -> core.EventCollection:
        pattern, found = self._pattern(collection.pattern, seen, _places(rule.when))
        in_a_row = None
        if collection.in_a_row is not None:
            names = {**seen, pattern.name: self._event(collection.pattern)}
            bindings = self._inside(names, (), messages.AS_A_LIST_LATER)
            in_a_row = self._condition(collection.in_a_row, bindings)
        within = self._duration(collection.within)
        return core.EventCollection(pattern, found.rest, within, in_a_row)

    def _inside(
        self,
        names: Mapping[str, core.Expression],
        hidden: Iterable[EventPattern],
        why: Text,
    ) -> Bindings:
        """The bindings with patterns in sight, and others told to be out of it."""
        out_of_sight = {each.name.text: why for each in hidden if each.name.text not in names}
        return replace(self.bindings.bound(names), hidden=out_of_sight)

    def _condition(self, fragment: Fragment, bindings: Bindings) -> core.Expression:
        return self._value(fragment, bindings, BOOLEAN)

    def _value(self, fragment: Fragment, bindings: Bindings, wanted: Type) -> core.Expression:
        tree = self.texts.expression(fragment, (*bindings.locals, *bindings.hidden))
        if tree is None:
            return core.Literal(wanted, fragment.span(), None)
        expected = wanted if isinstance(wanted, Enumeration | ListType) else None
        return require(lower(tree, bindings, expected), wanted, bindings)

    def _duration(self, fragment: Fragment | None) -> core.Expression | None:
        """A length of time, as ISO text or FEEL over facts, parameters and decisions."""
        if fragment is None:
            return None
        written = duration_from_text(fragment.text)
        if written is not None:
            months = isinstance(written, YearsAndMonthsDuration)
            return core.Literal(_DURATIONS[months], fragment.span(), written)
        tree = self.texts.expression(fragment)
        if tree is None:
            return None
        node = lower(tree, self.bindings)
        if node.type not in _DURATIONS and not is_dynamic(node.type):
            self.bindings.report(messages.no_duration(node.span, str(node.type)))
        return node

    def _derived(
        self, rule: EventRule, bindings: Bindings
    ) -> tuple[tuple[tuple[str, Type, core.Expression], ...], core.Expression | None]:
        name, span = rule.derive.text, rule.derive.span()
        if name in self.types:
            if self.types[name].calendar is not None:
                bindings.report(messages.reported_by_calendar(span, name))
            if rule.value is not None:
                place = rule.value.span()
                bindings.report(messages.key_not_here(place, "value", name, is_fact=False))
            return self._fields(rule, self.types[name], bindings), None
        if name not in self.bindings.facts:
            known = [*self.types, *self.bindings.facts]
            bindings.report(messages.unknown_derived(span, name, known))
            return (), None
        if rule.when:
            bindings.report(messages.fact_from_when(rule.when[0].name.span(), name))
        for key, _ in tuple(rule.fields.values())[:1]:
            bindings.report(messages.key_not_here(key.span(), "with", name, is_fact=True))
        if rule.value is None:
            bindings.report(messages.missing_value(span, name))
            return (), None
        return (), self._value(rule.value, bindings, self.bindings.facts[name].type)

    def _fields(
        self, rule: EventRule, event: core.EventType, bindings: Bindings
    ) -> tuple[tuple[str, Type, core.Expression], ...]:
        declared = {name: kind for name, kind in event.type.entries if name != AT}
        lacking = [n for n in declared if n not in rule.fields and n not in event.nullable]
        if lacking:
            span = rule.derive.span()
            bindings.report(messages.missing_fields(span, event.name, lacking))
        fields = []
        for name, (key, fragment) in rule.fields.items():
            if name not in declared:
                span, known = key.span(), tuple(declared)
                bindings.report(messages.unknown_field(span, event.name, name, known))
                continue
            value = self._value(fragment, bindings, declared[name])
            fields.append((name, declared[name], value))
        return tuple(fields)


def _places(when: Sequence[EventPattern]) -> dict[str, int]:
    return {each.name.text: place for place, each in enumerate(when)}
