"""Check whole policies: everything that can be wrong, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, in_order
from keyaccount.diagnostics.policy_messages import unused_name
from keyaccount.ir import core
from keyaccount.ir.binding import bind, break_points
from keyaccount.ir.requirements import Uses, uses
from keyaccount.source import Span
from keyaccount.verify.overlaps import overlaps
from keyaccount.verify.values import always_null, dead_rules, defaults, null_tests
from keyaccount.verify.versions import versions

Check = Callable[[core.Program], Iterator[Diagnostic]]


def verify(program: core.Program, *, complete: bool = True) -> tuple[Diagnostic, ...]:
    """What is wrong or doubtful in a program, over all its dates.

    Args:
        program: as lowered, not bound to a date.
        complete: false for one with mistakes in it, of which only the tables
            that could be read are looked at.
    """
    found: dict[tuple[str, Span | None], Diagnostic] = {}
    for check in CHECKS if complete else CHECKS_OF_TABLES:
        for each in check(program):
            # What shows on several dates is told once, with its first example.
            found.setdefault((each.code, each.span), each)
    return in_order(found.values())


def _at_each_date(*checks: Check) -> Check:
    """Whatever shows only once parameters have values; a date in each stretch of validity."""

    def check_all(program: core.Program) -> Iterator[Diagnostic]:
        for day in sample_dates(program):
            try:
                bound = bind(program, day)
            except PolicyError:
                # Before the first and after the last value there is nothing to check.
                continue
            for check in checks:
                yield from check(bound)

    return check_all


def sample_dates(program: core.Program) -> tuple[date, ...]:
    """One date in each stretch between two dates on which anything changes."""
    points = break_points(program)
    if not points:
        return (date(2000, 1, 1),)
    first = points[0]
    before = first - timedelta(days=1) if first > date.min else first
    return (before, *points)


def _unused(program: core.Program) -> Iterator[Diagnostic]:
    """Facts and parameters that no decision, no condition of a plan and no event rule looks at."""
    every = (*program.decisions.values(), *program.conditions.values())
    used = [uses(each, reasons=True) for each in every]
    used += [Uses(each.expressions) for each in program.event_rules.values()]
    facts = {name for each in used for name in each.facts}
    parameters = {name for each in used for name in each.parameters}
    for name, fact in program.facts.items():
        if name not in facts:
            yield unused_name(fact.span, name, "fact", "事实")
    for name, parameter in program.parameters.items():
        if name not in parameters:
            yield unused_name(parameter.span, name.rpartition(".")[2], "parameter", "参数")


CHECKS_OF_TABLES: tuple[Check, ...] = (_at_each_date(overlaps), versions)
CHECKS: tuple[Check, ...] = (
    _at_each_date(overlaps, always_null, dead_rules),
    versions,
    defaults,
    null_tests,
    _unused,
)
