"""Rows decided one by one, on their way back to their places in the list.

They go through a CSV file that the database reads: it takes any number of rows
in little memory, and needs nothing but itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from keyaccount.batch.account_list import ROW_NUMBER
from keyaccount.batch.duck import file_literal, literal
from keyaccount.batch.outputs import OutputColumn, Part, part_text
from keyaccount.ir.outcome import Outcome

REJECTED: Final = "rejected#"


def fix_name(index: int) -> str:
    """The name of an output column's text in the table of fixes."""
    return f"fix#{index}"


class Fixes:
    """Writes decided and rejected rows; `relation` reads them.

    `widest` has, by output column, how many digits the numbers of its value
    take before and behind the point.
    """

    def __init__(self, path: Path, columns: Sequence[OutputColumn], *, lists_as_json: bool) -> None:
        self._path = path
        self._columns = columns
        self._lists_as_json = lists_as_json
        self._file = path.open("w", encoding="utf-8", newline="")
        self.decided = 0
        self.widest: dict[int, tuple[int, int]] = {}

    def add(self, row_number: int, outcomes: Mapping[str, Outcome]) -> None:
        """A row's outcomes, by full name of the decision."""
        self.decided += 1
        texts = []
        for index, column in enumerate(self._columns):
            outcome = outcomes[column.decision.name]
            texts.append(part_text(outcome, column.part, lists_as_json=self._lists_as_json))
            if column.part is Part.VALUE and isinstance(outcome.value, Decimal):
                self._note_width(index, outcome.value)
        self._write([str(row_number), "false", *texts])

    def reject(self, row_number: int) -> None:
        """A row that is not to be written."""
        self._write([str(row_number), "true", *[None] * len(self._columns)])

    def close(self) -> None:
        self._file.close()

    @property
    def relation(self) -> str:
        """SQL for what stands behind FROM: row number, rejected or not, and texts."""
        names = [ROW_NUMBER, REJECTED, *map(fix_name, range(len(self._columns)))]
        kinds = ["BIGINT", "BOOLEAN", *["VARCHAR"] * len(self._columns)]
        listed = ", ".join(
            f"{literal(name)}: {literal(kind)}" for name, kind in zip(names, kinds, strict=True)
        )
        return (
            f"read_csv({file_literal(self._path)}, auto_detect = false, header = false, "
            f"delim = ',', quote = '\"', escape = '\"', new_line = '\\n', parallel = false, "
            f"columns = {{{listed}}}, allow_quoted_nulls = false, max_line_size = 50000000)"
        )

    def _write(self, texts: Sequence[str | None]) -> None:
        cells = ("" if text is None else f'"{text.replace(_QUOTE, _TWO_QUOTES)}"' for text in texts)
        self._file.write(",".join(cells) + "\n")

    def _note_width(self, index: int, value: Decimal) -> None:
        number = value.normalize().as_tuple()
        exponent = number.exponent if isinstance(number.exponent, int) else 0
        before, behind = self.widest.get(index, (1, 0))
        self.widest[index] = (
            max(before, len(number.digits) + exponent),
            max(behind, -exponent),
        )


_QUOTE, _TWO_QUOTES = '"', '""'
