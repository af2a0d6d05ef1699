"""What the rules of a table ask of one subject each: regions of its values, by coordinates.

The constants that a table compares a subject with cut its values into
segments, within which every test gives the same answer. A rule's cell is then
the set of segments where it is true, kept as the bits of an integer. So one
sees that two rules can never match together, and finds the rules that match
without trying each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

from keyaccount.backends.python.scope import ORDERED, Kind, Locals, Plain, Scope, kind_of_value
from keyaccount.ir import core
from keyaccount.ir.rewrite import descendants

Subject = core.Input | core.DecisionValue | core.Local

NULL = 0
"""The segment that is null alone."""


@dataclass(frozen=True, slots=True)
class Column:
    """A subject of a table, and the constants that it is compared with.

    Segment 0 is null, segment `2 * i + 2` the constant of index `i` itself;
    the odd segments lie before, between and behind. (Of texts, which are only
    ever looked at for being equal, all odd segments give the same answers.)
    """

    subject: Subject
    kind: Kind
    constants: tuple[object, ...]
    cells: dict[int, int] = field(default_factory=dict)
    """By the rule's index: the bits of the segments where its tests of the subject are true."""
    reaches: dict[int, int] = field(default_factory=dict)
    """The same for the segments that don't exclude the rule while other subjects are unknown.

    `null and unknown` is unknown: so within one `and`, null excludes nothing.
    """

    @property
    def segments(self) -> int:
        """How many there are, null included."""
        return 2 * len(self.constants) + 2


def columns(table: core.Table, scope: Scope, locals_: Locals) -> list[Column] | None:
    """The columns of a table; None where a test is not about one subject alone."""
    tests: dict[Subject, list[Part]] = {}
    for i, rule in enumerate(table.rules):
        for part in _parts(i, rule):
            subject = _only_subject(part.test)
            if subject is None:
                return None
            tests.setdefault(subject, []).append(part)
    found: list[Column] = []
    for subject, own in tests.items():
        column = _column(subject, _plain(subject, scope, locals_).kind, own)
        if column is None:
            return None
        found.append(column)
    return found


def disjoint(columns_: list[Column], rules: int) -> bool:
    """Whether a rule that matches tells of each other one that it does not.

    Both must ask the same subject, which is then known: a rule that can never
    match for want of a value is still open while its subject is unknown.
    """
    return all(
        any(_excludes(each.reaches, i, j) for each in columns_)
        for i in range(rules)
        for j in range(i)
    )


def _excludes(reaches: dict[int, int], one: int, other: int) -> bool:
    return one in reaches and other in reaches and not reaches[one] & reaches[other]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a rule's condition; `alone`: it is no operand of an `and`."""

    rule: int
    test: core.Expression
    alone: bool


def _parts(number: int, rule: core.Rule) -> Iterator[Part]:
    pending = [(test, True) for test in reversed(rule.tests)]
    while pending:
        test, alone = pending.pop()
        if isinstance(test, core.And):
            pending.extend((each, False) for each in reversed(test.operands))
        else:
            yield Part(number, test, alone)


def _plain(subject: Subject, scope: Scope, locals_: Locals) -> Plain:
    match subject:
        case core.Input():
            return scope.facts[subject.name]
        case core.DecisionValue():
            return scope.decisions[subject.name]
        case core.Local():
            return locals_[subject.name]


def _only_subject(test: core.Expression) -> Subject | None:
    """The one subject of a test that is made of comparisons with constants."""
    subjects: set[Subject] = set()
    for node in descendants(test):
        match node:
            case core.Input() | core.DecisionValue() | core.Local():
                subjects.add(node)
            case core.Comparison(left=left, right=right):
                if isinstance(left, core.Literal) is isinstance(right, core.Literal):
                    return None
            case core.And() | core.Or() | core.Not() | core.Literal():
                pass
            case _:
                return None
    return subjects.pop() if len(subjects) == 1 else None


def _column(subject: Subject, kind: Kind, parts: list[Part]) -> Column | None:
    compared = [each for part in parts for each in _compared(part.test)]
    if not all(_fits(kind, operator, value) for operator, value in compared):
        return None
    values = {value for _, value in compared if value is not None}
    if kind is Kind.BOOLEAN:
        values = {False, True}
    ordered: tuple[object, ...] = tuple(sorted(values))  # type: ignore[type-var]  # of one kind
    column = Column(subject, kind, ordered)
    places = {value: 2 * i + 2 for i, value in enumerate(ordered)}
    everywhere = (1 << column.segments) - 1
    for part in parts:
        answers = _answers(part.test, places, everywhere)
        reach = answers.true if part.alone else answers.true | answers.null
        column.cells[part.rule] = column.cells.get(part.rule, -1) & answers.true
        column.reaches[part.rule] = column.reaches.get(part.rule, -1) & reach
    return column


def _compared(test: core.Expression) -> Iterator[tuple[str, object]]:
    """The operators of a test and its constants; a bare subject is compared with true."""
    match test:
        case core.Comparison(operator=operator, left=core.Literal(value=value)):
            yield operator, value
        case core.Comparison(operator=operator, right=core.Literal(value=value)):
            yield operator, value
        case core.And(operands=operands) | core.Or(operands=operands):
            for each in operands:
                yield from _compared(each)
        case core.Not(operand=operand):
            yield from _compared(operand)
        case core.Literal():
            pass
        case _:
            yield "=", True


def _fits(kind: Kind, operator: str, value: object) -> bool:
    """Whether the segments of a subject of that kind tell the answer of the comparison."""
    if kind is Kind.OTHER:
        return False
    if operator in ("=", "!="):
        return value is None or kind_of_value(value) is kind
    return kind in ORDERED and kind is not Kind.STRING and kind_of_value(value) is kind


class Answers(NamedTuple):
    """The segments where a test is true, and those where it is null, as bits."""

    true: int
    null: int


def _answers(test: core.Expression, places: Mapping[object, int], everywhere: int) -> Answers:
    """FEEL's three values, in all segments at once."""
    match test:
        case core.Comparison(operator=operator, left=core.Literal(value=value)):
            return _compared_with(_MIRRORED[operator], places.get(value, NULL), everywhere)
        case core.Comparison(operator=operator, right=core.Literal(value=value)):
            return _compared_with(operator, places.get(value, NULL), everywhere)
        case core.And(operands=operands):
            each = [_answers(operand, places, everywhere) for operand in operands]
            true = reduce(and_, (one.true for one in each))
            not_false = reduce(and_, (one.true | one.null for one in each))
            return Answers(true, not_false & ~true)
        case core.Or(operands=operands):
            each = [_answers(operand, places, everywhere) for operand in operands]
            true = reduce(or_, (one.true for one in each))
            return Answers(true, reduce(or_, (one.null for one in each)) & ~true)
        case core.Not(operand=operand):
            true, null = _answers(operand, places, everywhere)
            return Answers(everywhere & ~(true | null), null)
        case core.Literal(value=value):
            if isinstance(value, bool):
                return Answers(everywhere if value else 0, 0)
            return Answers(0, everywhere)
        case _:
            return Answers(1 << places[True], 1 << NULL)


def _compared_with(operator: str, place: int, everywhere: int) -> Answers:
    """`subject operator constant`, the constant being segment `place`."""
    here = 1 << place
    below = (here - 1) & ~(1 << NULL)
    above = everywhere & ~(here - 1) & ~here
    null = 0 if operator in ("=", "!=") else 1 << NULL
    true = {
        "=": here,
        "!=": everywhere & ~here,
        "<": below,
        "<=": below | here,
        ">": above,
        ">=": above | here,
    }[operator]
    return Answers(true, null)


_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
