"""Whether a table always has a match, so that its default is no possible outcome.

Only proven where every rule in question is a box: then the values of all
subjects are cut into segments, subject by subject, each segment with the rules
that cover it, until some rule covers what is left or none does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from keyaccount.ir import core
from keyaccount.ir.boxes import Box, Subject, box_of, domain
from keyaccount.ir.regions import EVERYTHING, Region

MAX_STEPS = 20_000
"""How far the proof goes; a table that needs more counts as not proven."""


def is_complete(
    table: core.Table, facts: Mapping[str, core.Fact], never_null: frozenset[str]
) -> bool:
    """Whether it is proven that some rule matches, whatever the facts.

    Args:
        table: bound to a date.
        facts: what is declared of them.
        never_null: the full names of decisions that are never null.
    """
    boxes = [box for box in map(box_of, table.rules) if box.exact]
    if any(not box.regions for box in boxes):
        return True
    subjects = dict.fromkeys(each for box in boxes for each in box.regions)
    if not subjects or not all(_has_values(each, facts, never_null) for each in subjects):
        return False
    return _Proof(boxes, [(each, domain(each, facts)) for each in subjects]).holds()


def _has_values(
    subject: Subject, facts: Mapping[str, core.Fact], never_null: frozenset[str]
) -> bool:
    """Whether the subject is never null: a null passes no comparison."""
    match subject:
        case core.Input():
            return not facts[subject.name].nullable
        case core.DecisionValue():
            return subject.name in never_null
        case _:
            return False


class _Proof:
    """Covers the values of the subjects, one subject after the other."""

    def __init__(self, boxes: Sequence[Box], subjects: Sequence[tuple[Subject, Region]]) -> None:
        self._all = (1 << len(boxes)) - 1
        self._columns = [_column(boxes, subject, within) for subject, within in subjects]
        self._known: dict[tuple[int, int], bool] = {}
        self._steps = 0

    def holds(self) -> bool:
        return self._covered(0, self._all)

    def _covered(self, depth: int, rules: int) -> bool:
        """Whether some of the rules cover all values of the subjects from `depth` on."""
        if not rules or depth == len(self._columns):
            return bool(rules)
        key = (depth, rules)
        if key not in self._known:
            self._steps += 1
            self._known[key] = self._steps <= MAX_STEPS and all(
                self._covered(depth + 1, rules & covering) for covering in self._columns[depth]
            )
        return self._known[key]


def _column(boxes: Sequence[Box], subject: Subject, within: Region) -> set[int]:
    """The sets of rules, as bits, that cover one segment or another of a subject."""
    regions = [box.regions.get(subject, EVERYTHING) & within for box in boxes]
    cuts = sorted({cut for each in regions for pair in each.intervals for cut in pair if cut})
    segments = (Region((bounds,)) & within for bounds in pairwise([None, *cuts, None]))
    return {
        sum(1 << i for i, region in enumerate(regions) if region & segment)
        for segment in segments
        if segment
    }


def never_null(
    decision: core.Decision, facts: Mapping[str, core.Fact], known: frozenset[str]
) -> bool:
    """Whether it is plain to see that a decision never comes to null.

    Args:
        decision: bound to a date, its table marked where it is complete.
        facts: what is declared of them.
        known: the decisions that are never null, of those before it.
    """
    logic = decision.logic
    while isinstance(logic, core.Let):
        logic = logic.body
    if not isinstance(logic, core.Table):
        return _never_null(logic, facts, known)
    if logic.aggregation is not None:
        return False
    results = [rule.output for rule in logic.rules]
    if not logic.complete:
        results.append(logic.default)
    return all(_never_null(each, facts, known) for each in results)


def _never_null(
    node: core.Expression, facts: Mapping[str, core.Fact], known: frozenset[str]
) -> bool:
    match node:
        case core.Literal():
            return node.value is not None
        case core.Input():
            return not facts[node.name].nullable
        case core.DecisionValue():
            return node.name in known
        case core.Comparison():
            return _never_null(node.left, facts, known) and _never_null(node.right, facts, known)
        case core.And() | core.Or():
            return all(_never_null(each, facts, known) for each in node.operands)
        case core.Not():
            return _never_null(node.operand, facts, known)
        case core.If():
            return _never_null(node.then, facts, known) and _never_null(
                node.otherwise, facts, known
            )
        case _:
            return False
