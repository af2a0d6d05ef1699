"""Whether the rules of a table exclude each other, so that at most one can match."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from keyaccount.ir import core
from keyaccount.ir.boxes import Box, box_of, domain

MAX_RULES = 64
"""Rules up to which each pair is looked at."""


def is_disjoint(table: core.Table, facts: Mapping[str, core.Fact]) -> bool:
    """Whether it is proven that no two rules match at once, whatever the facts.

    Two rules exclude each other where both ask the same subject for different
    values; a null passes neither.

    Args:
        table: bound to a date.
        facts: by name, for the values that they can have at all.
    """
    if len(table.rules) > MAX_RULES:
        return False
    boxes = [box_of(rule) for rule in table.rules]
    return all(_exclude_each_other(one, other, facts) for one, other in combinations(boxes, 2))


def _exclude_each_other(one: Box, other: Box, facts: Mapping[str, core.Fact]) -> bool:
    return any(
        not (region & other.regions[subject] & domain(subject, facts))
        for subject, region in one.regions.items()
        if subject in other.regions
    )
