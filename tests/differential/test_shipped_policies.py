"""The policies that ship: every backend gives what the reference gives, on random accounts.

Values lie on and beside the figures that a policy compares with; some facts
are not given, some are null. How many accounts there are for each policy is
in `KEYACCOUNT_DIFFERENTIAL_ROWS`; the large one is run by `make differential`.
"""

from __future__ import annotations

from concurrent.futures import Executor

import pytest

from differential.account_lists import compare_lists
from differential.layouts import LAYOUTS, MIXED
from differential.shards import Shard, Tally, compare
from differential.size import IS_LARGE, ROWS
from policies.shipped import POLICIES

LARGEST_SHARD = 25_000

# All accounts in the first kind of columns; of each other kind a part, but enough.
MAIN = "decimal"
OTHERS = tuple(each for each in (*LAYOUTS, MIXED) if each != MAIN) if IS_LARGE else (MIXED,)

REFUSED = {
    # Arithmetic on a DOUBLE is not exact.
    ("qualification", "double"): {"sql.mixed-outputs", "sql.not-in-sql"},
    # Contexts, and lists of other than texts: SQL would write them otherwise than Python.
    ("escalation", "csv"): {"batch.unwritable-value"},
    ("escalation", "parquet"): {"batch.unwritable-value"},
    ("qualification", "csv"): {"batch.unwritable-value"},
    ("qualification", "parquet"): {"batch.unwritable-value"},
}
"""What SQL refuses as a whole, by policy and kind of columns: the codes of its refusals."""


def shards(policy: str, layout: str, rows: int) -> list[Shard]:
    sizes = [min(LARGEST_SHARD, rows - start) for start in range(0, rows, LARGEST_SHARD)]
    return [Shard(policy, layout, seed, size) for seed, size in enumerate(sizes)]


@pytest.mark.parametrize("policy", POLICIES)
def test_backends_agree(policy: str, processes: Executor, figures: list[str]) -> None:
    layouts = {MAIN: ROWS} | dict.fromkeys(OTHERS, ROWS // 4)
    work = {
        layout: [processes.submit(compare, each) for each in shards(policy, layout, rows)]
        for layout, rows in layouts.items()
    }
    for layout, rows in layouts.items():
        total = Tally()
        for each in work[layout]:
            total.add(each.result())
        assert not total.difference, total.difference
        figures.append(figure(policy, layout, total))
        assert total.refused == REFUSED.get((policy, layout), set())
        assert total.rows == rows
        assert set(total.statuses) >= {"decided", "undetermined"}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_account_lists_agree(kind: str, processes: Executor, figures: list[str]) -> None:
    work = {
        policy: [processes.submit(compare_lists, each) for each in shards(policy, kind, ROWS // 4)]
        for policy in POLICIES
    }
    for policy, parts in work.items():
        total = Tally()
        for each in parts:
            total.add(each.result())
        assert not total.difference, total.difference
        figures.append(figure(policy, kind, total))
        assert total.refused == REFUSED.get((policy, kind), set())
        assert total.rows == ROWS // 4


def figure(policy: str, layout: str, total: Tally) -> str:
    decided = "refused" if total.refused else f"{total.rows - total.left:>7,} by SQL"
    return (
        f"{policy:<16}{layout:<9}{total.rows:>8,} accounts, {decided}, "
        f"{total.seconds:>6.1f} s in one process"
    )
