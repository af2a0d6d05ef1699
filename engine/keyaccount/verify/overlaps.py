"""Find rules that match the same facts where they must not: under `unique`, and under `any`.

Each rule is a box: a region for each subject (a fact, a decision, an input)
that its tests look at. Two boxes that meet in every subject overlap. A test
that is no comparison with constants can't be judged; rules with such a test
are left to the run, where two matches are a conflict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from keyaccount.diagnostics import table_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, Severity
from keyaccount.feel.operations import same
from keyaccount.feel.values.text import to_text
from keyaccount.ir import core
from keyaccount.ir.boxes import Box, Subject, box_of, domain
from keyaccount.ir.regions import EVERYTHING, Region
from keyaccount.ir.rewrite import table_of
from keyaccount.model.policy import HitPolicy


def overlaps(program: core.Program) -> Iterator[Diagnostic]:
    """The overlaps in all `unique` and `any` tables of a program bound to a date."""
    for decision in program.decisions.values():
        table = table_of(decision.logic)
        if table is not None and table.hit_policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
            yield from table_overlaps(table, program)


def table_overlaps(table: core.Table, program: core.Program) -> Iterator[Diagnostic]:
    """The overlaps of one table; of each rule, with the first that it must not meet."""
    boxes = [box_of(rule) for rule in table.rules]
    index = _Index(boxes, program)
    clash = _different if table.hit_policy is HitPolicy.ANY else _always
    for position, box in enumerate(boxes):
        if not box.exact:
            continue
        for other in index.meeting(position):
            if boxes[other].exact and clash(boxes[other].rule, box.rule):
                yield _message(boxes[other], box, table.hit_policy, program)
                break


def _always(_first: core.Rule, _second: core.Rule) -> bool:
    return True


def _different(first: core.Rule, second: core.Rule) -> bool:
    """Whether it is plain to see that two rules give different results."""
    one, other = first.output, second.output
    return (
        isinstance(one, core.Literal)
        and isinstance(other, core.Literal)
        and not same(one.value, other.value)
    )


class _Index:
    """Which rules meet a rule in every subject, by one bit set of rules a segment.

    Coordinate compression: all bounds of a subject cut its values into
    segments, and each segment knows the rules whose region covers it.
    """

    def __init__(self, boxes: list[Box], program: core.Program) -> None:
        self._boxes = boxes
        self._all = (1 << len(boxes)) - 1
        subjects = dict.fromkeys(each for box in boxes for each in box.regions)
        self._segments = {each: self._cut(each, domain(each, program.facts)) for each in subjects}

    def _cut(self, subject: Subject, within: Region) -> list[tuple[Region, int]]:
        regions = [box.regions.get(subject, EVERYTHING) & within for box in self._boxes]
        cuts = sorted(
            {cut for region in regions for pair in region.intervals for cut in pair if cut}
        )
        bounds = [None, *cuts, None]
        segments = []
        for low, high in pairwise(bounds):
            segment = Region(((low, high),)) & within
            if segment:
                covering = sum(1 << i for i, each in enumerate(regions) if each & segment)
                segments.append((segment, covering))
        return segments

    def meeting(self, position: int) -> Iterator[int]:
        """The earlier rules that overlap with one."""
        found = self._all & ((1 << position) - 1)
        for subject, segments in self._segments.items():
            own = self._boxes[position].regions.get(subject, EVERYTHING)
            met = 0
            for segment, covering in segments:
                if covering >> position & 1 and own & segment:
                    met |= covering
            found &= met
        while found:
            lowest = found & -found
            yield lowest.bit_length() - 1
            found ^= lowest


def _message(first: Box, second: Box, hit_policy: HitPolicy, program: core.Program) -> Diagnostic:
    subjects = dict.fromkeys([*first.regions, *second.regions])
    parts = []
    for subject in subjects:
        meet = (
            first.regions.get(subject, EVERYTHING)
            & second.regions.get(subject, EVERYTHING)
            & domain(subject, program.facts)
        )
        parts.append(f"`{_name(subject)} = {to_text(meet.example())}`")
    derived = [each for each in subjects if not isinstance(each, core.Input)]
    tell = messages.different_results if hit_policy is HitPolicy.ANY else messages.overlap
    found = tell(second.rule.span, second.rule.id, first.rule.id, ", ".join(parts) or "`-`")
    if derived and len(subjects) > 1:
        # Derived inputs may hang together, so that no facts are in both boxes.
        return replace(found, severity=Severity.WARNING)
    return found


def _name(subject: Subject) -> str:
    return subject.span.text if isinstance(subject, core.Local) else subject.name
