"""Keep and write what was rejected: where it stood, its text, and why."""

from __future__ import annotations

import csv
import heapq
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from keyaccount.diagnostics.diagnostic import Diagnostic

HEADER: Final = ("row", "line", "column", "text", "code", "reason", "reason_zh")
_LONGEST_TEXT: Final = 1000


class RejectLog:
    """Rejects, kept in files so that a list of nothing but bad rows takes no memory.

    Each stage of the batch writes its own, in the order of rows; `write`
    merges them. `rows` counts rows, `cells` the entries: a row may have several.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stages: list[RejectStage] = []

    def stage(self) -> RejectStage:
        """A new stage, whose rows are none of another stage's."""
        stage = RejectStage(self._folder / f"rejects-{len(self._stages)}.csv")
        self._stages.append(stage)
        return stage

    def discard(self) -> None:
        """Forget everything: the list is read anew."""
        self.close()
        self._stages.clear()

    @property
    def rows(self) -> int:
        return sum(stage.rows for stage in self._stages)

    @property
    def cells(self) -> int:
        return sum(stage.cells for stage in self._stages)

    def write(self, target: Path) -> None:
        """All rejects in the order of rows, with a header."""
        self.close()
        with ExitStack() as files:
            parts = [
                files.enter_context(stage.path.open(encoding="utf-8", newline=""))
                for stage in self._stages
            ]
            out = files.enter_context(target.open("w", encoding="utf-8", newline=""))
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(heapq.merge(*map(csv.reader, parts), key=_row_of))

    def close(self) -> None:
        for stage in self._stages:
            stage.close()


def _row_of(entry: Iterable[str]) -> int:
    return int(next(iter(entry)))


class RejectStage:
    """The rejects of one stage."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self.cells = 0
        self._last_row = 0
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)

    def add(self, row: int, line: int, column: str, text: str, reason: Diagnostic) -> None:
        """A bad cell, or (with no column) a bad row; the cells of one row follow each other."""
        self.cells += 1
        if row != self._last_row:
            self.rows += 1
            self._last_row = row
        message = reason.message
        shown = text.replace("\0", "\\0")[:_LONGEST_TEXT]
        self._writer.writerow((row, line, column, shown, reason.code, message.en, message.zh))

    def add_row(self, row: int, line: int, text: str, reason: Diagnostic) -> None:
        """A row that could not be taken apart."""
        self.add(row, line, "", text, reason)

    def close(self) -> None:
        self._file.close()
