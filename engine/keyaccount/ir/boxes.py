"""Rules as boxes: the values that a rule's tests leave of each subject they look at.

A subject is a fact, a decision or an input of its own. A test that compares a
subject with constants has a region; any other can't be judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keyaccount.feel.types import (
    BOOLEAN,
    DATE,
    DAYS_AND_TIME_DURATION,
    NUMBER,
    STRING,
    YEARS_AND_MONTHS_DURATION,
    Enumeration,
    Type,
)
from keyaccount.feel.values.typing import type_of
from keyaccount.ir import core
from keyaccount.ir.regions import EVERYTHING, NOTHING, Region, comparison, points

Subject = core.Input | core.DecisionValue | core.Local


@dataclass(frozen=True, slots=True)
class Box:
    """A rule with what it asks of each subject; not `exact` where a test can't be judged."""

    rule: core.Rule
    regions: Mapping[Subject, Region]
    exact: bool


def box_of(rule: core.Rule) -> Box:
    """The region that a rule's tests leave of each subject."""
    regions: dict[Subject, Region] = {}
    exact = True
    for test in rule.tests:
        found = region_of(test)
        if found is None:
            exact = False
            continue
        subject, region = found
        regions[subject] = regions.get(subject, EVERYTHING) & region
    return Box(rule, regions, exact)


def region_of(test: core.Expression) -> tuple[Subject, Region] | None:
    """The one subject that a test looks at and the values that pass; None if it can't be told."""
    match test:
        case core.Comparison(_, _, operator, subject, core.Literal(value=value)):
            if isinstance(subject, Subject) and _is_ordered(subject.type, value):
                return subject, comparison(operator, value)
        case core.Comparison(_, _, operator, core.Literal(value=value), subject):
            if isinstance(subject, Subject) and _is_ordered(subject.type, value):
                return subject, comparison(_TURNED[operator], value)
        case core.Input() | core.DecisionValue() | core.Local() if test.type == BOOLEAN:
            return test, comparison("=", value=True)
        case core.Not(_, _, operand):
            found = region_of(operand)
            return None if found is None else (found[0], ~found[1])
        case core.And(_, _, operands):
            return _joined(operands, every=True)
        case core.Or(_, _, operands):
            return _joined(operands, every=False)
        case _:
            pass
    return None


def _is_ordered(kind: Type, value: object) -> bool:
    """Whether all values of a subject, and the constant, stand in one order."""
    if isinstance(kind, Enumeration):
        return isinstance(value, str)
    return kind in _ORDERED and type_of(value) == kind


_ORDERED = (
    BOOLEAN,
    NUMBER,
    STRING,
    DATE,
    DAYS_AND_TIME_DURATION,
    YEARS_AND_MONTHS_DURATION,
)
_TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _joined(operands: tuple[core.Expression, ...], *, every: bool) -> tuple[Subject, Region] | None:
    subject: Subject | None = None
    region = EVERYTHING if every else NOTHING
    for operand in operands:
        found = region_of(operand)
        if found is None or (subject is not None and found[0] != subject):
            return None
        subject = found[0]
        region = region & found[1] if every else region | found[1]
    return None if subject is None else (subject, region)


def domain(subject: Subject, facts: Mapping[str, core.Fact]) -> Region:
    """The values that a subject can have at all, null aside."""
    region = _of_type(subject.type)
    if isinstance(subject, core.Input):
        allowed = facts[subject.name].allowed
        found = None if allowed is None else region_of(allowed)
        if found is not None:
            region = region & found[1]
    return region


def _of_type(kind: Type) -> Region:
    if isinstance(kind, Enumeration):
        return points(kind.values)
    return points((False, True)) if kind == BOOLEAN else EVERYTHING
