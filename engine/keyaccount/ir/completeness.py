"""Whether a table always has a match, so that its default is no possible outcome.

Only proven where every rule in question is a box: then the values of all
subjects are cut into segments, subject by subject, each segment with the rules
that cover it, until some rule covers what is left or none does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from keyaccount.ir import core
from keyaccount.ir.boxes import Box, Subject, box_of, domain
from keyaccount.ir.hit_policies import is_list_valued
from keyaccount.ir.regions import EVERYTHING, Region
from keyaccount.model.policy import Aggregation

MAX_STEPS = 20_000
"""How far the proof goes; a table that needs more counts as not proven."""


@dataclass(frozen=True, slots=True)
class Sure:
    """What is known never to be null: facts that are not nullable, decisions, locals."""

    facts: Mapping[str, core.Fact]
    names: frozenset[str]

    def never_null(self, node: core.Expression) -> bool:  # noqa: C901 # one arm a kind of node
        """Whether it is plain to see that an expression never comes to null.

        Sums and products of numbers count as never null: they are only beyond
        10^6144.
        """
        match node:
            case core.Literal():
                return node.value is not None
            case core.Input():
                return not self.facts[node.name].nullable
            case core.DecisionValue() | core.Local():
                return node.name in self.names
            case core.Comparison() | core.Arithmetic(operator="+" | "-" | "*"):
                return self.never_null(node.left) and self.never_null(node.right)
            case core.And() | core.Or():
                return all(map(self.never_null, node.operands))
            case core.Not() | core.Negate():
                return self.never_null(node.operand)
            case core.If():
                return self.never_null(node.then) and self.never_null(node.otherwise)
            case core.Let():
                return self.with_let(node).never_null(node.body)
            case core.Call(function="list contains"):
                return self.never_null(node.arguments[0])
            case core.Table():
                return self._table(node)
            case _:
                return False

    def with_let(self, node: core.Let) -> Sure:
        """What is sure inside a `Let`."""
        return Sure(self.facts, self.names | {node.name}) if self.never_null(node.value) else self

    def _table(self, table: core.Table) -> bool:
        if is_list_valued(table) or table.aggregation is Aggregation.COUNT:
            return True
        results = [rule.output for rule in table.rules]
        if not table.complete:
            results.append(table.default)
        return table.aggregation is None and all(map(self.never_null, results))


def is_complete(table: core.Table, sure: Sure) -> bool:
    """Whether it is proven that some rule matches, whatever the facts.

    Args:
        table: bound to a date.
        sure: what is known never to be null.
    """
    boxes = [box for box in map(box_of, table.rules) if box.exact]
    if any(not box.regions for box in boxes):
        return True
    subjects = dict.fromkeys(each for box in boxes for each in box.regions)
    # A null passes no comparison.
    if not subjects or not all(map(sure.never_null, subjects)):
        return False
    return _Proof(boxes, [(each, domain(each, sure.facts)) for each in subjects]).holds()


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
