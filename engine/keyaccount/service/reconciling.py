"""Find the rows of a list that carry a value which no version of the policies gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, DecimalException
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from keyaccount.batch.outputs import Part, part_text
from keyaccount.batch.rows import FactRow, open_rows
from keyaccount.diagnostics import name_messages
from keyaccount.diagnostics.diagnostic import FactError, PolicyError, UnknownNameError
from keyaccount.ir.outcome import Outcome, Status
from keyaccount.policy_set import PolicySet
from keyaccount.service.versions import store

Tell = Callable[[float], None]
"""Told the share that is done, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be reconciled.

    `source` is a list in CSV, XLSX or Parquet, `header` the column that carries
    the decision's value: a row without a value there is passed over. `days` are
    dates whose figures and rules apply; None is today. `encoding` of a CSV file
    is found out where it is None.
    """

    source: Path
    policy: str
    decision: str
    header: str
    days: Sequence[date | None] = (None,)
    encoding: str | None = None


@dataclass(slots=True)
class Unexplained:
    """A row whose value nothing explains; `given` is what the versions gave instead.

    `line` is where it stands in the file.
    """

    line: int
    carried: str
    given: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many rows carry a value, by how many versions they were decided, and what is left.

    `unreadable` rows could not even be taken apart.
    """

    rows: int
    versions: int
    unexplained: tuple[Unexplained, ...]
    unreadable: int


def reconcile(engine: Engine, asked: Asked, tell: Tell = lambda _: None) -> Reconciled:
    """Decide the list by every stored version, on every day, and look who gives what it carries.

    Args:
        engine: of the service's database, which keeps all versions.
        asked: the list, and which of its columns carries which decision.
        tell: told how far it is.

    Raises:
        FactError: no such column, or the list cannot be read.
        UnknownNameError: no stored version has such a decision.
    """
    found = _Reconciling(asked, tell)
    versions = _versions(engine, asked)
    passes = list(product(versions, asked.days))
    with TemporaryDirectory(prefix="keyaccount-reconcile-") as folder:
        for number, (policies, day) in enumerate(passes):
            found.strike_out(policies, day, Path(folder), (number, len(passes)))
    return found.result()


def _versions(engine: Engine, asked: Asked) -> list[PolicySet]:
    """All versions that have the decision, the newest first.

    Raises:
        UnknownNameError: none has.
    """
    stored = [store.load(engine, version) for version, _ in store.stored(engine)]
    having = [each for each in stored if asked.decision in _decisions(each, asked.policy)]
    if having:
        return having
    known = {name for each in stored for name in each.policies}
    if asked.policy not in known:
        raise UnknownNameError([name_messages.unknown_policy(asked.policy, known)])
    names = {name for each in stored for name in _decisions(each, asked.policy)}
    told = name_messages.unknown_decision(asked.policy, asked.decision, names)
    raise UnknownNameError([told])


def _decisions(policies: PolicySet, policy: str) -> Mapping[str, object]:
    found = policies.policies.get(policy)
    return {} if found is None else found.decisions


class _Reconciling:
    """The rows that nothing has explained yet, by their lines: all, before the first version."""

    def __init__(self, asked: Asked, tell: Tell) -> None:
        self._asked = asked
        self._tell = tell
        self._left: dict[int, Unexplained] = {}
        self._rows = 0
        self._unreadable = 0
        self._tried: set[str] = set()
        self._refused: PolicyError | None = None

    def result(self) -> Reconciled:
        """What is left.

        Raises:
            PolicyError: no version is in force on any of the days.
        """
        if not self._tried and self._refused is not None:
            raise self._refused
        left = tuple(self._left.values())
        return Reconciled(self._rows, len(self._tried), left, self._unreadable)

    def strike_out(
        self, policies: PolicySet, day: date | None, folder: Path, at: tuple[int, int]
    ) -> None:
        """Take the rows out whose value this version gives on that day, if it is in force then."""
        try:
            self._read(policies, day, folder, at)
        except PolicyError as error:
            self._refused = error

    def _read(
        self, policies: PolicySet, day: date | None, folder: Path, at: tuple[int, int]
    ) -> None:
        asked = self._asked
        number, passes = at
        with open_rows(
            policies,
            asked.policy,
            asked.source,
            folder,
            decisions=[asked.decision],
            as_of=day,
            encoding=asked.encoding,
            keep=asked.header,
        ) as rows:
            self._unreadable = rows.unreadable
            first = not self._tried
            for row in rows:
                self._tell((number + row.number / rows.count) / passes)
                self._look_at(policies, day, row, first=first)
        self._tried.add(policies.version)

    def _look_at(self, policies: PolicySet, day: date | None, row: FactRow, *, first: bool) -> None:
        carried = (row.kept or "").strip()
        if first and carried:
            self._rows += 1
            self._left[row.line] = Unexplained(row.line, carried)
        left = self._left.get(row.line)
        if left is None:
            return
        given = self._given(policies, day, row)
        if given is None:
            return
        asked = self._asked
        titles = policies.program.decisions[f"{asked.policy}.{asked.decision}"].value_titles
        if _same(carried, given, titles):
            del self._left[row.line]
        elif given not in left.given:
            left.given.append(given)

    def _given(self, policies: PolicySet, day: date | None, row: FactRow) -> str | None:
        """What the version comes to, as lists show it; None where the row is no case for it."""
        facts = row.facts()
        if facts is None:
            return None
        asked = self._asked
        try:
            made = policies.decide(asked.policy, facts, as_of=day, decisions=[asked.decision])
        except FactError:
            return None
        outcome = Outcome(made[asked.decision].value, (), Status.DECIDED)
        return part_text(outcome, Part.VALUE, lists_as_json=False) or ""


def _same(carried: str, given: str, titles: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether both mean the same: equal, equal as numbers, or the value by one of its titles."""
    if carried == given or carried in titles.get(given, {}).values():
        return True
    try:
        return Decimal(carried) == Decimal(given)
    except DecimalException:
        return False
