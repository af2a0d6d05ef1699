"""Find versions of one rule, alike in all but their dates, that overlap or leave a gap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from keyaccount.diagnostics import table_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.ir import core
from keyaccount.ir.rewrite import table_of
from keyaccount.model.policy import HitPolicy

_ALL_HITS = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


def versions(program: core.Program) -> Iterator[Diagnostic]:
    """The overlaps and gaps between versions of a rule, in all tables of a program."""
    for decision in program.decisions.values():
        table = table_of(decision.logic)
        if table is None:
            continue
        alike: dict[tuple[object, ...], list[core.Rule]] = {}
        for rule in table.rules:
            if rule.tests and (rule.validity.since or rule.validity.until):
                alike.setdefault(_what_it_says(rule, table.hit_policy), []).append(rule)
        for rules in alike.values():
            yield from _of_one_rule(rules)


def _what_it_says(rule: core.Rule, hit_policy: HitPolicy) -> tuple[object, ...]:
    """What versions have in common: the tests; and where all hits count, the result too."""
    return (rule.tests, rule.output if hit_policy in _ALL_HITS else None)


def _of_one_rule(rules: list[core.Rule]) -> Iterator[Diagnostic]:
    ordered = sorted(rules, key=lambda each: each.validity.since or date.min)
    for earlier, later in pairwise(ordered):
        end, begin = earlier.validity.until, later.validity.since
        if end is None or begin is None or begin < end:
            yield messages.overlapping_validity(later.span, later.id, earlier.id)
        elif end < begin:
            yield messages.gap_between_rules(later.span, later.id, earlier.id, end, begin)
