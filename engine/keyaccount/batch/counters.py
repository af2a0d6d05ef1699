"""Count outcomes while they are written.

A query leaves nothing behind but its result, except in sequences: each is a
counter, moved on by the rows that it counts. One pass over the list then
writes it and counts it; counting costs a few hundredths of the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keyaccount.batch.duck import Database, identifier, literal
from keyaccount.batch.file_format import FileFormat
from keyaccount.batch.outputs import BAR, OutputColumn, Part
from keyaccount.batch.summary import DecisionCounts
from keyaccount.feel import types
from keyaccount.ir.core import Decision
from keyaccount.ir.outcome import Status


@dataclass(frozen=True, slots=True)
class _Counter:
    """One number of the summary: of which decision's part, for which text, and when it moves."""

    part: Part
    text: str
    condition: str


class Counters:
    """The counters of a job.

    Args:
        database: where the sequences are kept.
        outputs: the columns to be written.
        facts: names of the facts that a decision may wait for.
        target: the file to be written, which says how lists look.
    """

    def __init__(
        self,
        database: Database,
        outputs: Sequence[OutputColumn],
        facts: Sequence[str],
        target: FileFormat,
    ) -> None:
        self._database = database
        self._decisions = {each.decision.name: each.decision for each in outputs}
        self._headers = {(each.decision.name, each.part): each.header for each in outputs}
        self._as_array = target is FileFormat.PARQUET
        self._counters = {
            name: [*self._of_values(each), *self._of_open(each, facts)]
            for name, each in self._decisions.items()
        }

    def reset(self) -> None:
        """Set all counters to nothing."""
        created = [f"CREATE OR REPLACE SEQUENCE {name}" for name in self._sequences()]
        self._database.run("; ".join(created))

    def condition(self) -> str:
        """A condition that is true for every row, and counts it; over the columns to be written."""
        return " AND ".join(self._moved(decision) for decision in self._decisions.values())

    def read(self, rows: int) -> dict[str, DecisionCounts]:
        """The counts, by the decisions' local names.

        Args:
            rows: how many rows were written: those not counted are decided.
        """
        moved = {
            str(name): int(str(value or 0))
            for name, value in self._database.rows(
                "SELECT sequence_name, last_value FROM duckdb_sequences()"
            )
        }
        values = iter([moved[name] for name in self._sequences()])
        return {
            self._decisions[name].local_name: _counts(zip(counters, values, strict=False), rows)
            for name, counters in self._counters.items()
        }

    def _sequences(self) -> list[str]:
        count = sum(map(len, self._counters.values()))
        return [f"counted_{index}" for index in range(count)]

    def _moved(self, decision: Decision) -> str:
        """Moves the counters of one decision; those of open rows are looked at for these alone."""
        first = 0
        for name, counters in self._counters.items():
            if name == decision.name:
                break
            first += len(counters)
        moves = [
            # NEXTVAL runs for the rows alone for which its branch is taken.
            (each, f"CASE WHEN {each.condition} THEN nextval('counted_{at}') > 0 ELSE true END")
            for at, each in enumerate(self._counters[decision.name], start=first)
        ]
        always = [sql for each, sql in moves if each.part is Part.VALUE]
        open_ = [sql for each, sql in moves if each.part is not Part.VALUE]
        status = self._column(decision, Part.STATUS)
        decided = f"{status} = {literal(Status.DECIDED.value)}"
        return " AND ".join([*always, f"CASE WHEN {decided} THEN true ELSE {_all(open_)} END"])

    def _of_values(self, decision: Decision) -> list[_Counter]:
        column = self._column(decision, Part.VALUE)
        texts = _countable(decision)
        if isinstance(decision.type, types.ListType):
            return [_Counter(Part.VALUE, text, self._holds(column, text, texts)) for text in texts]
        if decision.type == types.BOOLEAN:
            column = f"CAST({column} AS BOOLEAN)"
            return [_Counter(Part.VALUE, text, f"{column} = {text}") for text in texts]
        return [_Counter(Part.VALUE, text, f"{column} = {literal(text)}") for text in texts]

    def _of_open(self, decision: Decision, facts: Sequence[str]) -> list[_Counter]:
        status = self._column(decision, Part.STATUS)
        statuses = [
            _Counter(Part.STATUS, each.value, f"{status} = {literal(each.value)}")
            for each in Status
            if each is not Status.DECIDED
        ]
        missing = self._column(decision, Part.MISSING)
        waits = [_Counter(Part.MISSING, each, self._holds(missing, each, facts)) for each in facts]
        return statuses + waits

    def _column(self, decision: Decision, part: Part) -> str:
        return identifier(self._headers[decision.name, part])

    def _holds(self, column: str, item: str, items: Sequence[str]) -> str:
        """Whether a list holds an item; `items` are all that it may hold."""
        if self._as_array:
            return f"list_contains({column}, {literal(item)})"
        if all(item == other or item not in other for other in items):
            return f"contains({column}, {literal(item)})"
        return f"contains(concat('{BAR}', {column}, '{BAR}'), {literal(BAR + item + BAR)})"


def _all(conditions: Sequence[str]) -> str:
    return f"({' AND '.join(conditions)})" if conditions else "true"


def _countable(decision: Decision) -> list[str]:
    """The values that are counted, as texts: of booleans and enumerations, and lists of them."""
    of = decision.type.item if isinstance(decision.type, types.ListType) else decision.type
    if of == types.BOOLEAN:
        return ["true", "false"]
    return list(of.values) if isinstance(of, types.Enumeration) else []


def _counts(moved: Iterable[tuple[_Counter, int]], rows: int) -> DecisionCounts:
    found: dict[Part, dict[str, int]] = {part: {} for part in Part}
    for counter, count in moved:
        found[counter.part][counter.text] = count
    open_ = {Status(text): count for text, count in found[Part.STATUS].items()}
    return DecisionCounts(
        statuses={Status.DECIDED: rows - sum(open_.values()), **open_},
        values=found[Part.VALUE] or None,
        missing={name: count for name, count in found[Part.MISSING].items() if count},
    )
