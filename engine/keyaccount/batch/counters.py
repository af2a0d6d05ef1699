"""Count outcomes while they are written.

A query leaves nothing behind but its result, except in sequences: each is a
counter, moved on by the rows that it counts. One pass over the list then
writes it and counts it; counting costs a few hundredths of the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """One number of the summary: which decision's, of what part, counting which text."""

    decision: str
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
        self._outputs = outputs
        self._as_array = target is FileFormat.PARQUET
        self._counters = [each for column in outputs for each in self._of(column, facts)]

    def reset(self) -> None:
        """Set all counters to nothing."""
        for index in range(len(self._counters)):
            self._database.run(f"CREATE OR REPLACE SEQUENCE {_sequence(index)}")

    def condition(self) -> str:
        """A condition that is true for every row, and counts it; over the columns to be written."""
        counted = [
            # NEXTVAL runs for the rows alone for which its branch is taken.
            f"CASE WHEN {each.condition} THEN nextval({literal(_sequence(index))}) > 0 "
            "ELSE true END"
            for index, each in enumerate(self._counters)
        ]
        return " AND ".join(counted) or "true"

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
        found: dict[tuple[str, Part], dict[str, int]] = {}
        for index, each in enumerate(self._counters):
            part = found.setdefault((each.decision, each.part), {})
            part[each.text] = moved.get(_sequence(index), 0)
        decisions = {column.decision.name: column.decision for column in self._outputs}
        return {each.local_name: _counts(each, found, rows) for each in decisions.values()}

    def _of(self, column: OutputColumn, facts: Sequence[str]) -> list[_Counter]:
        name, part = identifier(column.header), column.part
        decision = column.decision
        match part:
            case Part.STATUS:
                texts = [each.value for each in Status if each is not Status.DECIDED]
                conditions = [f"{name} = {literal(text)}" for text in texts]
            case Part.MISSING:
                texts = list(facts)
                conditions = [f"{name} IS NOT NULL AND {self._holds(name, each)}" for each in texts]
            case Part.VALUE:
                texts = _countable(decision)
                conditions = [self._is_value(column, each) for each in texts]
            case Part.RULES | Part.POSSIBLE:
                return []
        return [
            _Counter(decision.name, part, text, condition)
            for text, condition in zip(texts, conditions, strict=True)
        ]

    def _is_value(self, column: OutputColumn, text: str) -> str:
        name = identifier(column.header)
        if isinstance(column.decision.type, types.ListType):
            return self._holds(name, text)
        if column.decision.type == types.BOOLEAN:
            return f"CAST({name} AS BOOLEAN) = {text}"
        return f"{name} = {literal(text)}"

    def _holds(self, name: str, item: str) -> str:
        """Whether a list holds an item."""
        if self._as_array:
            return f"list_contains({name}, {literal(item)})"
        wrapped = f"concat('{BAR}', {name}, '{BAR}')"
        return f"contains({wrapped}, {literal(BAR + item + BAR)})"


def _countable(decision: Decision) -> list[str]:
    """The values that are counted, as texts: of booleans and enumerations, and lists of them."""
    of = decision.type.item if isinstance(decision.type, types.ListType) else decision.type
    if of == types.BOOLEAN:
        return ["true", "false"]
    return list(of.values) if isinstance(of, types.Enumeration) else []


def _counts(
    decision: Decision, found: Mapping[tuple[str, Part], Mapping[str, int]], rows: int
) -> DecisionCounts:
    open_ = found.get((decision.name, Part.STATUS), {})
    statuses = {Status.DECIDED: rows - sum(open_.values())}
    statuses |= {Status(text): count for text, count in open_.items()}
    return DecisionCounts(
        statuses=statuses,
        values=found.get((decision.name, Part.VALUE)),
        missing={
            name: count
            for name, count in found.get((decision.name, Part.MISSING), {}).items()
            if count
        },
    )


def _sequence(index: int) -> str:
    return f"counted_{index}"
