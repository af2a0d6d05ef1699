"""A program's editions: bound once for each stretch of time in which the same is in force."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from keyaccount.ir import core
from keyaccount.ir.binding import bind, break_points


class Editions:
    """A program bound to dates as they are asked for."""

    __slots__ = ("_bound", "_dates", "_program")

    def __init__(self, program: core.Program) -> None:
        self._program = program
        self._dates = break_points(program)
        self._bound: dict[int, core.Program] = {}

    def stretch(self, day: date) -> int:
        """The number of the stretch of time that a date lies in."""
        return bisect_right(self._dates, day)

    def at(self, day: date) -> core.Program:
        """The program as it is in force on a date.

        Raises:
            PolicyError: a parameter that is used has no value on that date.
        """
        stretch = self.stretch(day)
        if stretch not in self._bound:
            # Two threads may both bind; the first to finish is kept.
            self._bound.setdefault(stretch, bind(self._program, day))
        return self._bound[stretch]
