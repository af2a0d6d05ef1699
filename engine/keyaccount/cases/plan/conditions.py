"""The FEEL of a plan, evaluated on a case: compiled once for each stretch of validity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from keyaccount.backends.python import CompiledProgram, compile_program
from keyaccount.ir import core
from keyaccount.ir.editions import Editions
from keyaccount.ir.requirements import select
from keyaccount.ir.rewrite import descendants


@dataclass(frozen=True, slots=True)
class Found:
    """What an expression came to. `missing` are the facts it waits for where it is not known."""

    value: object
    is_known: bool = True
    missing: tuple[str, ...] = ()


class Condition:
    """One expression of a plan."""

    __slots__ = ("_compiled", "_editions", "_zone", "inputs", "name")

    def __init__(self, program: core.Program, name: str, zone: ZoneInfo) -> None:
        self.name = name
        self._zone = zone
        found = select(
            replace(
                program,
                facts={**_contexts(program.conditions[name]), **program.facts},
                decisions={**program.decisions, name: program.conditions[name]},
                conditions={},
            ),
            [name],
        )
        self.inputs = frozenset(found.facts)
        self._editions = Editions(found)
        self._compiled: dict[int, CompiledProgram] = {}

    def evaluate(self, given: Mapping[str, object], now: datetime) -> Found:
        """The value on a case.

        Args:
            given: facts and contexts by name; more than it looks at is no harm.
            now: aware; its date in the policy's zone picks what is in force.

        Raises:
            FactError: a fact does not fit what is declared.
            PolicyError: something needed is not in force on that date.
        """
        local = now.astimezone(self._zone)
        day = local.date()
        compiled = self._at(self._editions.stretch(day), local)
        facts = {name: given[name] for name in compiled.facts if name in given}
        outcome = compiled.decide_raw(facts, day, local)[0][-1]
        if isinstance(outcome, tuple):
            return Found(outcome[0])
        return Found(outcome.value, is_known=False, missing=outcome.missing)

    def _at(self, stretch: int, local: datetime) -> CompiledProgram:
        found = self._compiled.get(stretch)
        if found is None:
            made = compile_program(self._editions.at(local.date()), self.name)
            found = self._compiled.setdefault(stretch, made)
        return found


def _contexts(condition: core.Decision) -> dict[str, core.Fact]:
    """Declarations of what an expression names that is no policy's fact."""
    nullable = True
    return {
        node.name: core.Fact(
            node.name, node.type, nullable, None, None, {}, None, {}, (), condition.span
        )
        for node in descendants(condition.logic)
        if isinstance(node, core.Input)
    }
