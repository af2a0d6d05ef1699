"""Find the rows of a list that carry a value which no version of the policies gives."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, DecimalException
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from keyaccount.batch import run_batch
from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.policy_set import PolicySet
from keyaccount.service.versions import store

_ROW = "reconcile: row"
_CARRIED = "reconcile: carried"


@dataclass(slots=True)
class Unexplained:
    """A row whose value nothing explains; `given` is what the versions gave instead."""

    row: int
    carried: str
    given: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many rows carry a value, how often by how many versions they were decided."""

    rows: int
    versions: int
    unexplained: tuple[Unexplained, ...]


def reconcile(
    engine: Engine,
    source: Path,
    policy: str,
    decision: str,
    header: str,
    days: Sequence[date | None] = (None,),
) -> Reconciled:
    """Decide the list by every stored version, on every day, and look who gives what it carries.

    Args:
        engine: of the service's database, which keeps all versions.
        source: a CSV file in UTF-8 with the facts.
        policy: the policy's name.
        decision: the decision whose value the list carries.
        header: the column in which it does. A row without a value there is passed over.
        days: dates whose figures and rules apply; None is today.

    Raises:
        FactError: no such column, or the list cannot be decided.
        UnknownNameError: no stored version has such a decision.
    """
    with TemporaryDirectory(prefix="keyaccount-reconcile-") as name:
        folder = Path(name)
        numbered = folder / "list.csv"
        left = {each.row: each for each in _numbered(source, numbered, header, decision)}
        rows = len(left)
        names = [version for version, _ in store.stored(engine)]
        tried = 0
        for version in names:
            policies = store.load(engine, version)
            if decision not in _decisions(policies, policy):
                continue
            tried += 1
            for day in days:
                _strike_out(policies, policy, decision, day, numbered, folder / "out.csv", left)
    return Reconciled(rows, tried, tuple(left.values()))


def _decisions(policies: PolicySet, policy: str) -> Mapping[str, object]:
    found = policies.policies.get(policy)
    return {} if found is None else found.decisions


def _numbered(source: Path, target: Path, header: str, decision: str) -> Iterator[Unexplained]:
    """Copy the list with a number for each row, the carried value under a name of its own."""
    with (
        source.open(encoding="utf-8-sig", newline="") as file,
        target.open("w", encoding="utf-8", newline="") as copy,
    ):
        rows = csv.reader(file)
        headers = next(rows, [])
        if header not in headers:
            raise FactError([messages.no_such_column(header, headers)])
        at = headers.index(header)
        # A column that has the decision's own name would be taken for its result.
        kept = [n for n, each in enumerate(headers) if n != at and each != decision]
        writer = csv.writer(copy)
        writer.writerow([_ROW, _CARRIED, *(headers[n] for n in kept)])
        for number, row in enumerate(rows, 2):
            if len(row) == len(headers) and row[at].strip():
                writer.writerow([number, row[at], *(row[n] for n in kept)])
                yield Unexplained(number, row[at].strip())


def _strike_out(
    policies: PolicySet,
    policy: str,
    decision: str,
    day: date | None,
    source: Path,
    output: Path,
    left: dict[int, Unexplained],
) -> None:
    """Take the rows out of `left` whose value this version gives."""
    run_batch(policies, policy, source, output, decisions=[decision], as_of=day)
    titles = policies.program.decisions[f"{policy}.{decision}"].value_titles
    with output.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            number = int(row[_ROW])
            if number not in left:
                continue
            given = row[decision]
            if _same(left[number].carried, given, titles):
                del left[number]
            elif given not in left[number].given:
                left[number].given.append(given)


def _same(carried: str, given: str, titles: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether both mean the same: equal, equal as numbers, or the value by one of its titles."""
    if carried == given or carried in titles.get(given, {}).values():
        return True
    try:
        return Decimal(carried) == Decimal(given)
    except DecimalException:
        return False
