"""What event rules need of each other, of decisions, facts and parameters; rules rewritten."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from keyaccount.ir import core
from keyaccount.ir.requirements import Uses, in_order, select
from keyaccount.ir.rewrite import Rewrite


def kinds_read(rule: core.EventRule) -> set[str]:
    """The kinds of event that a rule looks for."""
    collected = (each.pattern for each in rule.collect)
    return {each.event for each in (*rule.when, *rule.unless, *collected)}


def needs(program: core.Program) -> dict[str, list[str]]:
    """For each rule the rules whose results it looks at, itself where it looks at its own."""
    makers: dict[str, list[str]] = {}
    for name, rule in program.event_rules.items():
        makers.setdefault(rule.derives, []).append(name)
    found = {}
    for name, rule in program.event_rules.items():
        used = _used(program, [rule])
        reads = [*sorted(kinds_read(rule)), *used.facts]
        found[name] = list(dict.fromkeys(maker for each in reads for maker in makers.get(each, ())))
    return found


def facts_read(program: core.Program, rule: core.EventRule) -> tuple[str, ...]:
    """The facts that a rule looks at, through decisions too."""
    return _used(program, [rule]).facts


def in_levels(program: core.Program) -> tuple[tuple[core.EventRule, ...], ...]:
    """The rules, each on a level above all those that it needs; there are no circles."""
    needed = needs(program)
    order, _ = in_order(needed)
    level: dict[str, int] = {}
    for name in order:
        level[name] = 1 + max((level[each] for each in needed[name]), default=-1)
    levels = [
        tuple(rule for name, rule in program.event_rules.items() if level[name] == each)
        for each in range(max(level.values(), default=-1) + 1)
    ]
    return tuple(levels)


def select_rules(program: core.Program, policy: str, wanted: Collection[str] = ()) -> core.Program:
    """The rules of a policy and those whose results it needs, with all that they look at.

    It needs the results of rules through its own rules, through its decisions, and where an
    event that they derive is `wanted`.
    """
    needed = needs(program)
    own = [name for name, each in program.decisions.items() if each.policy == policy]
    facts = select(program, own).facts
    pending = [
        name
        for name, rule in program.event_rules.items()
        if rule.policy == policy or rule.derives in facts or rule.derives in wanted
    ]
    names: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in names:
            names.add(name)
            pending.extend(needed[name])
    rules = {name: each for name, each in program.event_rules.items() if name in names}
    used = _used(program, rules.values())
    parameters = {name: program.parameters[name] for name in used.parameters}
    return replace(
        used.program,
        facts={name: each for name, each in program.facts.items() if name in used.facts},
        parameters={**used.program.parameters, **parameters},
        event_types=program.event_types,
        event_rules=rules,
    )


class _Used:
    """What rules look at, through decisions too."""

    __slots__ = ("facts", "parameters", "program")

    def __init__(self, program: core.Program, rules: Iterable[core.EventRule]) -> None:
        direct = Uses(expression for rule in rules for expression in rule.expressions)
        self.program = select(program, direct.decisions)
        self.facts = tuple(dict.fromkeys((*direct.facts, *self.program.facts)))
        self.parameters = direct.parameters


def _used(program: core.Program, rules: Iterable[core.EventRule]) -> _Used:
    return _Used(program, list(rules))


def rebuilt(rule: core.EventRule, change: Rewrite) -> core.EventRule:
    """The rule with `change` applied to each expression in it."""

    def maybe(node: core.Expression | None) -> core.Expression | None:
        return None if node is None else change(node)

    def key(node: core.Expression | core.EventKey) -> core.Expression | core.EventKey:
        return node if isinstance(node, str) else change(node)

    def pattern(each: core.EventPattern) -> core.EventPattern:
        joins = tuple(replace(j, own=key(j.own), theirs=key(j.theirs)) for j in each.joins)
        return replace(each, tests=tuple(map(change, each.tests)), joins=joins)

    def collection(each: core.EventCollection) -> core.EventCollection:
        return core.EventCollection(
            pattern(each.pattern),
            tuple(map(change, each.conditions)),
            maybe(each.within),
            maybe(each.in_a_row),
        )

    return replace(
        rule,
        when=tuple(map(pattern, rule.when)),
        unless=tuple(map(pattern, rule.unless)),
        wait=maybe(rule.wait),
        collect=tuple(map(collection, rule.collect)),
        conditions=tuple(map(change, rule.conditions)),
        fields=tuple((name, kind, change(value)) for name, kind, value in rule.fields),
        value=maybe(rule.value),
    )
