"""A bound program, compiled to Python functions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Mapping
from datetime import date, datetime

from keyaccount.backends.python.decisions import Decisions
from keyaccount.backends.python.entry import Entry
from keyaccount.backends.python.hits import outcome_of
from keyaccount.backends.python.loading import Globals, define
from keyaccount.backends.python.moments import moments_of
from keyaccount.backends.python.names import Pool
from keyaccount.backends.python.pending import Pending
from keyaccount.facts.check import check_facts
from keyaccount.feel.budget import limits_in_force, within_budget
from keyaccount.ir import core
from keyaccount.ir.cost import may_take_long
from keyaccount.ir.outcome import Outcome
from keyaccount.result.results import Raw, RawDecision


def compile_program(
    program: core.Program, title: str = "policy", elsewhere: Container[str] = ()
) -> CompiledProgram:
    """Compile a program that is bound to a date.

    Args:
        program: its parameters constants, its rules those in force.
        title: what tracebacks call the code.
        elsewhere: facts that may be given too, though nothing here looks at them.
    """

    def statements(globals_: Globals) -> list[ast.stmt]:
        decisions = Decisions(program, Pool(globals_))
        return [*decisions.functions(), *Entry(program, decisions).functions()]

    globals_: Globals = {}
    compiled = CompiledProgram(program, globals_, elsewhere)
    globals_["slow"] = compiled.decide_checked
    define(title, statements, globals_)
    if may_take_long(program):
        limits = limits_in_force()
        for name in ("decide", "decide_raw"):
            globals_[name] = within_budget(globals_[name], limits)  # type: ignore[arg-type]  # functions
    return compiled


class CompiledProgram:
    """The functions of a compiled program. It holds nothing that changes: threads may share it."""

    __slots__ = ("_absent", "_elsewhere", "_globals", "decisions", "facts", "program")

    def __init__(self, program: core.Program, globals_: Globals, elsewhere: Container[str]) -> None:
        self.program = program
        self._elsewhere = elsewhere
        self.decisions = tuple(program.decisions)
        self.facts = tuple(program.facts)
        self._globals = globals_
        self._absent = tuple(_when_absent(each) for each in program.facts.values())

    @property
    def decide_values(self) -> Callable[..., tuple[RawDecision, ...]]:
        """All decisions, from facts as positional arguments in the program's order.

        Behind them come the moments that `today()` and `now()` give. A fact
        that is not known is a `Pending`. Nothing is checked here.
        """
        return self._globals["decide"]  # type: ignore[return-value]  # generated with this shape

    @property
    def decide_raw(self) -> Callable[[Mapping[str, object], date, datetime | None], Raw]:
        """Check facts and decide, from a plain mapping: the fastest way in.

        Raises FactError with all that is wrong with the facts.
        """
        return self._globals["decide_raw"]  # type: ignore[return-value]  # as above

    def check(self, given: object, as_of: date, now: datetime | None = None) -> dict[str, object]:
        """The facts as FEEL values.

        Raises:
            FactError: with all that is wrong with them.
        """
        moments = moments_of(as_of, now)

        def is_allowed(fact: core.Fact, value: object) -> bool:
            return self._allowed[fact.name](value, *moments)

        return check_facts(self.program.facts, given, is_allowed, self._elsewhere)

    def decide(
        self, facts: Mapping[str, object], as_of: date, now: datetime | None = None
    ) -> dict[str, Outcome]:
        """The outcome of every decision, by full name.

        Args:
            facts: FEEL values by name, already checked; what is not there is unknown.
            as_of: what `today()` gives.
            now: what `now()` gives; midnight of `as_of` where it is left out.
        """
        outcomes, _ = self._decide(facts, as_of, now)
        return dict(zip(self.decisions, map(outcome_of, outcomes), strict=True))

    def decide_checked(self, given: object, as_of: date, now: datetime | None) -> Raw:
        """`decide_raw`, the plain way: whatever is unusual about the facts ends here."""
        return self._decide(self.check(given, as_of, now), as_of, now)

    def _decide(self, facts: Mapping[str, object], as_of: date, now: datetime | None) -> Raw:
        values = tuple(
            absent if (value := facts.get(name)) is None else value
            for name, absent in zip(self.facts, self._absent, strict=True)
        )
        return self.decide_values(*values, *moments_of(as_of, now)), values

    @property
    def _allowed(self) -> dict[str, Callable[..., bool]]:
        """The tests of allowed values, by fact."""
        return {
            name: self._globals[f"allowed_{i}"]  # type: ignore[misc]  # generated with this shape
            for i, (name, fact) in enumerate(self.program.facts.items())
            if fact.allowed is not None
        }


def _when_absent(fact: core.Fact) -> object:
    if fact.default is not None:
        return fact.default.value
    return None if fact.nullable else Pending(frozenset((fact.name,)))
